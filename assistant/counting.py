"""Counting: studies over all documents of a store that match, by species and by design, each study once.

Sets of documents are kept as bits, so that every rung of a ladder over ten million documents is counted within a question.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from importlib import resources
from operator import or_
from typing import Any, Protocol, overload
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from corpus.label import Label
from index.bits import Bits

Mask = NDArray[np.bool_]
BLOCK = 4096
"""Words of bits that all labels are counted over at once: what is between stays in the processor's cache."""
GROUPS = ("human", "animal", "in-vitro", "not-stated")
FEW = 2048
"""Papers up to which the studies that several report are told apart by sorting."""


class Table(Protocol):
    """What counting needs of a store's label table: rows are documents in the order of the store's ids."""

    study: NDArray[Any]
    countable: Mask

    def having(self, facet: str, values: tuple[str, ...]) -> Mask:
        """The documents that have any of the values."""


class Shelf(Protocol):
    """What evidence needs of a store."""

    @property
    def ids(self) -> tuple[str, ...]:
        """All document ids, sorted."""

    @property
    def table(self) -> Table:
        """The labels of all documents."""

    def labels(self, document: str) -> Mapping[str, Label]:
        """One document's labels."""


@cache
def rules() -> Mapping[str, Any]:
    """How evidence is counted and ordered: `evidence.toml`."""
    return tomllib.loads((resources.files("assistant") / "evidence.toml").read_text("utf-8"))


class Documents(Sequence[str]):
    """The ids of a set of documents, sorted; they are looked up when they are read, for a list may have millions.

    Args:
        ids: of all documents.
        bits: those that are meant.
    """

    def __init__(self, ids: NDArray[np.object_], bits: Bits) -> None:
        self._ids = ids
        self._bits = bits
        self._listed: tuple[str, ...] | None = None

    def mask(self) -> Mask:
        """One truth a document of the store."""
        return self._bits.mask()

    def __len__(self) -> int:
        return self._bits.count()

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...

    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        return self._list()[at]

    def __iter__(self) -> Iterator[str]:
        return iter(self._list())

    def __contains__(self, one: object) -> bool:
        return one in self._list()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Documents | tuple | list):
            return self._list() == tuple(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._list())

    def __repr__(self) -> str:
        return repr(self._list())

    def _list(self) -> tuple[str, ...]:
        if self._listed is None:
            self._listed = tuple(self._ids[self._bits.rows()].tolist())
        return self._listed


@dataclass(frozen=True, slots=True)
class Count:
    """Studies that match something.

    Attributes:
        studies: how many studies, each once.
        documents: the ids of the papers that report them, sorted.
        by_species, by_design: studies by concept id; a study of two species stands in both, so the columns are never added up.
        by_group: studies by "human", "animal", "in-vitro" and "not-stated", every one named, zero too.
    """

    studies: int
    documents: Sequence[str]
    by_species: Mapping[str, int]
    by_design: Mapping[str, int]
    by_group: Mapping[str, int]


