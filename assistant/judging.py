"""Judging: questions with the outcome a curator expects of them, asked of a store, and what went wrong."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer import Answer, PartAnswer
from assistant.errors import AssistantError

ANSWERED = ("direct", "no-direct", "about-corpus", "paper")
"""Outcomes that show something of the corpus; the others abstain."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with what is expected; None where the curator does not say.

    Attributes:
        outcomes: the outcomes that would be right, for the first part.
        direct: the ids of the documents that are direct, for the first part.
    """

    question: str
    follow: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    direct: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one judged question gave.

    Attributes:
        false_answer: it was answered and should not have been; `false_abstention` the other way round.
        wrongly_direct, missed: document ids, against the curator's list.
    """

    judged: Judged
    outcome: str
    right: bool
    false_answer: bool
    false_abstention: bool
    wrongly_direct: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """Over all judged questions: shares of 1; None where no question is of that sort."""

    questions: int
    right: float | None
    false_answers: float | None
    false_abstentions: float | None
    direct_precision: float | None
    direct_recall: float | None


def read_questions(path: Path) -> tuple[Judged, ...]:
    """The judged questions of a file: TOML with [[question]] tables, or JSON lines.

    Each has "question", and may have "outcome" (one or several that are right), "direct" (document ids), "follow".

    Raises:
        AssistantError: the file cannot be read; the message names the place.
    """
    try:
        text = path.read_text("utf-8")
        rows = tomllib.loads(text).get("question", []) if path.suffix == ".toml" else _json_rows(text)
        return tuple(_judged(row, number, path) for number, row in enumerate(rows, start=1))
    except (OSError, ValueError) as wrong:
        msg = f"{path}: {wrong}, so no question was asked; give TOML with [[question]] tables or JSON lines"
        raise AssistantError(msg) from wrong


def _json_rows(text: str) -> list[Any]:
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def _judged(row: Any, number: int, path: Path) -> Judged:
    if not isinstance(row, Mapping) or not isinstance(row.get("question"), str):
        msg = f'{path}, question {number}: no "question", so none was asked; give each one its text'
        raise AssistantError(msg)
    outcome = row.get("outcome", ())
    outcomes = (outcome,) if isinstance(outcome, str) else tuple(outcome)
    direct = row.get("direct")
    return Judged(
        row["question"], tuple(row.get("follow", ())), outcomes, None if direct is None else tuple(direct)
    )


def judge(
    questions: Iterable[Judged], answer: Callable[[str, tuple[str, ...]], Answer]
) -> tuple[Verdict, ...]:
    """The verdict on each question, in order."""
    return tuple(_verdict(one, answer(one.question, one.follow).parts) for one in questions)


def _verdict(judged: Judged, parts: tuple[PartAnswer, ...]) -> Verdict:
    outcome = parts[0].outcome if parts else "none"
    should = any(one in ANSWERED for one in judged.outcomes)
    found = set(parts[0].evidence.direct.documents) if parts and parts[0].evidence else set()
    wanted = set(judged.direct) if judged.direct is not None else found
    answered = outcome in ANSWERED
    return Verdict(
        judged,
        outcome,
        right=(not judged.outcomes or outcome in judged.outcomes) and found == wanted,
        false_answer=bool(judged.outcomes) and answered and not should,
        false_abstention=bool(judged.outcomes) and should and not answered,
        wrongly_direct=tuple(sorted(found - wanted)),
        missed=tuple(sorted(wanted - found)),
    )


def figures(verdicts: tuple[Verdict, ...]) -> Figures:
    """The figures over all verdicts."""
    abstain = [
        one for one in verdicts if one.judged.outcomes and not set(one.judged.outcomes) & set(ANSWERED)
    ]
    in_scope = [one for one in verdicts if set(one.judged.outcomes) & set(ANSWERED)]
    listed = [one for one in verdicts if one.judged.direct is not None]
    wrong = sum(len(one.wrongly_direct) for one in listed)
    missed = sum(len(one.missed) for one in listed)
    right = sum(len(one.judged.direct or ()) for one in listed) - missed
    return Figures(
        len(verdicts),
        _share(sum(one.right for one in verdicts), len(verdicts)),
        _share(sum(one.false_answer for one in abstain), len(abstain)),
        _share(sum(one.false_abstention for one in in_scope), len(in_scope)),
        _share(right, right + wrong),
        _share(right, right + missed),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
