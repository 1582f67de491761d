"""Words: BM25 over passages, by postings mapped into memory (`index/postings.py`).

Words are lower-cased and stemmed. A compound is found by its parts and as a whole, however it is joined:
"IL-6", "IL6" and "IL 6" all meet. A number is found alone and with the word after it: "10 billion".
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.errors import StoreDamaged
from index.inversion import write_postings
from index.postings import Postings
from index.seam import Ordinals, Scores

K1 = 1.2
B = 0.75
"""Lucene's defaults; not tuned to any judged set."""
FEW = 20_000
"""Allowed passages up to which each is scored alone, by looking it up in the postings."""
LONG = 0.02
"""The share of all passages that a word's postings must have for it to pay to ask whether they can be left out."""
SLACK = 1e-4
"""By how much sums of weights may differ with their order, as a share: more than they do."""
VERSION = 1
"""Raised whenever the same text would give other words; a store built before is then built anew."""

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?|\d")
_COMPOUND = re.compile(r"[^\W_]+(?:[-‐‑–/'.,][^\W_]+)*")  # noqa: RUF001 - hyphens as printed
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_STOP = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "for",
        "if",
        "in",
        "into",
        "is",
        "it",
        "no",
        "not",
        "of",
        "on",
        "or",
        "such",
        "that",
        "the",
        "their",
        "then",
        "there",
        "these",
        "they",
        "this",
        "to",
        "was",
        "will",
        "with",
    ]
)
"""Lucene's English stop words."""


def words(text: str) -> tuple[str, ...]:
    """The words of a text as they are stored and asked for, in order, compounds after their parts."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("’", "'")  # noqa: RUF001 - an apostrophe as printed
    return tuple(_words(_THOUSANDS.sub("", plain)))


def _words(text: str) -> Iterator[str]:
    number = ""
    for match in _COMPOUND.finditer(text):
        parts = _TOKEN.findall(match.group())
        for part in parts:
            if part in _STOP:
                continue
            stem = _stem(part)
            yield stem
            if number:
                yield f"{number} {stem}"
            number = ""
        if len(parts) > 1:
            yield "".join(parts)
        number = parts[0] if len(parts) == 1 and parts[0][0].isdigit() else ""


@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


def _stem(word: str) -> str:
    stem: str = _stemmer().stemWord(word)
    return stem


class Words:
    """The words of passages, by which a question finds them.

    Args:
        postings: of each word; None where no passage has a word.
    """

    def __init__(self, postings: Postings | None) -> None:
        self._postings = postings

    @classmethod
    def build(cls, texts: Iterable[str]) -> Self:
        """The words of these texts; a text's place is its ordinal."""
        with TemporaryDirectory() as folder:  # what is mapped stays when the files go
            cls.write(texts, Path(folder))
            return cls.load(Path(folder))

    @staticmethod
    def write(texts: Iterable[str], folder: Path) -> None:
        """Write the words of texts into a folder, which is made; the same texts give the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        write_postings(folder, map(words, texts), k1=K1, b=B)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The words of a folder, mapped into memory; an empty folder is that of passages without a word."""
        try:
            return cls(Postings(folder) if any(folder.iterdir()) else None)
        except (OSError, ValueError, EOFError) as error:
            message = f"the words in {folder} cannot be read ({error}); nothing is searched; build the store again ('firstpass index')"
            raise StoreDamaged(message) from error

    def vocabulary(self) -> tuple[str, ...]:
        """All words, in the order of their columns."""
        return () if self._postings is None else self._postings.vocabulary()

    def weights(self, start: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Scores]:
        """What each word weighs in the passages from `start` to before `end`: passage, column of the word, weight; by passage."""
        if self._postings is None:
            none = np.empty(0, dtype=np.int64)
            return none, none, np.empty(0, dtype=np.float32)
        return self._postings.between(start, end)

    def best(
        self, question: str, n: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[Ordinals, Scores]:
        """The passages that fit the question's words best, with their scores, each above 0; ties by ordinal.

        Args:
            question: any text.
            n: how many at most.
            allowed: one truth a passage; None allows all.
        """
        postings = self._postings
        columns = {} if postings is None else postings.columns(Counter(words(question)))
        if postings is None or not columns:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if allowed is not None and np.count_nonzero(allowed) <= FEW:
            found = np.flatnonzero(allowed)
        else:
            found = _likely(postings, columns, n, allowed)
        scores = np.zeros(len(found), dtype=np.float32)
        for column, times in columns.items():
            scores += postings.of(column, found) * np.float32(times)
        places, kept = best(scores, n)
        return found[places].astype(np.int64), kept


def _likely(
    postings: Postings, columns: Mapping[int, int], n: int, allowed: NDArray[np.bool_] | None
) -> NDArray[np.int64]:
    """Passages among which the best `n` are, by rising ordinal.

    The words that can add most go first. Once what all the others can add together lifts no new passage among the best `n`,
    their postings, mostly the longest, are left out (the MaxScore rule).
    """
    order = sorted(columns, key=lambda column: (-postings.peaks[column] * columns[column], column))
    most = [float(postings.peaks[column]) * columns[column] for column in order]
    total = np.zeros(postings.passages, dtype=np.float32)
    for at, column in enumerate(order):
        rows, weights = postings.column(column)
        rest = sum(most[at:]) * (1 + SLACK)
        if at and len(rows) > LONG * postings.passages:
            least = _least(total, n, allowed)
            if least > rest:
                return _above(total, least * (1 - SLACK) - rest, allowed)
        total[rows] += weights * np.float32(columns[column])  # a passage stands once in a column
    return _above(total, _least(total, n, allowed) * (1 - SLACK), allowed)


def _least(total: Scores, n: int, allowed: NDArray[np.bool_] | None) -> float:
    """The `n`-th highest score; 0 where there are fewer above 0."""
    found = total[total > 0 if allowed is None else (total > 0) & allowed]
    return 0.0 if len(found) < n or n < 1 else float(np.partition(found, len(found) - n)[len(found) - n])


def _above(total: Scores, least: float, allowed: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    kept = (total >= least) & (total > 0)
    return np.flatnonzero(kept if allowed is None else kept & allowed)


def best(scores: Scores, n: int) -> tuple[Ordinals, Scores]:
    """The places of the `n` highest scores above 0 with them, highest first, ties by place."""
    found = np.flatnonzero(scores > 0)
    if len(found) > n > 0:
        least = np.partition(scores[found], len(found) - n)[len(found) - n]
        found = found[scores[found] >= least]
    order = np.lexsort((found, -scores[found]))[:n]
    return found[order].astype(np.int64), scores[found[order]].astype(np.float32)
