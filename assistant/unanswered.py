"""Unanswered: what was asked and has no direct study, as facet values and a day; never a word of a question, nor a hash of one.

Of `ask`: one line a question part, in `unanswered/YEAR-MONTH.jsonl` in the root of the library's stores. A line is added in one
write, so that several processes may; one that broke off is left out. Months older than a year are removed. Bots count in their
database (assistant/slack/counts.py).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assistant.asked import FACETS_ASKED

if TYPE_CHECKING:
    from assistant.answer import Answer, PartAnswer
    from corpus.vocabulary import Vocabulary

FOLDER = "unanswered"
OUTCOMES = ("no-direct", "out-of-scope")
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of a question that has no direct study: the outcome, the day (ISO 8601), and the concepts asked for by facet."""

    day: str
    outcome: str
    facets: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """How often one combination of facet values was asked and not answered directly.

    Attributes:
        facets: the values asked for by facet, in the order of the facets; empty where nothing of the vocabulary was named.
        last: the latest day.
    """

    outcome: str
    facets: Mapping[str, tuple[str, ...]]
    count: int
    last: str


def without_answer(answer: Answer, vocabulary: Vocabulary, day: str) -> tuple[Asked, ...]:
    """The parts of an answer that have no direct study."""
    return tuple(
        Asked(day, part.outcome, _facets(part, vocabulary))
        for part in answer.parts
        if part.outcome in OUTCOMES
    )


def count_unanswered(root: Path, answer: Answer, vocabulary: Vocabulary, day: str) -> None:
    """Write down the parts of an answer that have no direct study; an answer is never held up by it."""
    lines = [msgspec.json.encode(one) + b"\n" for one in without_answer(answer, vocabulary, day)]
    if not lines:
        return
    path = root / FOLDER / f"{day[:7]}.jsonl"
    with suppress(OSError):  # where nothing can be written there are no counts, and answers all the same
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = not path.exists()
        with path.open("ab", buffering=0) as file:
            os.write(file.fileno(), b"".join(lines))
        if fresh:
            for old in sorted(path.parent.glob("*.jsonl"))[:-MONTHS]:
                old.unlink(missing_ok=True)


def unanswered(root: Path) -> tuple[Unanswered, ...]:
    """What `ask` did not answer from the stores in `root`."""
    return summed(
        Unanswered(one.outcome, {facet: tuple(values) for facet, values in one.facets.items()}, 1, one.day)
        for path in sorted((root / FOLDER).glob("*.jsonl"))
        for line in _lines(path)
        if (one := _asked(line)) is not None
    )


def summed(counts: Iterable[Unanswered]) -> tuple[Unanswered, ...]:
    """Counts of the same combination together, the combination asked for most often first."""
    together: dict[bytes, Unanswered] = {}
    for one in counts:
        key = msgspec.json.encode([one.outcome, one.facets])
        before = together.get(key, replace(one, count=0))
        together[key] = replace(one, count=before.count + one.count, last=max(before.last, one.last))
    return tuple(together[key] for key in sorted(together, key=lambda key: (-together[key].count, key)))


def _asked(line: bytes) -> Asked | None:
    """A line as it was written; None where it broke off, as a process was killed."""
    try:
        return msgspec.json.decode(line, type=Asked)
    except (msgspec.MsgspecError, RecursionError):
        return None


def _lines(path: Path) -> list[bytes]:
    """The file's lines; none where another user's bot keeps it to itself."""
    try:
        return path.read_bytes().splitlines()
    except OSError:
        return []


def _facets(part: PartAnswer, vocabulary: Vocabulary) -> dict[str, list[str]]:
    """The concepts of the vocabulary that were asked for; nothing else can be written down."""
    known = {facet: set(vocabulary.ids(facet)) for facet in FACETS_ASKED}
    asked = part.part.facets
    return {
        facet: values
        for facet in FACETS_ASKED
        if (values := sorted(set(asked.get(facet, ())) & known[facet]))
    }
