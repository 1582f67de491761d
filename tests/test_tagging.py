"""Tagging: what a study did, told from what its abstract mentions; where each label is from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import CuratorWord, MeshHeading, Record
from corpus.label import FACETS, Origin
from corpus.label_measure import score_labels
from corpus.passage import Passage
from corpus.passage_labels import passage_labels
from corpus.tagging import document_of, label_document, label_text
from corpus.vocabulary import load_vocabulary

V = load_vocabulary()
TRIAL = (
    "Intra-articular bone marrow concentrate for knee osteoarthritis: synthetic record 1",
    (
        "BACKGROUND: Intravenous mesenchymal stem cells have been proposed for many diseases. OBJECTIVE: We evaluated autologous bone marrow concentrate "
        "(BMC) in patients with knee osteoarthritis. METHODS: Forty patients received one intra-articular injection of BMC or saline placebo. All were given "
        "intravenous antibiotics. RESULTS: Pain fell. CONCLUSIONS: BMC injection was followed by less pain. Level of evidence: Level IV."
    ),
)
RATS = (
    "Intravenous infusion of human bone marrow mesenchymal stem cells in rats: synthetic record 2",
    (
        "To determine where cells go, culture-expanded human bone marrow mesenchymal stem cells were injected into the tail vein of healthy rats. "
        "Control rats received saline. Most cells were found in the lungs."
    ),
)


def _values(title: str, text: str, facet: str) -> set[str]:
    return set(label_text("synthetic", title, text, V)[facet].values)


def test_a_trial_is_labelled_for_what_it_did() -> None:
    """The product, its preparation and source, the route, the condition and the comparator are those of the trial, not of its background or antibiotics."""
    found = {facet: set(label.values) for facet, label in label_text("synthetic", *TRIAL, V).items()}
    assert found["intervention"] == {"bone-marrow-concentrate"}
    assert found["route"] == {"intra-articular"}
    assert found["condition"] == {"knee-osteoarthritis"}
    assert found["preparation"] == {"same-day"}
    assert found["source"] == {"autologous"}
    assert found["comparator"] == {"placebo"}


def test_an_animal_study_is_labelled_for_what_it_did() -> None:
    """Human cells in rats are xenogeneic, given by the tail vein, for no condition."""
    found = {facet: set(label.values) for facet, label in label_text("synthetic", *RATS, V).items()}
    assert found["species"] == {"rat"}
    assert found["intervention"] == {"bone-marrow-msc"}
    assert found["route"] == {"intravenous"}
    assert found["preparation"] == {"culture-expanded"}
    assert found["source"] == {"xenogeneic"}
    assert found["comparator"] == {"placebo"}
    assert found["condition"] == {"none"}


@pytest.mark.parametrize(
    "sentence",
    [
        "All patients received intravenous antibiotics.",
        "The procedure was done under IV sedation.",
        "Intravenous contrast was injected before imaging.",
        "No intravenous injection was given.",
        "Level of Evidence: Level IV.",
        "Cartilage was Outerbridge grade IV in ten knees that were treated.",
    ],
)
def test_an_intravenous_bystander_is_no_route(sentence: str) -> None:
    """Antibiotics, sedation, contrast, a denial, an evidence level or a grade give a joint-injection study no intravenous route."""
    title = "Intra-articular platelet-rich plasma for knee osteoarthritis: synthetic record 3"
    body = f"We studied platelet-rich plasma in 30 patients with knee osteoarthritis. PRP was given as one intra-articular injection. {sentence} Pain fell."
    assert _values(title, body, "route") == {"intra-articular"}


def test_an_intravenous_treatment_is_the_route() -> None:
    """Beside those, cells that are infused intravenously give the study that route: the rule is not blind."""
    title = "Stromal vascular fraction for knee osteoarthritis: synthetic record 4"
    body = "We studied stromal vascular fraction (SVF) in 30 patients. Patients received an intravenous infusion of SVF. Pain fell."
    assert _values(title, body, "route") == {"intravenous"}


@pytest.mark.parametrize(
    ("sentence", "preparation"),
    [
        ("Cells were culture-expanded to passage 3 before injection.", {"culture-expanded"}),
        ("Cells were injected once.", {"not-stated"}),
        ("Blood cultures were negative after the injection of cells.", {"not-stated"}),
    ],
)
def test_msc_are_expanded_only_where_the_text_says_so(sentence: str, preparation: set[str]) -> None:
    """Mesenchymal stem cells are never taken to be cultured by default, nor by a blood culture."""
    title = "Intra-articular injection of adipose-derived mesenchymal stem cells in knee osteoarthritis: synthetic record 5"
    body = f"We treated 12 patients with knee osteoarthritis with adipose-derived mesenchymal stem cells. {sentence} Pain fell."
    assert _values(title, body, "preparation") == preparation


def test_adipose_cells_that_are_a_fraction_are_same_day() -> None:
    """Stem cells that the methods make as stromal vascular fraction are that fraction, prepared the same day."""
    title = "Adipose tissue-derived stem cells for joint pain: synthetic record 6"
    body = (
        "We treated 9 patients with adipose-derived stem cells in the form of stromal vascular fraction. The stromal vascular fraction was injected into "
        "the knee joint. Stromal vascular fraction was separated by centrifugation. Pain fell."
    )
    assert _values(title, body, "intervention") == {"stromal-vascular-fraction"}
    assert _values(title, body, "preparation") == {"same-day"}


def test_both_active_arms_are_interventions() -> None:
    """Head to head, both products are interventions, and the one after "versus" is the comparator."""
    title = "Platelet-rich plasma versus hyaluronic acid for knee osteoarthritis: a randomized trial, synthetic record 7"
    body = "We compared platelet-rich plasma and hyaluronic acid in 60 patients randomized to intra-articular injection of PRP or hyaluronic acid."
    assert _values(title, body, "intervention") == {"platelet-rich-plasma", "hyaluronic-acid"}
    assert _values(title, body, "comparator") == {"hyaluronic-acid"}


def test_a_condition_s_prevalence_study_has_no_intervention() -> None:
    """A study without a treatment has none: no product, no preparation, no route."""
    title = "Prevalence of radiographic knee osteoarthritis in a town: synthetic record 8"
    body = "We determined the prevalence of knee osteoarthritis in 900 adults by radiographs. Prevalence rose with age."
    for facet in ("intervention", "preparation", "source", "route", "comparator"):
        assert _values(title, body, facet) == {"none"}
    assert _values(title, body, "condition") == {"knee-osteoarthritis"}


def test_a_graft_put_in_by_surgery_is_implanted() -> None:
    """A scaffold or a chondrocyte graft is surgically implanted; a prosthesis has no route."""
    assert _values(
        "Autologous chondrocyte implantation for cartilage defects of the knee: synthetic record 9",
        "We followed 20 patients after autologous chondrocyte implantation for cartilage defects.",
        "route",
    ) == {"surgical-implantation"}
    assert _values(
        "Outcomes of total knee arthroplasty in osteoarthritis: synthetic record 10",
        "We report the results of total knee arthroplasty in 50 patients with knee osteoarthritis.",
        "route",
    ) == {"none"}


def test_every_facet_has_a_label_and_every_label_an_origin() -> None:
    """Every facet has a label; a label that says nothing is marked as not stated."""
    found = label_text("synthetic", "Synthetic record 11", "Nothing is said.", V)
    assert tuple(found) == FACETS
    for label in found.values():
        assert (label.values == ("not-stated",)) == (label.origin is Origin.NOT_STATED)


def test_spans_are_where_the_words_stand() -> None:
    """A span of a label, cut from title, newline, text, is the words that gave it."""
    title, text = TRIAL
    stored = f"{title}\n{text}"
    label = label_text("synthetic", title, text, V)["route"]
    assert label.spans
    assert all("articular" in stored[start:end].lower() for start, end in label.spans)


def test_the_curator_s_word_comes_first() -> None:
    """A curator's override replaces what the rules say, and the label says that it is from the curator."""
    document = replace(
        document_of("synthetic", *TRIAL),
        curator=(CuratorWord("route", ("intravenous",), "A curator", "2000-01-01", "as the full text says"),),
    )
    label = label_document(document, V)["route"]
    assert label.values == ("intravenous",)
    assert label.origin is Origin.CURATOR


