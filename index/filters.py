"""Filters: a truth a document to what the engine is asked to leave out, in Milvus's own language.

Few documents are named; few that are left out are named as such. Else the labels are asked for: for each facet the
values that the allowed documents have, joined by "and", which lets in all that is allowed; what it lets in beside is named.
"""

from __future__ import annotations

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

    def of(self, allowed: Allowed | None) -> Filter:
        """The filter that lets in what is allowed; at least one document is."""
        if allowed is None or allowed.all():
            return Filter("")
        if np.count_nonzero(allowed) <= self._named:
            return Filter(_naming(np.flatnonzero(allowed)))
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
            values = tuple(value for value in every if allowed[table.rows(facet, value)].any())
            if not 0 < len(values) <= FEW_VALUES or len(values) == len(every):
                continue
            having = table.having(facet, values)
            if having[allowed].all() and not having[let_in].all():
                let_in &= having
                where.append(f"array_contains_any({LABELS}, {_quoted(label_of(facet, v) for v in values)})")
        return where, let_in


def _naming(rows: NDArray[np.int64]) -> str:
    return f"{DOCUMENT} in {rows.tolist()}"


def _quoted(labels: Iterable[str]) -> str:
    return msgspec.json.encode(list(labels)).decode()
