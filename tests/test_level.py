"""Level, the author's own level, the GRADE start and the sample size: by design and plain words only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.appraisal import Appraisal, appraise, design_label, number, species_label
from corpus.appraisal_measure import document_of
from corpus.document import Document, Kind
from corpus.label import Label, Origin
from corpus.level import author_level


def _appraise(document: Document) -> Appraisal:
    return appraise(document, {"design": design_label(document), "species": species_label(document)})


def _of(title: str, text: str = "") -> Appraisal:
    return _appraise(document_of("file:synthetic", title, text))


def _by_design(*values: str) -> Appraisal:
    document = document_of("file:synthetic", "Synthetic record 1", "")
    return appraise(document, {"design": Label(tuple(sorted(values)), Origin.CURATOR)})


@pytest.mark.parametrize(
    ("design", "level", "grade"),
    [
        ("rct", "2", "High"),
        ("controlled-trial", "3", "Low"),
        ("cohort", "3", "Low"),
        ("case-control", "4", "Low"),
        ("case-series", "4", "Low"),
        ("single-arm-trial", "4", "Low"),
        ("case-report", None, "Low"),
        ("cross-sectional", None, "Low"),
        ("animal-study", None, None),
        ("in-vitro-study", None, None),
        ("narrative-review", None, None),
        ("commentary", None, None),
        ("guideline", None, None),
        ("protocol", None, None),
        ("not-stated", None, None),
        ("systematic-review", None, None),
    ],
)
def test_levels_by_design_alone(design: str, level: str | None, grade: str | None) -> None:
    """Each design has its row of OCEBM 2011 or none, and its GRADE start or none."""
    got = _by_design(design)
    assert (got.level, got.grade_start, got.scale) == (level, grade, "OCEBM 2011")
    assert got.level_basis


def test_an_authors_level_one_does_not_raise_a_trial() -> None:
    """A randomized trial that says "Level I" is OCEBM 2011 level 2; the authors' words are a span of their own."""
    document = document_of(
        "file:synthetic",
        "Synthetic gel: a randomized controlled trial",
        "Forty patients were randomized. Level of evidence: Level I.",
    )
    got = _appraise(document)
    assert got.level == "2"
    assert got.author_level is not None
    assert document.text[slice(*got.author_level)] == "Level of evidence: Level I"


def test_a_randomized_trial_in_animals_has_no_level() -> None:
    """Rats that were randomly assigned never reach level 2."""
    got = _of("Synthetic gel in rats", "We randomly assigned forty rats to gel or saline.")
    assert (got.level, got.grade_start) == (None, None)


def test_a_protocol_is_not_a_result() -> None:
    """The protocol of a randomized trial has no level."""
    got = _of("Gel: study protocol for a randomised trial", "Eighty patients will be randomised.")
    assert (got.level, got.sample_size) == (None, None)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Only randomized controlled trials were included.", "1"),
        ("Ten cohort studies were included.", "3"),
        ("Two randomized trials and three case series were included.", "4"),
        ("Ten studies were included.", None),
        ("Ten studies were included. Randomized trials are needed.", None),
    ],
)
def test_a_review_has_the_level_of_what_it_includes(text: str, level: str | None) -> None:
    """A systematic review is level 1 only where it says that its studies are randomized trials; wishes for trials do not count."""
    assert _of("Synthetic gel: a systematic review", text).level == level


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Pain fell. Level of evidence: IV.", "Level of evidence: IV"),
        ("Pain fell. Study Design: Case series; Level of evidence, 4. Next.", "Level of evidence, 4"),
        ("Pain fell.\nLEVEL OF EVIDENCE: Level III, retrospective.", "LEVEL OF EVIDENCE: Level III"),
        ("Pain fell. Level IV, therapeutic case series.", "Level IV, therapeutic"),
        ("Pain fell. Therapeutic Level II. See.", "Therapeutic Level II"),
        ("Pain fell. Level of evidence 2b.", "Level of evidence 2b"),
    ],
)
def test_the_authors_own_level_is_found(text: str, words: str) -> None:
    """Roman and Arabic levels that the authors print of their own paper are quoted word for word."""
    span = author_level(text)
    assert span is not None
    assert text[slice(*span)].endswith(words)


@pytest.mark.parametrize(
    "text",
    [
        "Knees of KL grade IV were treated.",
        "Level I studies were pooled.",
        "Patients came from a level 1 trauma centre.",
        "This Phase IV study was open.",
        "The level of evidence is low.",
        "The level of evidence in 12 studies was judged.",
    ],
)
def test_other_levels_are_not_the_authors_own(text: str) -> None:
    """Grades, phases, included studies and trauma centres are no level of this paper."""
    assert author_level(text) is None


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Forty-four patients were randomly assigned to gel or saline.", 44),
        ("A total of 216 patients were enrolled.", 216),
        ("We included 1,204 consecutive patients.", 1204),
        ("One hundred and five women with pain were treated.", 105),
        ("Sixteen patients with lesions of the talus were evaluated.", 16),
        ("Thirty-one shoulders in 30 patients were treated.", 30),
        ("Of 90 patients screened, some were excluded. Then 40 patients were randomized.", 40),
        ("Pain was better.", None),
        ("Twenty patients were treated with gel. Thirty patients were treated with saline.", None),
        ("At 24 months, all patients were evaluated.", None),
        ("20 women and 30 men were treated.", None),
    ],
)
def test_sample_size_only_where_it_is_plain(text: str, n: int | None) -> None:
    """The number studied is taken from plain wording, and is None where two numbers or none are given."""
    got = _of("Synthetic gel for pain", text).sample_size
    assert (got.n if got else None) == n


def test_the_span_of_a_sample_size_holds_its_words() -> None:
    """The span is the wording that gives the number."""
    document = document_of("file:synthetic", "Synthetic gel", "Forty-four patients were randomized.")
    size = _appraise(document).sample_size
    assert size is not None
    assert document.text[size.start : size.end] == "Forty-four patients were randomized"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("44", 44),
        ("1,204", 1204),
        ("forty-four", 44),
        ("One hundred and five", 105),
        ("two thousand three hundred", 2300),
        ("twelve", 12),
    ],
)
def test_numbers_in_words(written: str, value: int) -> None:
    """Figures and English number words give the same numbers."""
    assert number(written) == value


def test_commentary_has_no_level() -> None:
    """A post is not ranked, whatever it says of itself."""
    post = replace(document_of("post:synthetic", "Gel: a randomized controlled trial", ""), kind=Kind.POST)
    assert _appraise(post).level is None
