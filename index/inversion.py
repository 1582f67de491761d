"""Inversion: the words of texts, turned into the postings of words. Block by block they are sorted into runs on disk, which are then merged.

Every file is written from its start to its end, and what is held is a block, or the postings of some words: memory does not grow
with the texts but by their lengths. `index/postings.py` says what the files are.
"""

from __future__ import annotations

import heapq
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import msgspec
import numpy as np
from numpy.typing import NDArray

from corpus.spool import Spool
from index.mapped import Growing
from index.postings import ENDS, PASSAGES, PEAKS, ROWS, WEIGHTS, WORD_ENDS, WORDS

BLOCK = 8192
"""Passages of a run; what is held of them at once is some tens of MB."""
TOGETHER = 1 << 19
"""Postings written at a time, and those of the last word among them."""
READ = 128
"""Words of a run read at a time while runs are merged."""
Integers = NDArray[np.int32]
_Counted = list[tuple[bytes, int]]
"""Words, and in how many texts of a block each is."""


def write_postings(folder: Path, texts: Iterable[Sequence[str]], *, k1: float, b: float) -> None:
    """Write the postings of texts, given as their words, into a folder; nothing where no text has a word.

    Args:
        folder: which is there.
        texts: in the order of their ordinals.
        k1: how soon a word said again adds no more.
        b: how much a passage's length counts.
    """
    with TemporaryFile(dir=folder) as aside:
        runs = _runs(texts, folder, aside)
        if not len(runs.words):
            return
        lengths = np.concatenate(runs.lengths)
        np.save(folder / PASSAGES, np.int64(len(lengths)))
        weigh = _Weigh(lengths, float(lengths.mean(dtype=np.float64)), k1, b)
        with ExitStack() as stack:
            written = _Written(folder, stack)
            for group in _groups(runs):
                written.add(group, *_gathered(runs, group), weigh)


@dataclass(slots=True)
class _Runs:
    """Texts sorted by words, block by block.

    Attributes:
        words: of all runs, each run's sorted by their bytes.
        bounds: where the words of each run start, and where the last ends.
        aside: passages and times of each run's postings, by word and then by passage.
        places: of each run's next postings that were not read, passages and times.
        lengths: of the texts in words, block by block.
    """

    words: Spool[_Counted]
    aside: IO[bytes]
    bounds: list[int] = field(default_factory=lambda: [0])
    places: list[tuple[int, int]] = field(default_factory=list)
    lengths: list[Integers] = field(default_factory=list)

    def counted(self, run: int) -> Iterator[tuple[bytes, int, int]]:
        """The words of a run in order: each with the run and in how many texts of it it is."""
        for place in range(self.bounds[run], self.bounds[run + 1]):
            for word, count in self.words[place]:
                yield word, run, count

    def read(self, run: int, count: int) -> tuple[Integers, Integers]:
        """Passages and times of the next postings of a run."""
        rows, times = self.places[run]
        self.places[run] = rows + 4 * count, times + 4 * count
        found = (os.pread(self.aside.fileno(), 4 * count, at) for at in (rows, times))
        row, time = (np.frombuffer(raw, dtype=np.int32) for raw in found)
        return row, time


def _runs(texts: Iterable[Sequence[str]], folder: Path, aside: IO[bytes]) -> _Runs:
    encode = msgspec.msgpack.encode
    decode = msgspec.msgpack.Decoder(_Counted).decode
    runs = _Runs(Spool(folder, encode, decode), aside)
    left, first = iter(texts), 0
    while True:
        numbers: dict[str, int] = {}
        columns: list[int] = []
        times: list[int] = []
        sizes: list[int] = []
        lengths: list[int] = []
        for text in islice(left, BLOCK):
            counted = Counter(text)
            columns += [numbers.setdefault(word, len(numbers)) for word in counted]
            times += counted.values()
            sizes.append(len(counted))
            lengths.append(len(text))
        if not lengths:
            aside.flush()
            runs.words.settle()
            return runs
        rows = np.repeat(np.arange(first, first + len(sizes), dtype=np.int32), sizes)
        _add_run(runs, list(numbers), rows, np.array([columns, times], dtype=np.int32))
        runs.lengths.append(np.array(lengths, dtype=np.int32))
        first += len(lengths)


