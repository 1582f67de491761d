"""The seam: all that search asks of a store. FAISS and BM25 on disk stand behind it, or an engine (`index.behind`); nothing above may know which.

What stands behind is held to one contract by tests/test_milvus.py: the same passages in the same order with the same scores
where search is exact, under any filter.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.document import Document
from corpus.passage import Passage

Vectors = NDArray[np.float32]
"""One row a text, each of length one."""
Ordinals = NDArray[np.int64]
"""Numbers of passages in a store, from 0, in the store's order (documents by id, passages by start)."""
Scores = NDArray[np.float32]
Allowed = NDArray[np.bool_]
"""One truth a document, in the store's order of documents; all false allows nothing. None, where taken, allows all."""


class Searchable(Protocol):
    """A store, as search sees it: nearest vectors and best words under a filter by document; passages by number.

    Both rankings are sorted by falling score, ties by rising ordinal, hold at most `n` and no ordinal twice.
    """

    def __len__(self) -> int:
        """How many passages there are."""
        ...

    def nearest(self, vector: Vectors, n: int, allowed: Allowed | None) -> tuple[Ordinals, Scores]:
        """The passages whose vectors are nearest to one vector (shape `(dimension,)`), with their cosines."""
        ...

    def best_words(self, question: str, n: int, allowed: Allowed | None) -> tuple[Ordinals, Scores]:
        """The passages whose words fit best, with their BM25 scores, each above 0."""
        ...

    def vectors(self, ordinals: Ordinals) -> Vectors:
        """The vectors of these passages, in the order asked."""
        ...

    def owners(self, ordinals: Ordinals) -> NDArray[np.int64]:
        """The number of the document of each of these passages."""
        ...

    def passage(self, ordinal: int) -> Passage:
        """One passage by its number."""
        ...

    def passages(self, ordinals: Ordinals) -> list[Passage]:
        """Passages by their numbers, in the order asked."""
        ...

    def document(self, document_id: str) -> Document:
        """One document by its id."""
        ...
