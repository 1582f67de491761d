"""Behind the seam: what a store asks for nearest vectors and best words. On disk it is FAISS and BM25, here; or an engine.

A filter is one truth a document; what stands behind makes of it what it needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.seam import Allowed, Ordinals, Scores, Vectors
from index.vectors import Nearest
from index.words import Words


class Behind(Protocol):
    """What answers for vectors and words; each method as in `index.seam.Searchable`."""

    @property
    def kind(self) -> str:
        """Of the engine's index over vectors; empty on disk."""
        ...

    def nearest(self, vector: Vectors, n: int, allowed: Allowed | None) -> tuple[Ordinals, Scores]:
        """The passages nearest to a vector, with their cosines."""
        ...

    def best_words(self, question: str, n: int, allowed: Allowed | None) -> tuple[Ordinals, Scores]:
        """The passages whose words fit best, with their BM25 scores."""
        ...

    def vectors(self, ordinals: Ordinals) -> Vectors:
        """The vectors of these passages."""
        ...

    def verify(self) -> None:
        """Raise StoreDamaged unless all that is not in the store's own files is as it was published."""
        ...


class OnDisk:
    """FAISS and BM25 in a store's folder.

    Args:
        folder: of the store, its files checked.
        words: the folder of its words.
        document_of: the row of each passage's document.
    """

    kind = ""

    def __init__(self, folder: Path, words: Path, document_of: NDArray[np.int32]) -> None:
        self._nearest = Nearest(folder)
        self._words = Words.load(words)
        self._document_of = document_of
        # A search asks three times with one filter; it is kept as it was, for its owner may change it.
        self._last: tuple[Allowed, NDArray[np.bool_]] | None = None

    def nearest(self, vector: Vectors, n: int, allowed: Allowed | None) -> tuple[Ordinals, Scores]:
        """The passages nearest to a vector, with their cosines."""
        return self._nearest.nearest(vector, n, self._by_passage(allowed))

    def best_words(self, question: str, n: int, allowed: Allowed | None) -> tuple[Ordinals, Scores]:
        """The passages whose words fit best, with their BM25 scores."""
        return self._words.best(question, n, self._by_passage(allowed))

    def vectors(self, ordinals: Ordinals) -> Vectors:
        """The vectors of these passages."""
        return self._nearest.vectors(ordinals)

    def verify(self) -> None:
        """Nothing is held but the store's files, which are checked by their hashes."""

    def _by_passage(self, allowed: Allowed | None) -> NDArray[np.bool_] | None:
        if allowed is None:
            return None
        last = self._last
        if last is None or not np.array_equal(last[0], allowed):
            last = self._last = (allowed.copy(), allowed[self._document_of])
        return last[1]
