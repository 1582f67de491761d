"""Study identity: one trial is one study, and what reports on many is never one of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.appraisal_measure import document_of
from corpus.document import Document, Kind, Record
from corpus.label import Label, Origin
from corpus.study_identity import study_key, trials


def _document(identifier: str, text: str = "", *numbers: str) -> Document:
    return replace(document_of(identifier, "Synthetic record 1", text), record=Record(trials=numbers))


def _design(value: str) -> dict[str, Label]:
    return {"design": Label((value,), Origin.TEXT_RULE)}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("ClinicalTrials.gov NCT00000001.", "NCT00000001"),
        ("(nct 00000001)", "NCT00000001"),
        ("ISRCTN 00000002", "ISRCTN00000002"),
        ("ChiCTR-TRC-00000003", "ChiCTR-TRC-00000003"),
        ("ChiCTR2000000003", "ChiCTR2000000003"),
        ("EudraCT number: 2000-000001-11", "EudraCT-2000-000001-11"),
        ("ACTRN00000000000001", "ACTRN00000000000001"),
        ("UMIN000000001", "UMIN000000001"),
        ("UMIN-CTR 000000001", "UMIN000000001"),
        ("CTRI/2000/01/000001", "CTRI/2000/01/000001"),
    ],
)
def test_registry_numbers_in_one_spelling(text: str, number: str) -> None:
    """Numbers of the registries are read from text, however they are spaced."""
    assert trials(_document("file:a", text)) == (number,)


@pytest.mark.parametrize("text", ["NCT0001", "XNCT00000001", "UMIN 12", "0000-000001-11", "trial 3"])
def test_what_is_no_registry_number(text: str) -> None:
    """Too short, glued or unnamed numbers are none."""
    assert trials(_document("file:a", text)) == ()


def test_record_and_text_are_one_number() -> None:
    """A number in the record and in the text is one."""
    assert trials(_document("file:a", "NCT 00000001", "NCT00000001")) == ("NCT00000001",)


def test_two_reports_of_one_trial_are_one_study() -> None:
    """Two primary papers of the same trial have one key; another trial has another."""
    one = study_key(_document("pmid:1", "NCT00000001"), _design("rct"))
    two = study_key(_document("pmid:2", "", "NCT00000001"), _design("cohort"))
    other = study_key(_document("pmid:3", "NCT00000009"), _design("rct"))
    assert one == two != other


@pytest.mark.parametrize(
    "design",
    ["systematic-review", "meta-analysis", "protocol", "commentary", "narrative-review", "guideline"],
)
def test_what_reports_no_results_of_its_own_never_joins_a_trial(design: str) -> None:
    """A synthesis, protocol, review, guideline or commentary that names a trial is no part of its study."""
    document = _document("pmid:5", "NCT00000001")
    assert study_key(document, _design(design)) == "pmid:5"


def test_a_post_never_joins_a_trial() -> None:
    """Commentary on a trial is not the trial, whatever its label."""
    post = replace(_document("post:a", "NCT00000001"), kind=Kind.POST)
    assert study_key(post, _design("rct")) == "post:a"


def test_a_pooled_analysis_is_a_study_of_its_own() -> None:
    """A paper with two numbers of one registry is neither of the two trials."""
    document = _document("pmid:6", "NCT00000001 and NCT00000002")
    assert study_key(document, _design("rct")) == "pmid:6"


def test_a_trial_in_two_registries_is_one_study() -> None:
    """A second registry's number does not part two reports of one trial."""
    both = _document("pmid:7", "NCT00000001, EudraCT 2000-000001-11")
    one = _document("pmid:8", "NCT00000001")
    assert study_key(both, _design("rct")) == study_key(one, _design("rct"))


def test_without_a_number_each_document_is_a_study() -> None:
    """Papers that name no trial are studies of their own."""
    keys = {study_key(_document(name), _design("rct")) for name in ("pmid:1", "pmid:2")}
    assert keys == {"pmid:1", "pmid:2"}
