"""Judging: questions with the outcome a curator expects of them, asked of a store, and what went wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer import Answer
from assistant.errors import AssistantError
from corpus.toml_lines import toml_tables

ANSWERED = ("direct", "no-direct", "about-corpus", "paper")
"""Outcomes that show something of the corpus; the others abstain."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with what is expected; None where the curator does not say.

    Attributes:
        outcomes: the outcomes that would be right, for the first part.
        direct: the ids of the documents that are direct, for the first part.
        must: whether the first store of a library is published only if this is right.
    """

    question: str
    follow: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    direct: tuple[str, ...] | None = None
    must: bool = False


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

    Each has "question", and may have "outcome" (one or several that are right), "direct" (document ids), "follow", "must" (true or false).

    Raises:
        AssistantError: the file cannot be read; the message names the place.
    """
    try:
        text = path.read_text("utf-8")
        rows = toml_tables(text).get("question", []) if path.suffix == ".toml" else _json_rows(text)
        return tuple(_judged(row, number, path) for number, row in enumerate(rows, start=1))
    except (OSError, ValueError, RecursionError) as wrong:
        msg = f"{path}: {wrong}, so no question was asked; give TOML with [[question]] tables or JSON lines"
        raise AssistantError(msg) from wrong


def _json_rows(text: str) -> list[Any]:
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def _judged(row: Any, number: int, path: Path) -> Judged:
    if not isinstance(row, Mapping) or not isinstance(row.get("question"), str):
        msg = f'{path}, question {number}: no "question", so none was asked; give each one its text'
        raise AssistantError(msg)
    must = row.get("must", False)
    if not isinstance(must, bool):
        msg = f'{path}, question {number}: "must" is {must!r}, so none was asked; write true or false'
        raise AssistantError(msg)
    return Judged(
        row["question"],
        _texts(row, "follow", f"{path}, question {number}") or (),
        _texts(row, "outcome", f"{path}, question {number}") or (),
        _texts(row, "direct", f"{path}, question {number}"),
        must,
    )


def _texts(row: Mapping[str, Any], key: str, place: str) -> tuple[str, ...] | None:
    """The texts under a key, one or a list of them; None where the key is not there."""
    value = row.get(key)
    if value is None:
        return None
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        msg = f'{place}: "{key}" is {value!r}, so none was asked; write a text or a list of texts'
        raise AssistantError(msg)
    return tuple(texts)


def judge(
    questions: Iterable[Judged], answer: Callable[[str, tuple[str, ...]], Answer]
) -> tuple[Verdict, ...]:
    """The verdict on each question, in order."""
    return tuple(verdict(one, answer(one.question, one.follow)) for one in questions)


def verdict(judged: Judged, answer: Answer) -> Verdict:
    """The verdict on the answer that a judged question got."""
    parts = answer.parts
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
