"""What a record says of the paper's fate: direction, exact words, the strongest of several."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Link, Record, Status
from corpus.record_tables import tables
from corpus.status import status_of, status_of_title, stronger

IN_KINDS = {
    "RetractionIn": Status.RETRACTED,
    "RetractedandRepublishedIn": Status.RETRACTED,
    "ExpressionOfConcernIn": Status.CONCERN,
    "ErratumIn": Status.CORRECTED,
    "CorrectedandRepublishedIn": Status.CORRECTED,
    "PartialRetractionIn": Status.CORRECTED,
    "UpdateIn": Status.SUPERSEDED,
}
NOTICE_KINDS = ("RetractionOf", "ExpressionOfConcernFor", "ErratumFor", "PartialRetractionOf")
SILENT_KINDS = (
    "Cites", "CommentIn", "CommentOn", "UpdateOf", "RetractedandRepublishedFrom", "CorrectedandRepublishedFrom", "RepublishedIn",
    "RepublishedFrom", "ReprintIn", "ReprintOf", "SummaryForPatientsIn", "OriginalReportIn", "AssociatedDataset", "AssociatedPublication", "",
)  # fmt: skip


def links(*kinds: str) -> Record:
    """A record with links of these kinds."""
    return Record(links=tuple(Link(kind, "Synthetic J. 2000") for kind in kinds))


@pytest.mark.parametrize(("kind", "status"), IN_KINDS.items())
def test_a_link_in_marks_the_affected_paper(kind: str, status: Status) -> None:
    """A "…In" link gives the affected paper its own status, not that of a notice."""
    assert status_of(links(kind)) == status


@pytest.mark.parametrize("kind", NOTICE_KINDS)
def test_a_link_of_or_for_marks_the_notice(kind: str) -> None:
    """A "…Of" or "…For" link makes the record a notice, never a retracted or corrected paper."""
    assert status_of(links(kind)) == Status.NOTICE


@pytest.mark.parametrize("kind", SILENT_KINDS)
def test_other_links_say_nothing(kind: str) -> None:
    """Comments, citations, reprints and the new version's "…From" leave the status open."""
    assert status_of(links(kind)) == Status.NONE_RECORDED


@pytest.mark.parametrize(
    ("publication_type", "status"),
    [
        ("Retracted Publication", Status.RETRACTED),
        ("RETRACTED PUBLICATION", Status.RETRACTED),
        ("Retraction of Publication", Status.NOTICE),
        ("Expression of Concern", Status.NOTICE),
        ("Published Erratum", Status.NOTICE),
        ("Corrected and Republished Article", Status.NONE_RECORDED),
        ("Retracted Publications in Medicine", Status.NONE_RECORDED),
        ("Tissue Retraction", Status.NONE_RECORDED),
        ("Journal Article", Status.NONE_RECORDED),
    ],
)
def test_publication_types_count_as_whole_values(publication_type: str, status: Status) -> None:
    """Publication types are compared whole: nothing is read out of a part of one."""
    assert status_of(Record(publication_types=("Journal Article", publication_type))) == status


def test_the_strongest_wins_whatever_the_order() -> None:
    """A concern and an erratum that stay on a record do not hide the retraction that followed."""
    kinds = ["ErratumIn", "ExpressionOfConcernIn", "UpdateIn", "RetractionIn", "CommentIn"]
    assert status_of(links(*kinds)) == status_of(links(*reversed(kinds))) == Status.RETRACTED
    assert status_of(links("ErratumIn", "ExpressionOfConcernIn")) == Status.CONCERN
    assert status_of(links("ErratumIn", "UpdateIn")) == Status.SUPERSEDED


def test_a_corrected_notice_stays_a_notice() -> None:
    """A notice is never a study, so an erratum to it does not turn it into a corrected paper."""
    assert status_of(links("RetractionOf", "ErratumIn")) == Status.NOTICE


@given(st.lists(st.sampled_from([*IN_KINDS, *NOTICE_KINDS, *SILENT_KINDS]), max_size=6))
def test_status_is_the_strongest_of_its_links(kinds: list[str]) -> None:
    """The status of several links is the strongest of the statuses of each alone."""
    expected = Status.NONE_RECORDED
    for kind in kinds:
        expected = stronger(expected, status_of(links(kind)))
    assert status_of(links(*kinds)) == expected


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("RETRACTED: Synthetic record 1", Status.RETRACTED),
        ("RETRACTED ARTICLE: Synthetic record 1", Status.RETRACTED),
        ("[Retracted] Synthetic record 1", Status.RETRACTED),
        ("Retraction: Synthetic record 1", Status.NOTICE),
        ("Retraction notice to: Synthetic record 1", Status.NOTICE),
        ("Erratum to: Synthetic record 1", Status.NOTICE),
        ("Author Correction: Synthetic record 1", Status.NOTICE),
        ("Expression of Concern: Synthetic record 1", Status.NOTICE),
        ("Retraction of the sciatic nerve during surgery", Status.NONE_RECORDED),
        ("Retracted tendons: when to repair", Status.NONE_RECORDED),
        ("Correction of varus: synthetic record", Status.NONE_RECORDED),
        ("Synthetic record on RETRACTED: papers", Status.NONE_RECORDED),
    ],
)
def test_a_publishers_prefix_is_read_and_nothing_else_of_the_title(title: str, status: Status) -> None:
    """Only a prefix that publishers use marks a paper; surgery's retraction and correction do not."""
    assert status_of_title(title) == status


def test_the_tables_name_only_link_kinds_that_exist() -> None:
    """Each link kind that gives a status has a MEDLINE tag, so both formats give the same status."""
    named = {kind.lower() for kind in tables().links.values()}
    assert set().union(*(rule.links for rule in tables().status_rules)) <= named
