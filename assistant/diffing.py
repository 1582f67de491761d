"""Diffing: what changed between two stores: documents, labels, statuses, counts, and the answers to judged questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from assistant import citation
from assistant.evidence import Counter, rules
from assistant.judging import Judged, Verdict
from assistant.replay import AnswerChange, answer_changes, asking, replay
from corpus.document import Document
from corpus.label import UNSTATED, Label

if TYPE_CHECKING:
    from assistant.answering import Bench
    from index.questions import Asking
    from index.store import Store


@dataclass(frozen=True, slots=True)
class Named:
    """A document by id and title."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A document that both stores have, and which of its fields differ ("text", "citation", "status", …)."""

    id: str
    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelChange:
    """One facet of one document, before and after."""

    id: str
    facet: str
    before: Label
    after: Label


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A document whose status differs; before is None where the document was not there."""

    id: str
    citation: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class CountChange:
    """The studies of one species and design; a study of two species stands in both, so they are never added up."""

    species: str
    design: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Answers:
    """The library's judged questions, asked of both stores.

    Attributes:
        asked: how many; 0 with a `reason` where the two could not be asked.
        sides: every question with its verdicts before and after, in order.
    """

    asked: int = 0
    changes: tuple[AnswerChange, ...] = ()
    reason: str = ""
    sides: tuple[tuple[Verdict, Verdict], ...] = ()


@dataclass(frozen=True, slots=True)
class StoreDiff:
    """Everything that differs between two stores.

    Attributes:
        before, after: their versions.
        built_with: what the two were built with and differs ("model", "splitter", "words", "vocabulary").
        rechecked: documents of which nothing changed but when retractions were checked.
        studies: all studies, before and after.
    """

    before: str
    after: str
    built_with: tuple[str, ...]
    added: tuple[Named, ...]
    removed: tuple[Named, ...]
    changed: tuple[Changed, ...]
    rechecked: int
    labels: tuple[LabelChange, ...]
    statuses: tuple[StatusChange, ...]
    counts: tuple[CountChange, ...]
    studies: tuple[int, int]
    answers: Answers = Answers(reason="the library has no judged questions (questions.toml)")

    @property
    def empty(self) -> bool:
        """Whether nothing differs but, perhaps, when retractions were checked."""
        found = (self.built_with, self.added, self.removed, self.changed, self.labels, self.answers.changes)
        return not any(found)


def diff_stores(before: Store, after: Store) -> StoreDiff:
    """What differs between two stores, without asking them anything."""
    added = tuple(one for one in after.ids if not before.has(one))
    removed = tuple(one for one in before.ids if not after.has(one))
    common = tuple(one for one in after.ids if before.has(one))
    differing = [
        found for one in common if (found := _changed(one, before.document_line(one), after)) is not None
    ]
    changed = tuple(found for found in differing if found.fields)
    return StoreDiff(
        before=before.version,
        after=after.version,
        built_with=before.manifest.fingerprints.differences(after.manifest.fingerprints),
        added=tuple(_named(after.document(one)) for one in added),
        removed=tuple(_named(before.document(one)) for one in removed),
        changed=changed,
        rechecked=len(differing) - len(changed),
        labels=tuple(change for one in common for change in _label_changes(one, before, after)),
        statuses=tuple(sorted(_status_changes(before, after), key=lambda change: change.id)),
        counts=tuple(_count_changes(before, after)),
        studies=(_studies(before), _studies(after)),
    )


def with_answers(
    diff: StoreDiff, judged: Sequence[Judged], sides: tuple[Store, Store], tools: tuple[Bench, Asking]
) -> StoreDiff:
    """The diff with the answers to judged questions that change.

    Args:
        diff: of the two stores.
        judged: the questions.
        sides: the stores before and after.
        tools: what the questions are read and encoded with.
    """
    if not judged:
        return diff
    bench, encoders = tools
    for store in sides:
        if store.manifest.fingerprints.model != bench.expected().model:
            reason = (
                f"store {store.version} was built with another model than is in use now, so it was not asked"
            )
            return replace(diff, answers=Answers(reason=reason))
    old, new = (replay(judged, asking(bench, store, encoders)) for store in sides)
    pairs = tuple((one.verdict, other.verdict) for one, other in zip(old, new, strict=True))
    return replace(diff, answers=Answers(len(judged), answer_changes(old, new), sides=pairs))


def _named(document: Document) -> Named:
    return Named(document.id, document.citation.title)


def _changed(document_id: str, old: bytes, after: Store) -> Changed | None:
    """What differs in a document; no fields where only the checks do, None where nothing does."""
    if old == after.document_line(document_id):
        return None
    before, now = msgspec.json.decode(old, type=Document), after.document(document_id)
    names = (field.name for field in fields(Document) if field.name != "checked")
    differing = tuple(name for name in names if getattr(before, name) != getattr(now, name))
    return Changed(document_id, now.citation.title, differing)


def _label_changes(document_id: str, before: Store, after: Store) -> Iterator[LabelChange]:
    old, new = before.labels(document_id), after.labels(document_id)
    for facet in sorted({*old, *new}):
        was, is_now = old.get(facet, UNSTATED), new.get(facet, UNSTATED)
        if (was.values, was.origin) != (is_now.values, is_now.origin):
            yield LabelChange(document_id, facet, was, is_now)


def _status_changes(before: Store, after: Store) -> Iterator[StatusChange]:
    """Statuses that differ; of a document that was not there, a status that says something."""
    old, new = before.table.status, after.table.status
    for row, one in enumerate(after.ids):
        was = str(old[before.number(one)]) if before.has(one) else None
        if str(new[row]) != (was or "none-recorded"):
            yield StatusChange(one, citation.line(after.document(one)), was, str(new[row]))


def _count_changes(before: Store, after: Store) -> Iterator[CountChange]:
    old, new = _cells(before), _cells(after)
    for species, design in sorted({*old, *new}, key=_shelf_order):
        was, is_now = old.get((species, design), 0), new.get((species, design), 0)
        if was != is_now:
            yield CountChange(species, design, was, is_now)


def _shelf_order(cell: tuple[str, str]) -> tuple[int, int, str, str]:
    places = (
        order.index(value) if value in order else len(order)
        for order, value in zip((rules()["species_order"], rules()["design_order"]), cell, strict=True)
    )
    return (*places, *cell)  # type: ignore[return-value]  # two places and two names, of lengths mypy cannot count


def _cells(store: Store) -> dict[tuple[str, str], int]:
    counter, table = Counter(store), store.table
    found = {}
    for species in table.values("species"):
        of_species = counter.paper & table.having("species", (species,))
        if not np.any(of_species):
            continue
        for design, studies in table.by_value("design", of_species).items():
            found[species, design] = studies
    return found


def _studies(store: Store) -> int:
    counter = Counter(store)
    return counter.studies(counter.paper)