def _add_run(runs: _Runs, words: Sequence[str], rows: Integers, postings: Integers) -> None:
    """Sort the postings of a block, given as number of the word and times, and put them aside."""
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    order = sorted(range(len(encoded)), key=encoded.__getitem__)
    ranks = np.empty(len(order), dtype=np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    columns = ranks[postings[0]]
    by_word = np.argsort(columns, kind="stable")
    counts = np.bincount(columns, minlength=len(order)).tolist()
    counted = [(encoded[at], count) for at, count in zip(order, counts, strict=True)]
    for start in range(0, len(counted), READ):
        runs.words.add(counted[start : start + READ])
    runs.bounds.append(len(runs.words))
    at = runs.aside.tell()
    runs.places.append((at, at + rows.nbytes))
    runs.aside.write(rows[by_word].tobytes())
    runs.aside.write(postings[1][by_word].tobytes())


@dataclass(slots=True)
class _Group:
    """Some words that follow each other.

    Attributes:
        words: in order.
        firsts: where the pieces of each word start.
        runs, counts: of each piece, which is the postings of one word in one run.
    """

    words: list[bytes] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)


def _groups(runs: _Runs) -> Iterator[_Group]:
    """All words in order, so many together as have some TOGETHER postings."""
    group, held, last = _Group(), 0, None
    for word, run, count in heapq.merge(*map(runs.counted, range(len(runs.places)))):
        if word != last:
            if held >= TOGETHER:
                yield group
                group, held = _Group(), 0
            group.words.append(word)
            group.firsts.append(len(group.runs))
            last = word
        group.runs.append(run)
        group.counts.append(count)
        held += count
    yield group


def _gathered(runs: _Runs, group: _Group) -> tuple[Integers, Integers]:
    """Passages and times of a group's postings, by word and then by passage."""
    of, counts = np.array(group.runs), np.array(group.counts)
    sums = np.bincount(of, weights=counts, minlength=len(runs.places)).astype(np.int64)
    read = [runs.read(run, count) for run, count in enumerate(sums.tolist()) if count]
    # What was read lies by run and then by word; each piece of it goes to where its word is.
    by_run = np.argsort(of, kind="stable")
    starts = np.empty(len(of), dtype=np.int64)
    starts[by_run] = np.cumsum(counts[by_run]) - counts[by_run]
    at = np.repeat(starts - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    rows, times = (np.concatenate(column)[at] for column in zip(*read, strict=True))
    return rows, times


@dataclass(frozen=True, slots=True)
class _Weigh:
    """What postings weigh: BM25 as Lucene has it, over passages of these lengths."""

    lengths: Integers
    mean: float
    k1: float
    b: float

    def __call__(self, counts: NDArray[np.int64], rows: Integers, times: Integers) -> NDArray[np.float32]:
        """The weights of the postings of words, each of which has so many."""
        idf = np.log(1 + (len(self.lengths) - counts + 0.5) / (counts + 0.5))
        norms = self.k1 * (1 - self.b + self.b * self.lengths[rows] / self.mean)
        return np.asarray(np.repeat(idf, counts) * times / (times + norms), dtype=np.float32)


class _Written:
    """The files of postings, as far as they are written."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        def growing(name: str, kind: str) -> Growing:
            return stack.enter_context(Growing(folder / name, np.dtype(kind)))

        self._words = stack.enter_context((folder / WORDS).open("wb"))
        self._word_ends, self._ends = growing(WORD_ENDS, "<i8"), growing(ENDS, "<i8")
        self._rows, self._weights, self._peaks = (
            growing(ROWS, "<i4"),
            growing(WEIGHTS, "<f4"),
            growing(PEAKS, "<f4"),
        )

    def add(self, group: _Group, rows: Integers, times: Integers, weigh: _Weigh) -> None:
        """Write the words of a group and their postings."""
        counts = np.add.reduceat(np.array(group.counts), group.firsts)
        weights = weigh(counts, rows, times)
        lengths = np.array([len(word) for word in group.words])
        self._word_ends.add(self._words.tell() + np.cumsum(lengths))
        self._words.write(b"".join(group.words))
        ends = np.cumsum(counts)
        self._ends.add(len(self._rows) + ends)
        self._rows.add(rows)
        self._weights.add(weights)
        self._peaks.add(np.maximum.reduceat(weights, ends - counts))
