"""Postings: for each word the passages that have it, with what it adds to the BM25 score of each; written in blocks, mapped to be read.

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
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np
from numpy.typing import NDArray

from index.mapped import create, let_go, load
from index.seam import Scores

WORDS, WORD_ENDS, ENDS = "words.txt", "word-ends.npy", "ends.npy"
ROWS, WEIGHTS, PEAKS, PASSAGES = "rows.npy", "weights.npy", "peaks.npy", "passages.npy"
BLOCK = 8192
"""Passages taken at a time while writing; what is held of them at once is some tens of MB."""
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


def write_postings(folder: Path, texts: Iterable[Sequence[str]], *, k1: float, b: float) -> None:
    """Write the postings of texts, given as their words, into a folder; nothing where no text has a word.

    Args:
        folder: which is there.
        texts: in the order of their ordinals.
        k1: how soon a word said again adds no more.
        b: how much a passage's length counts.
    """
    with TemporaryFile(dir=folder) as aside:
        read = _read(texts, aside)
        if not read.words:
            return
        order = sorted(range(len(read.words)), key=read.words.__getitem__)
        encoded = [read.words[number] for number in order]
        (folder / WORDS).write_bytes(b"".join(encoded))
        np.save(folder / WORD_ENDS, np.cumsum([len(word) for word in encoded], dtype=np.int64))
        np.save(folder / PASSAGES, np.int64(sum(map(len, read.lengths))))
        counts = read.counts[np.array(order)]
        np.save(folder / ENDS, np.cumsum(counts, dtype=np.int64))
        ranks = np.empty(len(order), dtype=np.int32)
        ranks[order] = np.arange(len(order), dtype=np.int32)
        _sort(folder, read, aside, counts, ranks, k1=k1, b=b)


@dataclass(slots=True)
class _Read:
    """What reading the texts once gives.

    Attributes:
        words: encoded, by their numbers, which go by first sight.
        counts: in how many texts each word is.
        lengths: of the texts in words, block by block.
        sizes: the postings of each block.
    """

    words: list[bytes] = field(default_factory=list)
    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    lengths: list[Integers] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


def _read(texts: Iterable[Sequence[str]], aside: IO[bytes]) -> _Read:
    read = _Read()
    numbers: dict[str, int] = {}
    for block in _blocks(texts):
        rows: list[int] = []
        columns: list[int] = []
        times: list[int] = []
        first = sum(map(len, read.lengths))
        for row, text in enumerate(block, start=first):
            counted = Counter(text)
            columns += [numbers.setdefault(word, len(numbers)) for word in counted]
            times += counted.values()
            rows += [row] * len(counted)
        made = np.array([rows, columns, times], dtype=np.int32)
        aside.write(made.tobytes())
        read.sizes.append(made.shape[1])
        read.lengths.append(np.array([len(text) for text in block], dtype=np.int32))
        added = np.bincount(made[1], minlength=len(numbers)).astype(np.int64)
        added[: len(read.counts)] += read.counts
        read.counts = added
    read.words = [word.encode("utf-8", "surrogatepass") for word in numbers]
    return read


def _blocks(texts: Iterable[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    left = iter(texts)
    while block := list(islice(left, BLOCK)):
        yield block


def _sort(
    folder: Path, read: _Read, aside: IO[bytes], counts: NDArray[np.int64], ranks: Integers, **rule: float
) -> None:
    """Put every posting into its place: by word, then by passage, as the blocks come."""
    passages = sum(map(len, read.lengths))
    idf = np.log(1 + (passages - counts + 0.5) / (counts + 0.5))
    norms = _norms(np.concatenate(read.lengths), **rule)
    places = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)[:-1]])
    peaks = np.zeros(len(counts), dtype=np.float32)
    total = int(counts.sum())
    rows = create(folder / ROWS, "<i4", total)
    weights = create(folder / WEIGHTS, "<f4", total)
    aside.seek(0)
    for size in read.sizes:
        row, number, times = np.frombuffer(aside.read(12 * size), dtype=np.int32).reshape(3, size)
        column = ranks[number]
        order = np.argsort(column, kind="stable")
        row, column, times = row[order], column[order], times[order]
        starts = np.flatnonzero(np.diff(column, prepend=-1))
        runs = np.diff(starts, append=size)
        at = np.repeat(places[column[starts]] - starts, runs) + np.arange(size)
        weight = (idf[column] * times / (times + norms[row])).astype(np.float32)
        rows[at], weights[at] = row, weight
        places[column[starts]] += runs
        if size:
            peaks[column[starts]] = np.maximum(peaks[column[starts]], np.maximum.reduceat(weight, starts))
        let_go(rows)
        let_go(weights)
    np.save(folder / PEAKS, peaks)


def _norms(lengths: Integers, *, k1: float, b: float) -> NDArray[np.float64]:
    mean = float(lengths.mean(dtype=np.float64))
    return np.asarray(k1 * (1 - b + b * lengths / mean), dtype=np.float64)
