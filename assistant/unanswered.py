"""Unanswered: what was asked and has no direct study, as facet values and a day; never a word of a question, nor a hash of one.

One line a question part, in `unanswered/YEAR-MONTH.jsonl`: of `ask` in the root of the library's stores, of a bot, which may
write nowhere else, in its state folder, apart for each library. A line is added in one write, so that several processes may;
one that broke off is left out. Months older than a year are removed.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from assistant.asked import FACETS_ASKED, Reading

if TYPE_CHECKING:
    from assistant.answer import Answer, PartAnswer
    from assistant.quotes import Sources
    from corpus.vocabulary import Vocabulary

FOLDER = "unanswered"
OUTCOMES = ("no-direct", "out-of-scope")
MONTHS = 12


@dataclass(frozen=True, slots=True)
class _Asked:
    """One line: the outcome, the day (ISO 8601), and the concepts asked for by facet."""

    day: str
    outcome: str
    facets: dict[str, list[str]]


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


class Answering(Protocol):
    """What a bot asks of an answerer."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The concepts and their names."""

    @property
    def sources(self) -> Sources:
        """What answers are made from now."""

    def answer(self, text: str, earlier: Sequence[str] = ()) -> Answer:
        """The answer to a message in its thread."""

    def answer_reading(self, reading: Reading) -> Answer:
        """The answer to a message as read."""

    def refresh(self) -> None:
        """Take the store that is served now, where another was published since."""


class Counted:
    """An answerer whose unanswered messages are counted; answers made again by a button are not."""

    def __init__(self, answering: Answering, root: Path, today: Callable[[], str]) -> None:
        """Count below `root` what `answering` does not answer."""
        self._answering = answering
        self._root = root
        self._today = today

    @property
    def vocabulary(self) -> Vocabulary:
        """The concepts and their names."""
        return self._answering.vocabulary

    @property
    def sources(self) -> Sources:
        """What answers are made from now."""
        return self._answering.sources

    def answer(self, text: str, earlier: Sequence[str] = ()) -> Answer:
        """The answer to a message in its thread."""
        answer = self._answering.answer(text, earlier)
        count_unanswered(self._root, answer, self.vocabulary, self._today())
        return answer

    def answer_reading(self, reading: Reading) -> Answer:
        """The answer to a message as read."""
        return self._answering.answer_reading(reading)

    def refresh(self) -> None:
        """Take the store that is served now."""
        self._answering.refresh()


def count_unanswered(root: Path, answer: Answer, vocabulary: Vocabulary, day: str) -> None:
    """Write down the parts of an answer that have no direct study; an answer is never held up by it."""
    lines = [
        msgspec.json.encode(_Asked(day, part.outcome, _facets(part, vocabulary))) + b"\n"
        for part in answer.parts
        if part.outcome in OUTCOMES
    ]
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


def of_bots(state: Path, root: Path) -> Path:
    """Where the bots of a state folder count what they do not answer from the stores in `root`."""
    return state / "libraries" / hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]


def unanswered(*roots: Path) -> tuple[Unanswered, ...]:
    """What was not answered, in all these places together, the combination asked for most often first."""
    counts: Counter[bytes] = Counter()
    last: dict[bytes, str] = {}
    for path in sorted(path for root in roots for path in (root / FOLDER).glob("*.jsonl")):
        for line in _lines(path):
            with suppress(
                msgspec.MsgspecError, RecursionError
            ):  # a line broke off where a process was killed
                one = msgspec.json.decode(line, type=_Asked)
                key = msgspec.json.encode([one.outcome, one.facets])
                counts[key] += 1
                last[key] = max(one.day, last.get(key, ""))
    found = []
    for key in sorted(counts, key=lambda one: (-counts[one], one)):
        outcome, facets = msgspec.json.decode(key, type=tuple[str, dict[str, tuple[str, ...]]])
        found.append(Unanswered(outcome, facets, counts[key], last[key]))
    return tuple(found)


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
