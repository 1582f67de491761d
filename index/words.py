"""Words: BM25 over passages; bm25s stands behind it.

Words are lower-cased and stemmed. A compound is found by its parts and as a whole, however it is joined:
"IL-6", "IL6" and "IL 6" all meet. A number is found alone and with the word after it: "10 billion".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from index.errors import StoreDamaged
from index.seam import Ordinals, Scores

K1 = 1.2
B = 0.75
"""Lucene's defaults; not tuned to any judged set."""
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


@dataclass(frozen=True, slots=True)
class _Weights:
    """What each word adds to the score of each passage that has it: a column a word, one after the other.

    Attributes:
        numbers: the column of each word.
        data, rows: the weights of all columns, and the passages that they are of.
        starts: where each column begins in these, and the end of the last.
    """

    passages: int
    numbers: dict[str, int]
    data: Scores
    rows: NDArray[np.int32]
    starts: NDArray[np.int64]

    def scores(self, columns: Sequence[int]) -> Scores:
        """The sum of these columns, added up in the order given."""
        total = np.zeros(self.passages, dtype=np.float32)
        for column in columns:
            start, end = self.starts[column : column + 2].tolist()
            total[self.rows[start:end]] += self.data[start:end]  # a passage stands once in a column
        return total


class Words:
    """The words of passages, by which a question finds them.

    Args:
        weights: what bm25s made of them; None where no passage has a word.
        scorer: bm25s's own index, to save; None where it was loaded.
    """

    def __init__(self, weights: _Weights | None, scorer: Any = None) -> None:
        self._weights = weights
        self._scorer = scorer

    @classmethod
    def build(cls, texts: Sequence[str]) -> Words:
        """The words of these texts; a text's place is its ordinal."""
        from bm25s import BM25

        tokens = [words(text) for text in texts]
        vocabulary = {word: at for at, word in enumerate(sorted({word for text in tokens for word in text}))}
        if not vocabulary:
            return cls(None)
        scorer = BM25(k1=K1, b=B, method="lucene", backend="numpy", csc_backend="numpy", auto_compile=False)
        scorer.index(
            ([[vocabulary[word] for word in text] for text in tokens], vocabulary), show_progress=False
        )
        made = scorer.scores
        weights = _Weights(made["num_docs"], scorer.vocab_dict, made["data"], made["indices"], made["indptr"])
        return cls(weights, scorer)

    def save(self, folder: Path) -> None:
        """Write the words into a folder; the same texts give the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        if self._scorer is not None:
            self._scorer.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> Words:
        """The words of a folder, mapped into memory; an empty folder is that of passages without a word.

        The files are bm25s's own, read without it: a first question would wait longer for its imports than for its answer.
        """
        try:
            if not any(folder.iterdir()):
                return cls(None)
            arrays = [
                np.asarray(np.load(folder / f"{name}.csc.index.npy", mmap_mode="r"))
                for name in ("data", "indices", "indptr")
            ]
            stated = msgspec.json.decode((folder / "params.index.json").read_bytes(), type=dict[str, Any])
            numbers = msgspec.json.decode((folder / "vocab.index.json").read_bytes(), type=dict[str, int])
            return cls(_Weights(int(stated["num_docs"]), numbers, *arrays))
        except (OSError, ValueError, KeyError, TypeError, EOFError, msgspec.MsgspecError) as error:
            message = f"the words in {folder} cannot be read ({error}); nothing is searched; build the store again ('firstpass index')"
            raise StoreDamaged(message) from error

    def best(
        self, question: str, n: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[Ordinals, Scores]:
        """The passages that fit the question's words best, with their scores, each above 0; ties by ordinal.

        Args:
            question: any text.
            n: how many at most.
            allowed: one truth a passage; None allows all.
        """
        known = {} if self._weights is None else self._weights.numbers
        columns = [known[word] for word in words(question) if word in known]
        if self._weights is None or not columns:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        scores = self._weights.scores(columns)
        if allowed is not None:
            scores = np.where(allowed, scores, np.float32(0))
        return best(scores, n)


def best(scores: Scores, n: int) -> tuple[Ordinals, Scores]:
    """The places of the `n` highest scores above 0 with them, highest first, ties by place."""
    found = np.flatnonzero(scores > 0)
    if len(found) > n > 0:
        least = np.partition(scores[found], len(found) - n)[len(found) - n]
        found = found[scores[found] >= least]
    order = np.lexsort((found, -scores[found]))[:n]
    return found[order].astype(np.int64), scores[found[order]].astype(np.float32)
