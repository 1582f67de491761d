"""Routes and conditions: told from the manner of giving and from the place of the words, and a place that is only named is no route."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.label_measure import score_labels
from corpus.tagging import label_text
from corpus.vocabulary import load_vocabulary

V = load_vocabulary()


def _values(title: str, text: str, facet: str) -> set[str]:
    return set(label_text("synthetic", title, text, V)[facet].values)


@pytest.mark.parametrize(
    ("title", "text", "route"),
    [
        (
            "Infliximab in rheumatoid arthritis: synthetic record 1",
            "We treated 30 patients with infliximab. Patients were followed for a year. Among 90 infusions, three reactions were seen.",
            "intravenous",
        ),
        (
            "Platelet-rich plasma for tendinopathy: synthetic record 2",
            "We treated 30 patients with platelet-rich plasma. PRP was injected once. Pain fell at follow-up.",
            "percutaneous",
        ),
        (
            "Platelet-rich plasma for arthritis: synthetic record 3",
            "We treated 30 patients. Platelet-rich plasma was injected under sterile conditions into her left knee.",
            "intra-articular",
        ),
        (
            "Naproxen for knee osteoarthritis: synthetic record 4",
            "We studied 30 patients who received naproxen 500 mg twice daily for knee osteoarthritis.",
            "oral",
        ),
        (
            "Autologous chondrocyte implantation of the knee, a review of the literature: synthetic record 5",
            "This review discusses autologous chondrocyte implantation for cartilage defects.",
            "surgical-implantation",
        ),
        (
            "Mesenchymal stem cells and rotator cuff healing in rats: synthetic record 6",
            "Forty rats had a repair. The repairs were augmented with a sheet of mesenchymal stem cells. Rats were sacrificed.",
            "surgical-implantation",
        ),
    ],
)
def test_the_manner_of_giving_shows_the_route(title: str, text: str, route: str) -> None:
    """An infusion, an injection with or without its joint, a daily dose and what is put in by surgery each give their route."""
    assert _values(title, text, "route") == {route}


@pytest.mark.parametrize(
    "sentence",
    [
        "Patients with an intralesional osteophyte were treated too.",
        "Patients treated for an intra-articular fracture were excluded from treatment.",
        "Percutaneous drainage was performed in two patients who were treated later.",
        "Morphine was administered intravenously by a patient-controlled pump.",
        "Subcutaneous adipose tissue was used for measurement in treated patients.",
    ],
)
def test_a_place_that_is_only_named_is_no_route(sentence: str) -> None:
    """A place of disease, a drain or the pain relief after an operation add no route to an implantation."""
    title = "Autologous chondrocyte implantation for cartilage defects of the knee: synthetic record 7"
    text = f"We followed 20 patients after autologous chondrocyte implantation. {sentence} Function rose."
    assert _values(title, text, "route") == {"surgical-implantation"}


def test_a_review_of_microfracture_has_no_route() -> None:
    """A review of plain surgery has no route, though it names implantation as what others do."""
    title = "Microfracture, a systematic review: synthetic record 8"
    text = "We searched PubMed. Fifteen studies met the criteria. Microfracture is common."
    assert _values(title, text, "route") == {"none"}


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Infliximab in rheumatoid arthritis or psoriatic arthritis: synthetic record 9",
            "We followed 40 patients.",
            {"rheumatoid-arthritis", "other"},
        ),
        (
            "Osteochondral allografts of the condyle: synthetic record 10",
            "We describe our purpose: cartilage defects may lead to early osteoarthritis. Osteochondral allograft transplantation was performed in 30 patients.",
            {"cartilage-defect"},
        ),
        (
            "Control of the cell cycle in blood progenitors of mice: synthetic record 11",
            "We studied the cell cycle of progenitors in knockout mice.",
            {"none"},
        ),
        (
            "Metastatic infection of the spine: synthetic record 12",
            "We report a 44-year-old woman with a metastatic infection.",
            {"infection"},
        ),
    ],
)
def test_conditions_by_what_was_done_and_said(title: str, text: str, expected: set[str]) -> None:
    """Two diseases joined by "or" are both; a graft decides between a defect and what it may become; biology has none."""
    assert _values(title, text, "condition") == expected


def test_gold_routes_and_conditions(shared: Path) -> None:
    """On the labelled abstracts routes and conditions are at least 0.95 precise, with recall at least 0.85."""
    rows = [json.loads(line) for line in (shared / "gold/labels-dev.jsonl").read_text("utf-8").splitlines()]
    scores = score_labels(rows, V)
    for facet in ("route", "condition"):
        assert scores[facet].precision >= 0.95, facet
        assert scores[facet].recall >= 0.85, facet
