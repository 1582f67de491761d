"""Routes and conditions told from who was treated, from what is only looked at and from a passage alone: each rule beside its opposite."""

from __future__ import annotations

import pytest

from corpus.mentions import find
from corpus.passage import Passage
from corpus.passage_labels import passage_labels
from corpus.tagging import document_of, label_document, label_text
from corpus.vocabulary import load_vocabulary

V = load_vocabulary()


def _values(title: str, text: str, facet: str) -> set[str]:
    return set(label_text("synthetic", title, text, V)[facet].values)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Safety of etoricoxib, a randomized trial: synthetic record 1",
            "We randomized 90 patients with osteoarthritis to etoricoxib or diclofenac. Thrombosis was counted. Thrombosis was rare.",
            {"osteoarthritis"},
        ),
        (
            "Cartilage defect of the wrist after fracture: synthetic record 2",
            "We treated a woman with an osteochondral graft.",
            {"cartilage-defect"},
        ),
        (
            "Secretome reduces cartilage damage in a mouse model of knee osteoarthritis: synthetic record 3",
            "We treated mice with secretome.",
            {"knee-osteoarthritis"},
        ),
        (
            "Prediction of total knee replacement in knee osteoarthritis: synthetic record 4",
            "We developed a model in 400 patients with knee osteoarthritis.",
            {"knee-osteoarthritis"},
        ),
        (
            "Analgesia after arthroscopy, a randomized trial: synthetic record 5",
            "We randomized 40 patients to intra-articular morphine or saline.",
            {"other"},
        ),
        (
            "Filgrastim in healthy adult donors: synthetic record 6",
            "We gave filgrastim subcutaneously to 40 donors.",
            {"none"},
        ),
        (
            "Second-generation chondrocyte implantation: synthetic record 7",
            "We treated 60 patients with cartilage lesions and no clear signs of osteoarthritis by autologous chondrocyte implantation.",
            {"cartilage-defect"},
        ),
    ],
)
def test_the_disease_is_that_of_the_people_treated(title: str, text: str, expected: set[str]) -> None:
    """Harm counted, a cause of old, an outcome spared, a joint not yet replaced and a disease ruled out are not what was treated."""
    assert _values(title, text, "condition") == expected


def test_a_journal_s_name_cut_short_is_a_disease() -> None:
    """The words "osteoarthritis and cartilage lesions" are two diseases; the journal of that name is none."""
    both = _values(
        "Plasma in early osteoarthritis and cartilage lesions: synthetic record 8", "", "condition"
    )
    assert "cartilage-defect" in both
    assert both & {"osteoarthritis", "knee-osteoarthritis"}
    assert "osteoarthritis" not in _values("Notes from Osteoarthritis and Cartilage", "", "condition")


def test_a_short_form_of_another_meaning_is_no_cell() -> None:
    """Here "musculoskeletal complications (MSC)" are no stem cells; "mesenchymal stem cells (MSC)" are."""
    other = "We counted musculoskeletal complications (MSC) in 30 patients. MSC were frequent."
    cells = "We gave mesenchymal stem cells (MSC) to 30 patients. MSC were injected once."
    assert not any(one.concept == "msc" for one in find(other, V))
    assert sum(one.concept == "msc" for one in find(cells, V)) > 1


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Fixation of chondrocyte implants in cadaver knees: synthetic record 9",
            "We tested autologous chondrocyte implantation in porcine knees with a testing machine. Stiffness was higher with pins.",
            {"none"},
        ),
        (
            "Bupivacaine infusion after surgery, a randomized trial: synthetic record 10",
            "We randomized 49 patients to bupivacaine by catheter or saline. All patients also received an intra-articular injection of bupivacaine.",
            {"not-stated"},
        ),
        (
            "Cells in a rabbit cuff tear: synthetic record 11",
            "We treated rabbits with mesenchymal stem cells. Injections were given in the muscle belly of the supraspinatus muscle.",
            {"intramuscular"},
        ),
        (
            "Plate fixation of the distal radius, a randomized trial: synthetic record 12",
            "We randomized 90 patients with an intra-articular distal radius fracture to plates or plaster treatment.",
            {"none"},
        ),
        (
            "Hydrogel for cartilage defects in rabbits: synthetic record 13",
            "We implanted scaffolds subcutaneously in mice. Scaffolds were implanted in defects of rabbit knees too.",
            {"subcutaneous", "surgical-implantation"},
        ),
    ],
)
def test_a_route_is_that_of_what_was_compared(title: str, text: str, expected: set[str]) -> None:
    """What is tested on a bench, what every arm got and where a bone broke are no routes; where a needle went is."""
    assert _values(title, text, "route") == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Oedema was seen in the subchondral bone.", {"intra-articular"}),
        ("Bone marrow was injected in the subchondral bone.", {"subchondral"}),
        ("Cells of the pre-implantation embryo were studied.", {"intra-articular"}),
        ("The cells were given by surgical implantation.", {"surgical-implantation"}),
        ("Lesions had intralesional osteophytes.", {"intra-articular"}),
        ("Cells were given by intralesional injection.", {"intralesional"}),
        ("A single local injection was given.", {"intra-articular"}),
        ("The SC group improved.", {"intra-articular"}),
    ],
)
def test_a_passage_s_place_is_no_route(sentence: str, expected: set[str]) -> None:
    """A passage that names a place of disease, an embryo or less than the study says has the study's route; one that names a giving has its own."""
    title = "Intra-articular mesenchymal stem cells in knee osteoarthritis: synthetic record 14"
    text = (
        f"We gave 40 patients an intra-articular injection of mesenchymal stem cells.\n{sentence}\nPain fell."
    )
    document = document_of("synthetic", title, text)
    start = document.text.index(sentence)
    labels = passage_labels(
        document,
        Passage(document.id, start, start + len(sentence)),
        label_document(document, V),
        V,
    )
    assert set(labels["route"].values) == expected
