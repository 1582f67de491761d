"""How what was studied was given, and for what: one rule of the tagger at a time, each beside its opposite."""

from __future__ import annotations

import pytest

from corpus.tagging import label_text
from corpus.vocabulary import load_vocabulary

V = load_vocabulary()


def _values(title: str, text: str, facet: str) -> set[str]:
    return set(label_text("synthetic", title, text, V)[facet].values)


CHONDROCYTES = "This review describes autologous chondrocyte implantation and osteochondral grafts for cartilage defects of the knee in patients."


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Magnetic resonance imaging of cartilage repair in the knee: a review", {"none"}),
        ("Autologous chondrocyte implantation in the knee: a review", {"surgical-implantation"}),
        ("Rehabilitation after autologous chondrocyte implantation: a review", {"not-stated", "none"}),
    ],
)
def test_a_look_at_a_graft_puts_none_in(title: str, expected: set[str]) -> None:
    """A review of imaging or of aftercare has no route of its own; one of the graft itself has."""
    assert _values(title, CHONDROCYTES, "route") <= expected


def test_an_egg_is_no_patient() -> None:
    """Cells injected into oocytes are given to nobody; cells injected into a knee are given into the joint."""
    eggs = "Embryonic stem cells were injected into mouse oocytes. Live mice were obtained from the injected oocytes."
    knee = "Mesenchymal stem cells were injected into the knee of rats with osteoarthritis. Rats were killed later."
    assert not _values("Oocyte injection of embryonic stem cells in mice", eggs, "route") & {"percutaneous"}
    assert _values("Mesenchymal stem cells in rats with osteoarthritis", knee, "route") == {"intra-articular"}


def test_a_tear_injected_into_is_the_place() -> None:
    """An injection into a tear is given into the lesion."""
    text = "Rabbits received mesenchymal stem cells. Injections were done into the chronic rotator cuff tendon tear after six weeks."
    assert _values("Mesenchymal stem cells in rabbit rotator cuff tear", text, "route") == {"intralesional"}


@pytest.mark.parametrize(
    ("dose", "expected"),
    [
        ("celecoxib 200 mg for 16 weeks", {"oral"}),
        ("diclofenac gel 10 mg for 16 weeks", {"topical", "not-stated"}),
    ],
)
def test_a_trial_of_tablets_is_by_mouth(dose: str, expected: set[str]) -> None:
    """An anti-inflammatory drug dosed in a trial is swallowed, but not a gel."""
    text = f"In this randomized double-blind trial, patients with knee osteoarthritis received {dose} or placebo."
    assert (
        _values("Celecoxib or diclofenac in knee osteoarthritis: a randomized trial", text, "route")
        <= expected
    )


def test_a_disease_beside_cell_biology_is_not_its_condition() -> None:
    """A paper on how stem cells work has no condition for naming cancer; one on tumours has it."""
    text = "Signalling has roles in stem cell self-renewal and cancer progression. Here, we show that human embryonic stem cells need it in culture."
    assert _values("Signalling in self-renewal of human embryonic stem cells", text, "condition") == {"none"}
    assert _values("Signalling in stem cells of lung cancer", text, "condition") == {"cancer"}


def test_what_came_before_a_prosthesis_is_past() -> None:
    """Knees replaced after an old reconstruction belong to people with a prosthesis; predicting a replacement does not."""
    text = "We included 70 patients with knee osteoarthritis who underwent total knee arthroplasty and compared function scores."
    past = _values("Total knee arthroplasty after ACL reconstruction: a cohort study", text, "condition")
    assert "arthroplasty-patients" in past
    assert "acl-tear" not in past
    predicted = _values("Predicting total knee arthroplasty in knee osteoarthritis", text, "condition")
    assert "arthroplasty-patients" not in predicted


def test_both_joints_of_a_trial_are_its_condition() -> None:
    """Osteoarthritis of the hip or knee is both, not the general disease."""
    text = "This open-label study assessed tablets in patients with osteoarthritis of the hip or knee. Patients were given tablets."
    assert _values("Tablets in patients with osteoarthritis", text, "condition") == {
        "hip-osteoarthritis",
        "knee-osteoarthritis",
    }


def test_an_example_does_not_narrow_a_disease() -> None:
    """A review of osteoarthritis that names the knee as an example keeps the general disease."""
    text = "The cause of osteoarthritis, particularly knee osteoarthritis, is unknown. This review summarizes pathways of osteoarthritis."
    assert _values("Pathways of osteoarthritis: a review", text, "condition") == {"osteoarthritis"}
