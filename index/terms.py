"""Terms: the words of passages as an engine holds them: a dimension a word, its BM25 weight in each passage that has it.

The weights are those of the words on disk (`index.words`), with the statistics of the whole library, so that every
engine scores alike: an engine's own BM25 counts words a segment or a shard at a time.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.mapped import load
from index.seam import Scores
from index.words import Words, words

NAME = "terms.npy"
WORDLESS = 0
"""The dimension of a passage without a word, which no question asks for: an engine takes no empty row."""
_HASH = np.dtype("<u8")

Weights = Mapping[int, float]
"""The weight of each word of a passage, by its dimension."""


class Terms:
    """The dimensions of words, by the hashes of the words, sorted: a word's dimension is its hash's place, from 1.

    Args:
        hashes: sorted.
    """

    def __init__(self, hashes: NDArray[np.uint64]) -> None:
        self._hashes = hashes

    @classmethod
    def load(cls, folder: Path) -> Terms:
        """The terms of a store's folder, mapped into memory."""
        return cls(np.asarray(load(folder / NAME)))

    def of(self, question: str) -> dict[int, int]:
        """The dimensions of a question's words with their counts, in order; words that no passage has are left out."""
        counted = Counter(words(question))
        asked = hashes(tuple(counted))
        places = np.searchsorted(self._hashes, asked)
        found: dict[int, int] = {}
        for place, wanted, times in zip(places.tolist(), asked.tolist(), counted.values(), strict=True):
            if place < len(self._hashes) and self._hashes[place] == wanted:
                found[place + 1] = found.get(place + 1, 0) + times
        return found


def hashes(of: Sequence[str]) -> NDArray[np.uint64]:
    """The hash of each word."""
    digests = b"".join(
        hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest() for word in of
    )
    return np.frombuffer(digests, dtype=_HASH)


def write(folder: Path, known: Words) -> NDArray[np.int64]:
    """Write the terms of these words into a folder; the dimension of each column of the words."""
    columns = hashes(known.vocabulary())
    sorted_hashes = np.unique(columns)
    np.save(folder / NAME, sorted_hashes)
    return np.searchsorted(sorted_hashes, columns) + 1


def weights(known: Words, dimensions: NDArray[np.int64], start: int, end: int) -> Iterator[Weights]:
    """The words of the passages from `start` to before `end`, passage by passage."""
    passages, columns, values = known.weights(start, end)
    bounds = np.searchsorted(passages, np.arange(start, end + 1))
    for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        row: dict[int, float] = {}
        for dimension, value in zip(
            dimensions[columns[first:last]].tolist(), values[first:last].tolist(), strict=True
        ):
            row[dimension] = row.get(dimension, 0.0) + value  # two words of one hash are one word
        yield row or {WORDLESS: 1.0}


def score(asked: Mapping[int, int], rows: Sequence[Weights]) -> Scores:
    """What each passage scores: its weights of the words asked, each times its count, added up in their order, as on disk."""
    total = np.zeros(len(rows), dtype=np.float32)
    for dimension, times in asked.items():
        total += np.array([row.get(dimension, 0.0) for row in rows], dtype=np.float32) * np.float32(times)
    return total
