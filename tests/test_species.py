"""Species: human is never a default, and the recipient decides, not the cells."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.appraisal import species_label
from corpus.appraisal_measure import case, document_of, tally
from corpus.document import Document, Kind, MeshHeading, Record
from corpus.label import Origin


def _document(title: str, text: str = "", mesh: tuple[str, ...] = ()) -> Document:
    document = document_of("file:synthetic", title, text)
    return replace(document, record=Record(mesh=tuple(MeshHeading(name) for name in mesh)))


def _species(title: str, text: str = "", mesh: tuple[str, ...] = ()) -> tuple[str, ...]:
    return species_label(_document(title, text, mesh)).values


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Synthetic gel in rats", "Forty rats were given the gel.", ("rat",)),
        (
            "Human mesenchymal stem cells in a mouse model of synthetic arthritis",
            "Human MSCs were injected into the knees of nude mice.",
            ("mouse",),
        ),
        (
            "Synthetic cells for stifle arthritis",
            "Patients were 22 client-owned dogs with lameness. Owners filled in a form.",
            ("dog",),
        ),
        (
            "Cats and dogs given synthetic paste",
            "Eight dogs and three cats were treated.",
            ("dog", "other-animal"),
        ),
        ("Synthetic plug in minipigs", "Defects were made in twelve minipigs.", ("pig",)),
        (
            "Pluripotency of mouse stem cells",
            "We cultured mouse embryonic stem cells in vitro. Flow cytometry and PCR were done. The cells gave teratoma formation.",
            ("mouse",),
        ),
        (
            "Synthetic hydrogel with cells for rabbit articular cartilage defects",
            "The hydrogel with rabbit stem cells was tested; explants were examined by PCR.",
            ("rabbit",),
        ),
        (
            "Scaffolds with a mineral gradient",
            "We made a scaffold for differentiation of ASCs. Cell proliferation and differentiation were measured by an assay.",
            ("in-vitro",),
        ),
        ("A study in guinea pigs", "Guinea pigs were fed synthetic pellets.", ("guinea-pig",)),
        ("Synthetic loading of the joint", "24 New Zealand White rabbits were operated on.", ("rabbit",)),
        (
            "Synthetic injection for knee osteoarthritis",
            "Forty-four patients were injected once.",
            ("human",),
        ),
        (
            "Synthetic bone block",
            "A 45-year-old woman was treated with a synthetic block.",
            ("human",),
        ),
        (
            "Press-fit of a synthetic membrane",
            (
                "Membranes were tested in twelve fresh-frozen cadaveric knees of human donors. "
                "Twelve cadaveric knees were loaded."
            ),
            ("human",),
        ),
        (
            "Rat chondrocytes under synthetic load in vitro",
            (
                "Chondrocytes were isolated from rats and cultured in medium. "
                "Gene expression of the cells was measured."
            ),
            ("in-vitro",),
        ),
        (
            "Synthetic factor and a human cell line",
            "The cell line was cultured with the factor. Proliferation was measured.",
            ("in-vitro",),
        ),
    ],
)
def test_whose_body_was_treated_or_studied(title: str, text: str, expected: tuple[str, ...]) -> None:
    """Named animals, people and dishes are told by the words about who was treated or studied."""
    assert _species(title, text) == expected


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Synthetic gel and osteoarthritis",
            "Osteoarthritis is common. The gel may help patients in future.",
        ),
        ("Mechanics of a synthetic polymer", "The polymer was stretched until it broke."),
        ("Synthetic pathway and cartilage", ""),
        (
            "Synthetic probe for joints",
            "About 43 million individuals in the U.S. have arthritis. A probe was made.",
        ),
        ("Synthetic probe for joints", "We built a probe. It could be tested in clinical trials."),
        ("Synthetic device", "Male and female connectors were joined."),
    ],
)
def test_human_is_never_a_default(title: str, text: str) -> None:
    """Where nobody is said to have been treated or studied, the label is "not-stated", never "human"."""
    assert _species(title, text) == ("not-stated",)


@pytest.mark.parametrize(
    "text",
    [
        "Sections were stained with a rabbit polyclonal and a mouse monoclonal antibody in 30 patients.",
        "Thirty patients were treated; bovine serum albumin was the blocking agent.",
        "Thirty patients answered the CAT and the RAT was negative in all patients.",
        "Thirty postmenopausal patients were given conjugated equine estrogens.",
        "Thirty patients were treated after dog attacks.",
        "Previous studies in rats have been reported. We treated thirty patients.",
        "Thirty patients received porcine collagen membranes. The thirty patients were followed.",
    ],
)
def test_reagents_background_and_abbreviations_are_no_animals(text: str) -> None:
    """Antibodies, serum, collagen, earlier work and capital abbreviations do not make an animal study."""
    assert _species("Synthetic treatment of thirty patients", text) == ("human",)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Arthroscopic repair with a synthetic patch",
            "We describe a surgical technique for rotator cuff repair.",
            ("human",),
        ),
        (
            "Synthetic repair of the cuff",
            "This article reviews surgical treatment and rehabilitation.",
            ("human",),
        ),
        (
            "Synthetic marker in serum",
            "The marker was measured in serum samples from patients with pain.",
            ("human",),
        ),
        (
            "Progenitor cells derived from human tendon",
            "Tissue was harvested from nine patients. Cells were cultured and gene expression was measured by flow cytometry.",
            ("in-vitro",),
        ),
        (
            "Graft and gel achieve similar outcomes",
            "We compared 30 knees with graft and 20 with gel. The Lysholm score and the Tegner score rose.",
            ("human",),
        ),
        (
            "Synthetic gel and the fate of stem cells",
            "This work explores gel. Tenogenic differentiation is enhanced on scaffolds by induction media, and MSC viability rises.",
            ("in-vitro",),
        ),
        (
            "Synthetic gel and cells in joints",
            "Twenty-four white rabbits were given 1.25 million cells in gel.",
            ("rabbit",),
        ),
        (
            "A synthetic supplement and walking",
            "MethodsSubjects (n = 70) took it. Fifty subjects completed the study.",
            ("human",),
        ),
    ],
)
def test_people_without_the_word_patients(title: str, text: str, expected: tuple[str, ...]) -> None:
    """Operations, samples and subjects speak of people; people who only gave cells to a dish were not studied."""
    assert _species(title, text) == expected


def test_a_review_of_both_is_both() -> None:
    """A review that covers people and named animals has both species."""
    values = _species(
        "Synthetic cells: a systematic review of studies in rabbits and patients",
        "Studies in rabbits and studies of patients were included.",
    )
    assert values == ("human", "rabbit")


@pytest.mark.parametrize(
    ("mesh", "expected"),
    [
        (("Humans", "Male"), ("human",)),
        (("Animals", "Rats, Wistar", "Rats"), ("rat",)),
        (("Animals",), ("other-animal",)),
        (("Animals", "Swine, Miniature", "Swine"), ("pig",)),
        (("Male", "Female"), ("not-stated",)),
        (("Humans", "Animals"), ("not-stated",)),
    ],
)
def test_mesh_decides_where_the_text_is_silent(mesh: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """Check tags give the species of a silent text; sexes say nothing, and both tags together decide nothing."""
    label = species_label(_document("Synthetic record 1", "", mesh))
    assert label.values == expected
    assert label.origin is (Origin.NOT_STATED if expected == ("not-stated",) else Origin.MESH)


@pytest.mark.parametrize("mesh", [("Humans", "Animals", "Mice"), ("Humans",), ()])
def test_human_cells_in_mice_stay_mouse_whatever_the_tags(mesh: tuple[str, ...]) -> None:
    """A xenograft is the mouse's study with both tags, with the human tag alone, and with none."""
    text = "Human MSCs were injected into the knees of thirty nude mice."
    assert _species("Human cells in a mouse model", text, mesh) == ("mouse",)


