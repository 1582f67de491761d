"""In the engine: the vectors and words of one store, asked of its collection.

The engine chooses the candidates under the filter; their scores are computed here from what it holds of them, as for a
store on disk, so that the same passages come back with the same scores, whichever engine summed first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import terms
from index.contents import altered, check, check_all, read_contents
from index.engine import Engine
from index.filters import Filters
from index.milvus import DEEPEST, DOCUMENT, VECTOR, WORDS, Asked, Row
from index.seam import Allowed, Ordinals, Scores, Vectors

SPARE = 16
"""Candidates asked beyond those wanted, so that ties at the end are seen."""
NEAR = 1e-5
"""How much two scores may differ, of the greater, and be a tie to the engine."""
FETCHED = 4096
"""Vectors fetched at once."""
HELD = 20_000
"""Vectors kept in memory between the two looks of a question."""


class InEngine:
    """The collection of one store, asked.

    Args:
        engine: of the root.
        version: of the store.
        folder: of the store, its files checked.
        filters: of its documents.
        document_of: the row of each passage's document.
    """

    def __init__(
        self, engine: Engine, version: str, folder: Path, filters: Filters, document_of: NDArray[np.int32]
    ) -> None:
        self._milvus = engine.milvus()
        self._name = engine.collection(version)
        self._contents = read_contents(folder)
        self._terms = terms.Terms.load(folder)
        self._filters = filters
        self._passages_of = np.bincount(document_of, minlength=len(filters.table))
        self._held: dict[int, Vectors] = {}
        check(self._milvus, self._name, self._contents)

    @property
    def kind(self) -> str:
        """Of the index over vectors."""
        return self._contents.kind

    def nearest(self, vector: Vectors, n: int, allowed: Allowed | None) -> tuple[Ordinals, Scores]:
        """The passages nearest to a vector, with their cosines, nearest first, ties by ordinal."""
        rows = self._ask(Asked(VECTOR, vector.tolist(), kind=self.kind), n, allowed)
        ordinals = np.array(sorted(rows), dtype=np.int64)
        scores = np.einsum("ij,j->i", self.vectors(ordinals), vector).astype(np.float32)
        return _first(ordinals, scores, n)

    def best_words(self, question: str, n: int, allowed: Allowed | None) -> tuple[Ordinals, Scores]:
        """The passages whose words fit best, with their BM25 scores, each above 0, best first, ties by ordinal."""
        asked = self._terms.of(question)
        weights = {dimension: float(times) for dimension, times in asked.items()}
        rows = self._ask(Asked(WORDS, weights), n, allowed) if asked else {}
        ordinals = np.array(sorted(rows), dtype=np.int64)
        scores = terms.score(asked, [rows[ordinal][WORDS] for ordinal in ordinals.tolist()])
        there = scores > 0
        return _first(ordinals[there], scores[there], n)

    def vectors(self, ordinals: Ordinals) -> Vectors:
        """The vectors of these passages, in the order asked."""
        wanted = ordinals.tolist()
        held = self._held
        missing = sorted({ordinal for ordinal in wanted if ordinal not in held})
        fetched: dict[int, Vectors] = {}
        for start in range(0, len(missing), FETCHED):
            fetched |= self._fetch(missing[start : start + FETCHED])
        if len(fetched) < len(missing):
            raise altered(self._milvus, self._name)
        found = np.empty((len(wanted), self._contents.dimension), dtype=np.float32)
        for at, ordinal in enumerate(wanted):
            found[at] = fetched[ordinal] if ordinal in fetched else held[ordinal]
        self._hold(fetched)
        return found

    def verify(self) -> None:
        """Raise StoreDamaged unless every passage in the engine is as it was published."""
        check_all(self._milvus, self._name, self._contents)

    def _fetch(self, ordinals: Sequence[int]) -> dict[int, Vectors]:
        rows = self._milvus.rows(self._name, ordinals, (VECTOR,))
        return {ordinal: np.asarray(row[VECTOR], dtype=np.float32) for ordinal, row in rows.items()}

    def _hold(self, fetched: dict[int, Vectors]) -> None:
        # Another thread may be reading the old dict, so that one is left as it is.
        self._held = {**self._held, **fetched} if len(self._held) + len(fetched) <= HELD else dict(fetched)

    def _ask(self, asked: Asked, n: int, allowed: Allowed | None) -> dict[int, Row]:
        """The `n` best passages that are allowed, and those that tie with the last: by number, what the engine holds."""
        most = self._contents.passages if allowed is None else int(self._passages_of[allowed].sum())
        n = min(n, most)
        if n <= 0:
            return {}
        chosen = self._filters.of(allowed)
        asked = replace(asked, where=chosen.where)
        rows, whole = self._deep(asked, n, None if chosen.exact else allowed)
        if (
            not whole and allowed is not None
        ):  # too many others came in: the documents are named, some at a time
            rows = {}
            for where in self._filters.one_by_one(allowed):
                rows |= self._deep(replace(asked, where=where), n, None)[0]
        return rows

    def _deep(self, asked: Asked, n: int, allowed: Allowed | None) -> tuple[dict[int, Row], bool]:
        """The `n` best and what ties with the last; whether these are all that were wanted."""
        depth = min(n + SPARE, DEEPEST)
        while True:
            hits = self._milvus.search(self._name, asked, depth)
            kept = [hit for hit in hits if allowed is None or allowed[hit[2][DOCUMENT]]]
            scores = [score for _, score, _ in kept]
            parted = len(scores) > n and scores[-1] < scores[n - 1] - NEAR * abs(scores[n - 1])
            if parted or len(hits) < depth or depth == DEEPEST:
                whole = len(hits) < depth or len(kept) >= n
                return {ordinal: row for ordinal, _, row in kept}, whole
            depth = min(depth * 2, DEEPEST)


def _first(ordinals: Ordinals, scores: Scores, n: int) -> tuple[Ordinals, Scores]:
    order = np.lexsort((ordinals, -scores))[: max(n, 0)]
    return ordinals[order], scores[order].astype(np.float32)
