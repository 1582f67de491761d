"""Filters: a truth a document to what the engine is asked to leave out, in Milvus's own language.

Few documents are named; few that are left out are named as such. Else the labels are asked for: for each facet the
values that the allowed documents have, joined by "and", which lets in all that is allowed; what it lets in beside is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from index.labels import LabelTable, Mask
from index.milvus import DOCUMENT, LABELS
from index.seam import Allowed

NAMED = 8192
"""Documents that one filter names at most."""
FEW_VALUES = 256
"""Values of a facet that one filter names at most."""
GLANCE = 4096
"""Documents of a value that are looked at first: where the value is frequent, one of them is mostly allowed."""
REMEMBERED = 32
"""Filters kept, by what they let in: the same few are asked again and again."""
UNASKED = frozenset(("checked",))
"""What the label table holds beside labels, kind and status; the engine does not."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What the engine is asked.

    Attributes:
        where: in its language; empty for no filter.
        exact: whether it lets in just what is allowed; else more, and the rest is left out here.
    """

    where: str
    exact: bool = True


def label_of(facet: str, value: str) -> str:
    """A label as the engine holds it."""
    return f"{facet}={value}"


class Filters:
    """Makes the filters of one store.

    Args:
        table: the labels of its documents.
        named: documents that one filter names at most.
    """

    def __init__(self, table: LabelTable, named: int = NAMED) -> None:
        self.table = table
        self._named = named
        self._made: dict[bytes, Filter] = {}

    def of(self, allowed: Allowed | None) -> Filter:
        """The filter that lets in what is allowed; at least one document is."""
        if allowed is None or allowed.all():
            return Filter("")
        if np.count_nonzero(allowed) <= self._named:
            return Filter(_naming(np.flatnonzero(allowed)))
        key = hashlib.blake2b(np.packbits(allowed).tobytes(), digest_size=16).digest()
        made = self._made.get(key)
        if made is None:
            made = self._by_labels(allowed)
            for old in list(self._made)[: 1 - REMEMBERED]:  # another thread may be at it too
                self._made.pop(old, None)
            self._made[key] = made
        return made

    def _by_labels(self, allowed: Allowed) -> Filter:
        where, let_in = self._labels(allowed)
        beside = np.flatnonzero(let_in & ~allowed)
        if 0 < len(beside) <= self._named:
            where.append(f"{DOCUMENT} not in {beside.tolist()}")
        return Filter(" and ".join(where), exact=len(beside) <= self._named)

    def one_by_one(self, allowed: Allowed) -> Iterator[str]:
        """Filters that together let in just what is allowed, each naming its documents."""
        rows = np.flatnonzero(allowed)
        for start in range(0, len(rows), self._named):
            yield _naming(rows[start : start + self._named])

    def _labels(self, allowed: Allowed) -> tuple[list[str], Mask]:
        """Labels to ask for, and the documents that have them: all that are allowed, and as few others as labels can tell."""
        table = self.table
        let_in = np.ones(len(table), dtype=np.bool_)
        where: list[str] = []
        for facet in table.facets():
            if facet in UNASKED or np.count_nonzero(let_in & ~allowed) <= self._named:
                continue
            every = table.values(facet)
            values = tuple(value for value in every if _any(allowed, table.rows(facet, value)))
            if not 0 < len(values) <= FEW_VALUES or len(values) == len(every):
                continue
            having = table.having(facet, values)
            if having[allowed].all() and not having[let_in].all():
                let_in &= having
                where.append(f"array_contains_any({LABELS}, {_quoted(label_of(facet, v) for v in values)})")
        return where, let_in


def _any(allowed: Allowed, rows: NDArray[np.int32]) -> bool:
    return bool(allowed[rows[:GLANCE]].any() or allowed[rows[GLANCE:]].any())


def _naming(rows: NDArray[np.int64]) -> str:
    return f"{DOCUMENT} in {rows.tolist()}"


def _quoted(labels: Iterable[str]) -> str:
    return msgspec.json.encode(list(labels)).decode()