def test_an_animal_that_only_gave_cells_is_no_subject() -> None:
    """Of two animals in MeSH, the one that the text says was treated is the species."""
    text = "Rabbit cells on a scaffold were implanted into twenty nude mice. The mice were sacrificed."
    assert _species("Synthetic scaffold in mice", text, ("Animals", "Mice", "Rabbits")) == ("mouse",)


def test_a_post_has_no_species() -> None:
    """Commentary treats nobody: the facet does not apply."""
    post = replace(_document("Synthetic post", "Patients ask about rats."), kind=Kind.POST)
    assert species_label(post).values == ("none",)


@given(st.text(max_size=300), st.text(max_size=800))
def test_any_text_gets_sorted_values_and_spans_inside_it(title: str, text: str) -> None:
    """Whatever the text, values are sorted and non-empty and every span lies in the stored text."""
    document = _document(title, text)
    label = species_label(document)
    assert label.values == tuple(sorted(label.values)) != ()
    assert all(0 <= start < end <= len(document.text) for start, end in label.spans)


def test_gold_species(shared: Path) -> None:
    """On the labelled abstracts species are at least 0.98 precise with recall at least 0.90."""
    rows = [json.loads(line) for line in (shared / "gold/labels-dev.jsonl").read_text("utf-8").splitlines()]
    figures = tally(
        case(row["id"], row["title"], row["labels"]["species"], _species(row["title"], row["text"]))
        for row in rows
    )
    assert figures.precision >= 0.98
    assert figures.recall >= 0.90


@pytest.mark.slow
def test_species_of_other_fields(shared: Path) -> None:
    """On abstracts of other fields human and animal are each at least 0.98 precise against one another, and found in 85 %."""
    lines = (shared / "data/labels/species-dev.jsonl").read_text("utf-8").splitlines()
    seen: Counter[tuple[str, str]] = Counter()
    for line in lines:
        row = json.loads(line)
        values = set(_species(row["title"], row["text"])) - {"not-stated", "in-vitro"}
        said = "human" if values == {"human"} else "animal" if values and "human" not in values else "neither"
        seen[row["species"], said] += 1
    for kind, other in (("human", "animal"), ("animal", "human")):
        right, wrong = seen[kind, kind], seen[other, kind]
        assert right / (right + wrong) >= 0.98
        assert right / sum(count for (truth, _), count in seen.items() if truth == kind) >= 0.85
