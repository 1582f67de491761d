"""What a study names and did not give: one rule of the tagger at a time, each beside its opposite."""

from __future__ import annotations

import pytest

from corpus.tagging import label_text
from corpus.vocabulary import load_vocabulary

V = load_vocabulary()


def _values(title: str, text: str, facet: str) -> set[str]:
    return set(label_text("synthetic", f"{title}: synthetic record", text, V)[facet].values)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Synthetic gel for cartilage defects in sheep",
            "To show that a collagen scaffold is comparable to osteochondral autograft transplantation. Sheep received a collagen scaffold in a cartilage defect.",
            {"scaffold"},
        ),
        (
            "A decision aid in total knee arthroplasty: a randomised controlled trial",
            "Patients who wait for total knee arthroplasty were randomised to a decision aid or to usual care.",
            {"other"},
        ),
        (
            "Arthroscopic assessment of cartilage: reliability",
            "Arthroscopic scores of 40 patients were read twice.",
            {"none"},
        ),
        (
            "Determination of celecoxib in plasma by chromatography",
            "Celecoxib was measured in plasma of 12 patients who received celecoxib.",
            {"none"},
        ),
        (
            "Autologous chondrocyte implantation in the knee",
            "Study design: case series. Forty patients underwent autologous chondrocyte implantation covered with a collagen membrane.",
            {"chondrocyte-implantation"},
        ),
        (
            "Autologous chondrocyte implantation in the knee",
            "Study design: case series. Forty patients were treated with autologous chondrocytes seeded on a hyaluronan scaffold.",
            {"chondrocyte-implantation", "scaffold"},
        ),
        (
            "Graft hypertrophy looked at by means of arthroscopy in a patient following autologous chondrocyte implantation: complications",
            "Graft hypertrophy is a complication. It was seen in one patient. The graft was smoothed.",
            {"chondrocyte-implantation"},
        ),
        (
            "Isolation and characterisation of adipose-derived mesenchymal stem cells",
            "Adipose-derived mesenchymal stem cells of 12 human donors were cultured in vitro. Surface markers were measured by flow cytometry.",
            {"adipose-msc"},
        ),
        (
            "Compression of cartilage cells",
            "To study load on cartilage cells in vitro. Human chondrocytes were embedded in a collagen hydrogel. The gels were compressed for four days and gene expression was measured.",
            {"chondrocyte-implantation", "scaffold"},
        ),
        (
            "Arthroscopic high tibial osteotomy",
            "Study design: case series. Forty patients underwent arthroscopy and high tibial osteotomy.",
            {"osteotomy"},
        ),
        (
            "Growth hormone for cartilage defects in rabbits",
            "To test whether growth hormone with microfracture improves repair. Rabbits received microfracture. Eight of them received growth hormone injections, eight saline.",
            {"biologic-drug"},
        ),
        (
            "Pain after rotator cuff repair: a randomised trial",
            "Patients were randomised to an interscalene block with ropivacaine or an intra-articular infusion of ropivacaine. The interscalene block was given before surgery and ropivacaine was infused for 48 hours.",
            {"local-anaesthetic", "nerve-block"},
        ),
    ],
)
def test_what_was_named_and_not_given(title: str, text: str, expected: set[str]) -> None:
    """What something was as good as, the occasion of an aim, a look, an assay and a lid over cells are not what was given."""
    assert _values(title, text, "intervention") == expected