def test_mesh_fills_what_the_text_leaves_open() -> None:
    """A major heading names the condition where title and abstract do not, and never replaces what they say."""
    heading = Record(mesh=(MeshHeading("Osteoarthritis, Knee", major=True),))
    silent = replace(
        document_of("synthetic", "Synthetic record 12", "We followed people for a year."), record=heading
    )
    label = label_document(silent, V)["condition"]
    assert (label.values, label.origin) == (("knee-osteoarthritis",), Origin.MESH)
    hip = replace(
        document_of("synthetic", "Pain in hip osteoarthritis: synthetic record 13", "We followed people."),
        record=heading,
    )
    assert label_document(hip, V)["condition"].values == ("hip-osteoarthritis",)


def test_a_passage_s_own_route_comes_first() -> None:
    """A passage that names a treatment's route has that one; one that names none, or only that of antibiotics, has the document's."""
    document = document_of("synthetic", *TRIAL)
    labels = label_document(document, V)

    def route(words: str) -> tuple[str, ...]:
        start = document.text.index(words)
        return passage_labels(document, Passage(document.id, start, start + len(words)), labels, V)[
            "route"
        ].values

    assert route("Intravenous mesenchymal stem cells have been proposed for many diseases.") == (
        "intravenous",
    )
    assert route("All were given intravenous antibiotics.") == ("intra-articular",)
    assert route("Pain fell.") == ("intra-articular",)


