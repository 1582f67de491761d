"""A store in memory: the seam that search asks of, in its plainest form, to test search apart from files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus import passage
from corpus.document import Document
from corpus.passage import Passage
from index.encoder import Encoders
from index.seam import Allowed, Ordinals, Scores, Vectors
from index.words import Words


class MemoryStore:
    """Documents by id, passages by start, everything computed in full."""

    def __init__(self, documents: Sequence[Document], encoders: Encoders) -> None:
        self.documents = sorted(documents, key=lambda document: document.id)
        limit, count = encoders.token_limit, encoders.count_tokens
        parted = [passage.split(document, limit=limit, count=count) for document in self.documents]
        texts = [
            text
            for document, passages in zip(self.documents, parted, strict=True)
            for text in passage.embedded(document, passages, limit=limit, count=count)
        ]
        self._passages = [one for passages in parted for one in passages]
        self._owners = np.array([at for at, passages in enumerate(parted) for _ in passages], dtype=np.int64)
        self._vectors = encoders.passages.encode(texts)
        self._words = Words.build(texts)

    def __len__(self) -> int:
        return len(self._passages)

    def nearest(self, vector: Vectors, n: int, allowed: Allowed | None) -> tuple[Ordinals, Scores]:
        """Exact search."""
        scores = self._vectors @ vector
        found = np.arange(len(scores)) if allowed is None else np.flatnonzero(allowed[self._owners])
        order = found[np.lexsort((found, -scores[found]))][:n]
        return order.astype(np.int64), scores[order]

    def best_words(self, question: str, n: int, allowed: Allowed | None) -> tuple[Ordinals, Scores]:
        """BM25."""
        return self._words.best(question, n, None if allowed is None else allowed[self._owners])

    def vectors(self, ordinals: Ordinals) -> Vectors:
        """The vectors of these passages."""
        return self._vectors[ordinals]

    def owners(self, ordinals: Ordinals) -> NDArray[np.int64]:
        """Their documents' numbers."""
        return self._owners[ordinals]

    def passage(self, ordinal: int) -> Passage:
        """One passage."""
        return self._passages[ordinal]

    def passages(self, ordinals: Ordinals) -> list[Passage]:
        """Some passages."""
        return [self._passages[ordinal] for ordinal in ordinals.tolist()]

    def document(self, document_id: str) -> Document:
        """One document."""
        return next(document for document in self.documents if document.id == document_id)


def publish(documents: Sequence[Document], encoders: Encoders, folder: Path) -> MemoryStore:
    """A store of these documents, as `measure` asks for one."""
    return MemoryStore(documents, encoders)
