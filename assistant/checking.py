"""Checking: what a curator should look at in a library, each with its place and a cure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.document import Document, Kind, SectionKind, Status
from corpus.label import NOT_STATED
from corpus.tagging import label_document
from corpus.vocabulary import Vocabulary

if TYPE_CHECKING:
    from assistant.answering import Bench
    from corpus.library import LibraryReading


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a curator should look at.

    Attributes:
        sort: what kind of finding, one word or two with a hyphen.
    """

    place: str
    sort: str
    what: str
    cure: str


def findings(bench: Bench, reading: LibraryReading) -> tuple[Finding, ...]:
    """Everything found, by sort and place."""
    found = [
        Finding("vocabulary", "vocabulary", what, "mend the entry")
        for what in bench.vocabulary.contradictions()
    ]
    found += [Finding(one.place, "unread", one.reason, one.cure) for one in reading.problems]
    found += [
        Finding(one.kept, "same-paper", f"also came as {', '.join(one.absorbed)}", "keep one file of it")
        for one in reading.merges
    ]
    found += [Finding("library", "note", one, "see the file named") for one in reading.warnings]
    found += [finding for document in reading.documents for finding in _of(document, bench.vocabulary)]
    return tuple(sorted(found, key=lambda one: (one.sort, one.place, one.what)))


def _of(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    if document.citation.date is None and document.citation.year is None:
        yield Finding(
            document.id, "no-date", "states no date", "add it to the front matter if the source prints one"
        )
    if not any(section.kind is SectionKind.BODY for section in document.sections):
        yield Finding(
            document.id, "no-abstract", "has a title only", "add the abstract, or leave the record out"
        )
    if document.kind is not Kind.PAPER:
        return
    if document.status is Status.NOTICE:
        yield Finding(
            document.id,
            "notice",
            "is a notice filed as a paper",
            "nothing, if it is meant to be here; it is never counted",
        )
    labels = label_document(document, vocabulary)
    for facet in ("design", "species"):
        if labels[facet].values == (NOT_STATED,):
            yield Finding(
                document.id,
                f"no-{facet}",
                f"states no {facet}",
                "say it in curation.toml if the full text does",
            )