class Counter:
    """Counts studies over one store; the sets it counts by are made once for a store and kept while it is open."""

    def __init__(self, store: Shelf) -> None:
        """Count over `store`."""
        # Neither the store nor its table is held: the counter is kept as long as the table is, which would then be for ever.
        self._ids = np.array(store.ids, dtype=object)
        table = store.table
        self.paper = table.countable & ~table.having("design", tuple(rules()["not_studies"]))
        self.retracted = table.having("status", ("retracted",))
        self.apart = table.countable & ~self.paper
        self.papers = Bits.of(self.paper)
        # Nearly every study is one paper; only the others need their papers told apart when counted.
        shared = np.bincount(table.study, minlength=1)[table.study] > 1
        self._alone = Bits.of(~shared)
        self._shared = _Shared(np.flatnonzero(shared), table.study)
        self._known = {
            (facet, value): Bits.of(table.having(facet, (value,)))
            for facet in ("species", "design")
            for value in rules()[f"{facet}_order"]
        }
        groups = {**{group: (group,) for group in GROUPS}, "animal": tuple(rules()["animals"])}
        parts = [
            *self._known.values(),
            *(Bits.of(table.having("species", groups[group])) for group in GROUPS),
        ]
        self._parts = np.stack([self._alone.words, *((part & self._alone).words for part in parts)])
        self._parts_shared = np.stack([self._shared.of(part) for part in parts])
        self._places = {facet: self._placed(facet) for facet in ("species", "design")}

    def _placed(self, facet: str) -> NDArray[np.uint8]:
        order = rules()[f"{facet}_order"]
        placed = np.full(len(self.paper), len(order), dtype=np.uint8)
        for place, value in reversed(list(enumerate(order))):
            placed[self._known[facet, value].rows()] = place
        return placed

    def place(self, facet: str, row: int) -> int:
        """Where a document stands in the order of species or design, by the first of its values; last where it has none of them."""
        return int(self._places[facet][row])

    def having(self, table: Table, facet: str, values: frozenset[str]) -> Bits:
        """The documents that have any of the values of a facet."""
        if values and all((facet, value) in self._known for value in values):
            return reduce(or_, (self._known[facet, value] for value in sorted(values)))
        return Bits.of(table.having(facet, tuple(sorted(values))))

    def documents(self, found: Mask | Bits) -> Documents:
        """The ids of the documents found, sorted."""
        return Documents(self._ids, _bits(found))

    def studies(self, found: Mask | Bits) -> int:
        """How many studies the documents found report, each once."""
        bits = _bits(found)
        return (bits & self._alone).count() + self._shared.distinct(self._shared.places(bits))

    def count(self, found: Mask | Bits) -> Count:
        """The studies of the documents found, by species and by design."""
        bits = _bits(found)
        places = self._shared.places(bits)
        alone, *parts = self._counted(bits).tolist()
        several = (self._shared.distinct(places[part[places]]) for part in self._parts_shared)
        numbers = [one + other for one, other in zip(parts, several, strict=True)]
        known, groups = numbers[: len(self._known)], numbers[len(self._known) :]
        by: dict[str, dict[str, int]] = {"species": {}, "design": {}}
        for (facet, value), number in zip(self._known, known, strict=True):
            if number:
                by[facet][value] = number
        whole = alone + self._shared.distinct(places)
        grouped = dict(zip(GROUPS, groups, strict=True))
        return Count(whole, self.documents(bits), by["species"], by["design"], grouped)

    def _counted(self, found: Bits) -> NDArray[np.int64]:
        """How many of the documents found that report a study alone there are, in all and in each part."""
        at = np.flatnonzero(found.words)
        words = found.words[at]
        total = np.zeros(len(self._parts), dtype=np.int64)
        for start in range(0, len(at), BLOCK):
            end = min(start + BLOCK, len(at))
            first, last = int(at[start]), int(at[end - 1]) + 1
            chosen = slice(first, last) if last - first == end - start else at[start:end]
            total += np.bitwise_count(self._parts[:, chosen] & words[start:end]).sum(axis=1, dtype=np.uint32)
        return total


class _Shared:
    """The papers whose study another one reports too, by their places among these.

    Args:
        rows: their rows.
        study: the study of every document.
    """

    def __init__(self, rows: NDArray[np.int64], study: NDArray[Any]) -> None:
        self._word = rows >> 6
        self._bit = np.uint64(1) << (rows & 63).astype(np.uint64)
        _, self._study = np.unique(study[rows], return_inverse=True)

    def of(self, found: Bits) -> Mask:
        """Which of them are among the documents found."""
        there: Mask = (found.words[self._word] & self._bit) != 0
        return there

    def places(self, found: Bits) -> NDArray[np.int64]:
        """The places of those that are among the documents found."""
        return np.flatnonzero(self.of(found))

    def distinct(self, places: NDArray[np.int64]) -> int:
        """How many studies they report."""
        if len(places) <= 1:
            return len(places)
        if len(places) <= FEW:
            return len(np.unique(self._study[places]))
        seen = np.zeros(len(self._study), dtype=np.bool_)
        seen[self._study[places]] = True
        return int(np.count_nonzero(seen))


def _bits(found: Mask | Bits) -> Bits:
    return found if isinstance(found, Bits) else Bits.of(found)


_COUNTERS: WeakKeyDictionary[Any, Counter] = WeakKeyDictionary()


def counter_of(store: Shelf) -> Counter:
    """The counter of a store, made once."""
    if store.table not in _COUNTERS:
        _COUNTERS[store.table] = Counter(store)
    return _COUNTERS[store.table]
