"""What a study's products are made of, how they were made and whose they are: one rule of the tagger at a time, each beside its opposite."""

from __future__ import annotations

import pytest

from corpus.tagging import label_text
from corpus.vocabulary import load_vocabulary

V = load_vocabulary()
RABBITS = "Osteochondral defects were created in 20 rabbits. Controls were left untreated."
FOLLOWED = "Study design: cohort study. Eighty patients were followed up for two years."


def _values(title: str, text: str, facet: str) -> set[str]:
    return set(label_text("synthetic", f"{title}: synthetic record", text, V)[facet].values)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Hyaluronic acid-polycaprolactone scaffold in rabbits",
            f"{RABBITS} The scaffold was implanted.",
            {"scaffold"},
        ),
        (
            "Collagen scaffold and hyaluronic acid in rabbits",
            f"{RABBITS} The collagen scaffold was implanted, and hyaluronic acid was injected each week.",
            {"scaffold", "hyaluronic-acid"},
        ),
        (
            "Mesenchymal stem cells transduced with bone morphogenetic protein 2 in rabbits",
            f"{RABBITS} Mesenchymal stem cells transduced with bone morphogenetic protein 2 were implanted.",
            {"msc"},
        ),
        (
            "Mesenchymal stem cells and bone morphogenetic protein 2 in rabbits",
            f"{RABBITS} Mesenchymal stem cells with bone morphogenetic protein 2 were implanted.",
            {"msc", "biologic-drug"},
        ),
    ],
)
def test_what_a_product_is_made_of_is_no_second_one(title: str, text: str, expected: set[str]) -> None:
    """The material of a scaffold and the gene of cells are no interventions; the same given beside them are."""
    assert _values(title, text, "intervention") == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Osteochondral allograft transplantation of the knee",
            f"{FOLLOWED} Exclusion criteria were meniscectomy and high tibial osteotomy.",
            {"osteochondral-graft"},
        ),
        (
            "Survival after high tibial osteotomy",
            f"{FOLLOWED} Survivorship with conversion to total knee arthroplasty as the end point was 90%. Ten knees were converted to arthroplasty.",
            {"osteotomy"},
        ),
        ("Strength and the risk of total knee arthroplasty", FOLLOWED, {"none"}),
        ("Results of total knee arthroplasty", FOLLOWED, {"arthroplasty"}),
        (
            "Rehabilitation following autologous chondrocyte implantation, a review",
            "This review describes rehabilitation after microfracture and autologous chondrocyte implantation.",
            {"physiotherapy"},
        ),
    ],
)
def test_what_only_surrounds_a_treatment_is_none(title: str, text: str, expected: set[str]) -> None:
    """What people were excluded for, what a treatment may end in and what care comes after are not what was given."""
    assert _values(title, text, "intervention") == expected


def test_care_after_an_operation_has_no_route() -> None:
    """Weight-bearing after chondrocyte implantation has no route, preparation or source; the implantation has."""
    trial = "Forty patients were randomized to full weight-bearing after six or eight weeks."
    title = "Accelerated weight-bearing after autologous chondrocyte implantation"
    for facet in ("route", "preparation", "source"):
        assert _values(title, trial, facet) == {"none"}
    assert _values("Autologous chondrocyte implantation in the knee", FOLLOWED, "route") == {
        "surgical-implantation"
    }


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Inhibition of kinase 7 in a rat model of arthritis",
            "Rats were treated with the inhibitor, 5 mg/kg. Controls received none.",
            {"other-drug"},
        ),
        (
            "Knee pain and quality of life",
            "Patients (n = 40) applied diclofenac gel or placebo gel to the knee each day.",
            {"nsaid"},
        ),
        (
            "Quality of life in chronic NSAID users: omeprazole",
            "Forty patients were randomized to omeprazole or placebo.",
            {"other-drug"},
        ),
    ],
)
def test_a_drug_is_told_by_what_is_said_of_it(title: str, text: str, expected: set[str]) -> None:
    """A drug of no known name, one against placebo that no title names, and one that people take anyway are told apart."""
    assert _values(title, text, "intervention") == expected


@pytest.mark.parametrize(
    ("title", "text", "preparation", "source"),
    [
        (
            "Collagen scaffold for cartilage defects",
            "Forty patients were treated with a collagen scaffold mixed with autologous blood.",
            "same-day",
            "autologous",
        ),
        (
            "Collagen scaffold for cartilage defects",
            "Forty patients were treated with a collagen scaffold. Blood was sampled.",
            "none",
            "none",
        ),
        (
            "Cartilage extracellular matrix scaffold in rabbits",
            f"{RABBITS} The scaffold was implanted.",
            "acellular",
            "not-stated",
        ),
        ("Collagen scaffold off the shelf for cartilage defects", FOLLOWED, "none", "none"),
        (
            "Chondrocyte sheets in rabbits",
            f"{RABBITS} Allogeneic chondrocyte sheets were transplanted.",
            "culture-expanded",
            "allogeneic",
        ),
        (
            "Bone marrow concentrate for knee osteoarthritis",
            "Forty patients were treated. Marrow was aspirated from the iliac crest and injected. Five had had osteochondral allograft transplantation.",
            "same-day",
            "autologous",
        ),
    ],
)
def test_how_a_product_was_made_and_whose_it_is(title: str, text: str, preparation: str, source: str) -> None:
    """Fresh blood in a scaffold, a matrix that cells left, sheets of cells and one's own marrow say how and from whom; another product's donor does not."""
    assert _values(title, text, "preparation") == {preparation}
    if source != "not-stated":
        assert _values(title, text, "source") == {source}


def test_cells_that_were_only_grown_went_into_nobody() -> None:
    """Cells in a dish have no route and no donor, even where no word says "in vitro"; cells put into rabbits have a route."""
    title = "Collagen scaffold seeded with mesenchymal stem cells"
    dish = "Mesenchymal stem cells were seeded on the collagen scaffold and cultured for 21 days. Differentiation was measured."
    assert _values(title, dish, "route") == {"none"}
    assert _values(title, dish, "source") == {"none"}
    assert _values(title, f"{RABBITS} {dish} Constructs were implanted into the defects.", "route") == {
        "surgical-implantation"
    }
