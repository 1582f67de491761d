"""Counting: studies over all documents of a store that match, by species and by design, each study once.

Sets of documents are kept as bits, so that every rung of a ladder over ten million documents is counted within a question.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Protocol, overload
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from corpus.label import Label
from index.bits import Bits

Mask = NDArray[np.bool_]
FEW = 16_384
"""Documents up to which each is looked up, where more are counted by whole sets."""


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


@dataclass(frozen=True, slots=True)
class _Part:
    """The documents with some label.

    Attributes:
        whole: all of them.
        alone: those whose study no other paper reports.
        shared: of the others, by their place among these, which are in it.
    """

    whole: Bits
    alone: Bits
    shared: Mask


class Counter:
    """Counts studies over one store; the sets it counts by are made once for a store and kept while it is open."""

    def __init__(self, store: Shelf) -> None:
        """Count over `store`."""
        # Neither the store nor its table is held: the counter is kept as long as the table is, which would then be for ever.
        self._ids = np.array(store.ids, dtype=object)
        table = store.table
        self._study = table.study
        self.paper = table.countable & ~table.having("design", tuple(rules()["not_studies"]))
        self.retracted = table.having("status", ("retracted",))
        self.apart = table.countable & ~self.paper
        self.papers = Bits.of(self.paper)
        # Nearly every study is one paper; only the others need their papers told apart when counted.
        shared = np.bincount(table.study, minlength=1)[table.study] > 1
        self._alone = Bits.of(~shared)
        self._shared = np.flatnonzero(shared)
        _, self._reported = np.unique(table.study[self._shared], return_inverse=True)
        self._known = {
            facet: {value: self._part(table, facet, (value,)) for value in rules()[f"{facet}_order"]}
            for facet in ("species", "design")
        }
        self._group = {
            "human": self._part(table, "species", ("human",)),
            "animal": self._part(table, "species", tuple(rules()["animals"])),
            "in-vitro": self._part(table, "species", ("in-vitro",)),
            "not-stated": self._part(table, "species", ("not-stated",)),
        }

    def _part(self, table: Table, facet: str, values: tuple[str, ...]) -> _Part:
        having = table.having(facet, values)
        whole = Bits.of(having)
        return _Part(whole, whole & self._alone, having[self._shared])

    def having(self, table: Table, facet: str, values: frozenset[str]) -> Bits:
        """The documents that have any of the values of a facet."""
        known = self._known.get(facet, {})
        if values and values <= known.keys():
            first, *more = (known[value].whole for value in sorted(values))
            for one in more:
                first = first | one
            return first
        return Bits.of(table.having(facet, tuple(sorted(values))))

    def documents(self, found: Mask | Bits) -> Documents:
        """The ids of the documents found, sorted."""
        return Documents(self._ids, _bits(found))

    def studies(self, found: Mask | Bits) -> int:
        """How many studies the documents found report, each once."""
        return self._studies(_bits(found), [])[0]

    def count(self, found: Mask | Bits) -> Count:
        """The studies of the documents found, by species and by design."""
        bits = _bits(found)
        parts = [*self._known["species"].items(), *self._known["design"].items(), *self._group.items()]
        whole, *counted = self._studies(bits, [part for _, part in parts])
        numbers = iter(counted)
        species, design, group = (
            {value: next(numbers) for value in values}
            for values in (self._known["species"], self._known["design"], self._group)
        )
        return Count(
            whole,
            self.documents(bits),
            {value: n for value, n in species.items() if n},
            {value: n for value, n in design.items() if n},
            group,
        )

    def _studies(self, found: Bits, parts: Sequence[_Part]) -> list[int]:
        """The studies of the documents found, and of those of them that are in each part."""
        if found.count() <= FEW:
            rows = found.rows()
            return [self._of_rows(rows), *(self._of_rows(rows[part.whole.at(rows)]) for part in parts)]
        places = np.flatnonzero(found.at(self._shared))
        reported = self._reported[places]
        return [
            (found & self._alone).count() + self._distinct(reported),
            *((found & part.alone).count() + self._distinct(reported[part.shared[places]]) for part in parts),
        ]

    def _of_rows(self, rows: NDArray[np.int64]) -> int:
        alone = self._alone.at(rows)
        several = self._study[rows[~alone]]
        return int(np.count_nonzero(alone)) + len(np.unique(several))

    def _distinct(self, reported: NDArray[np.int64]) -> int:
        """How many of the studies that several papers report are among these."""
        seen = np.zeros(len(self._shared), dtype=np.bool_)
        seen[reported] = True
        return int(np.count_nonzero(seen))


def _bits(found: Mask | Bits) -> Bits:
    return found if isinstance(found, Bits) else Bits.of(found)


_COUNTERS: WeakKeyDictionary[Any, Counter] = WeakKeyDictionary()


def counter_of(store: Shelf) -> Counter:
    """The counter of a store, made once."""
    if store.table not in _COUNTERS:
        _COUNTERS[store.table] = Counter(store)
    return _COUNTERS[store.table]
