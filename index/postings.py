"""Postings: for each word the passages that have it, with what it adds to the BM25 score of each; mapped to be read (`index/inversion.py` writes them).

words.txt, word-ends.npy   the words, sorted by their UTF-8 bytes, one after the other, and where each ends
ends.npy                   where the postings of each word end
rows.npy, weights.npy      all postings: passages by rising number, and the weight of each
peaks.npy                  the highest weight of each word
passages.npy               how many passages there are

The weights are those of BM25 as Lucene has it: idf = ln(1 + (N - df + 0.5) / (df + 0.5)); weight = idf * tf / (tf + k1 (1 - b + b length / mean)).
"""

from __future__ import annotations

import mmap
from bisect import bisect_left
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.mapped import load
from index.seam import Scores

WORDS, WORD_ENDS, ENDS = "words.txt", "word-ends.npy", "ends.npy"
ROWS, WEIGHTS, PEAKS, PASSAGES = "rows.npy", "weights.npy", "peaks.npy", "passages.npy"
REMEMBERED = 10_000
"""Words whose numbers are remembered once they were asked for: a question is searched several times over."""
Integers = NDArray[np.int32]


class Postings:
    """The postings of a folder.

    Attributes:
        passages: how many there are.
        peaks: the most that each word adds to any passage.
    """

    def __init__(self, folder: Path) -> None:
        with (folder / WORDS).open("rb") as stream:
            self._words = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        self._word_ends, self._ends, self._rows, self._weights, self.peaks = (
            np.asarray(load(folder / name)) for name in (WORD_ENDS, ENDS, ROWS, WEIGHTS, PEAKS)
        )
        self.passages = int(load(folder / PASSAGES, mapped=False))
        self._found: dict[str, int] = {}  # only words that passages have: nothing else of a question is kept

    def columns(self, counted: Mapping[str, int]) -> dict[int, int]:
        """The numbers of the words that there are, with their counts, in the order given."""
        found = {}
        for word, times in counted.items():
            at = self._found.get(word)
            if at is None:
                wanted = word.encode("utf-8", "surrogatepass")
                at = bisect_left(range(len(self._word_ends)), wanted, key=self._word)
                if at == len(self._word_ends) or self._word(at) != wanted:
                    continue
                if len(self._found) >= REMEMBERED:
                    self._found.clear()
                self._found[word] = at
            found[at] = times
        return found

    def column(self, number: int) -> tuple[Integers, Scores]:
        """The passages that have a word, and what it adds to each."""
        start, end = _stretch(self._ends, number)
        return self._rows[start:end], self._weights[start:end]

    def of(self, number: int, passages: NDArray[np.int64]) -> Scores:
        """What a word adds to each of these passages: 0 where it is not in one."""
        rows, weights = self.column(number)
        places = np.minimum(np.searchsorted(rows, passages.astype(np.int32)), len(rows) - 1)
        added: Scores = np.where(rows[places] == passages, weights[places], np.float32(0))
        return added

    def vocabulary(self) -> tuple[str, ...]:
        """All words, in the order of their numbers."""
        return tuple(self._word(at).decode("utf-8", "surrogatepass") for at in range(len(self._word_ends)))

    def between(self, start: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Scores]:
        """The postings of the passages from `start` to before `end`: passage, number of the word, weight; by passage."""
        places = np.flatnonzero((self._rows >= start) & (self._rows < end))
        rows = self._rows[places].astype(np.int64)
        order = np.argsort(rows, kind="stable")
        numbers = np.searchsorted(self._ends, places, side="right")
        return rows[order], numbers[order].astype(np.int64), self._weights[places][order]

    def _word(self, number: int) -> bytes:
        start, end = _stretch(self._word_ends, number)
        return self._words[start:end]


def _stretch(ends: NDArray[np.int64], number: int) -> tuple[int, int]:
    return int(ends[number - 1]) if number else 0, int(ends[number])