@given(st.text(max_size=120), st.text(max_size=400))
def test_any_text_can_be_labelled(title: str, text: str) -> None:
    """Any title and text give a label for every facet, each with values in order."""
    found = label_text("synthetic", title, text, V)
    assert tuple(found) == FACETS
    assert all(label.values and list(label.values) == sorted(set(label.values)) for label in found.values())


def test_the_measure_counts_as_it_says() -> None:
    """A wrong value lowers precision, a missing one recall, and "not-stated" is a miss but never an error."""
    title, text = TRIAL
    row = {
        "id": "1",
        "title": title,
        "text": text,
        "labels": {"route": ["intravenous"], "condition": ["knee-osteoarthritis", "other"]},
    }
    scores = score_labels([row], V)
    assert (scores["route"].precision, scores["route"].recall) == (0.0, 0.0)
    assert (scores["condition"].precision, scores["condition"].recall) == (1.0, 0.5)
    assert scores["route"].misses[0].found == ("intra-articular",)
    silent = {
        "id": "2",
        "title": "Synthetic record 14",
        "text": "A trial of injections.",
        "labels": {"condition": ["fracture"]},
    }
    assert score_labels([silent], V)["condition"].precision == 1.0
    assert score_labels([silent], V)["condition"].recall == 0.0


FLOORS = {
    "intervention": (0.95, 0.85),
    "comparator": (0.95, 0.85),
    "preparation": (0.95, 0.90),
    "source": (0.95, 0.90),
    "route": (0.88, 0.70),
    "condition": (0.92, 0.78),
}


def test_the_labelled_abstracts_stay_as_well_labelled(shared: Path) -> None:
    """On the abstracts labelled by reading, precision and recall of each facet do not fall below what was measured."""
    rows = [
        json.loads(line)
        for line in (shared / "gold" / "labels-dev.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    scores = score_labels(rows, V)
    for facet, (precision, recall) in FLOORS.items():
        assert scores[facet].precision >= precision, facet
        assert scores[facet].recall >= recall, facet
