"""The worklist: what people said of answers in Slack, sorted for the maintainer, and as drafts of judged questions.

A person's words are in it only where that person allowed it; otherwise the question stands as it was read, in the names
of its concepts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.wording import Names

JOIN = " · "


@dataclass(frozen=True, slots=True)
class Complaint:
    """What one person said of one answer.

    Attributes:
        reasons: codes ("wrong-route", "missing", …).
        question: as typed, where the person allowed it to be kept, else as read.
        typed: whether it is as typed.
        facets: as read, by facet, concept ids.
        shown: ids of the documents shown, `direct` those shown as direct, both in order.
        paper: the id of a paper that is missing, as entered.
        version: of the store that answered.
        day: when (ISO 8601).
    """

    reasons: tuple[str, ...]
    question: str
    typed: bool
    facets: Mapping[str, tuple[str, ...]]
    shown: tuple[str, ...]
    direct: tuple[str, ...]
    paper: str
    version: str
    day: str


@dataclass(frozen=True, slots=True)
class Task:
    """Complaints of one reason about questions that were read alike: one thing to look at.

    Attributes:
        complaints: oldest first; their number is how many people said so.
    """

    reason: str
    facets: Mapping[str, tuple[str, ...]]
    complaints: tuple[Complaint, ...]


def read_complaints(place: Path | str, names: Names) -> tuple[Complaint, ...]:
    """All that people said, oldest first; nothing where the bot never ran.

    Args:
        place: the bots' database: a file, or an address.
        names: the vocabulary, to name a question by its concepts.

    Raises:
        AssistantError: it is no database of the bots.
    """
    if isinstance(place, Path) and not place.is_file():
        return ()
    from assistant.slack.verdicts import read_verdicts

    try:
        return tuple(_complaint(row, names) for row in read_verdicts(place))
    except (ValueError, KeyError, IndexError, TypeError) as error:
        msg = f"what the bots' database holds cannot be read ({error}), so nothing is listed; name the bots' folder with FIRSTPASS_STATE"
        raise AssistantError(msg) from error


def _complaint(row: Mapping[str, Any], names: Names) -> Complaint:
    parts = json.loads(row["reading"])
    number = int(row["part"])
    part = parts[number] if number < len(parts) else {"facets": {}}
    facets = {facet: tuple(values) for facet, values in part["facets"].items()}
    shown = [one for one in json.loads(row["passages"]) if one.get("part", 0) == number]
    read = JOIN.join(names.name(value) for values in facets.values() for value in values)
    return Complaint(
        reasons=tuple(json.loads(row["reasons"])),
        question=row["question"] or read,
        typed=bool(row["question"]),
        facets=facets,
        shown=tuple(dict.fromkeys(one["document"] for one in shown)),
        direct=tuple(dict.fromkeys(one["document"] for one in shown if one.get("direct"))),
        paper=row["paper"],
        version=row["version"],
        day=datetime.fromtimestamp(float(row["given"]), UTC).date().isoformat(),
    )


def tasks(complaints: Iterable[Complaint]) -> tuple[Task, ...]:
    """What there is to look at, what most people said first."""
    found: dict[tuple[str, tuple[Any, ...]], list[Complaint]] = {}
    for one in complaints:
        for reason in one.reasons:
            found.setdefault((reason, tuple(sorted(one.facets.items()))), []).append(one)
    made = [Task(reason, dict(facets), tuple(group)) for (reason, facets), group in found.items()]
    return tuple(sorted(made, key=lambda task: (-len(task.complaints), task.reason, str(task.facets))))


def drafts(complaints: Sequence[Complaint]) -> Iterator[str]:
    """Lines of questions.toml: each question once, with what was said of it; what is right is the curator's to fill in."""
    yield "# Drafts of judged questions, from what people said of answers. Fill in what is right, then move them to"
    yield "# questions.toml; without outcome or direct a question is asked and compared, and never wrong."
    by_question: dict[str, list[Complaint]] = {}
    for one in complaints:
        if one.question:
            by_question.setdefault(one.question, []).append(one)
    for question, group in by_question.items():
        yield ""
        for one in group:
            said = [f"{one.day}, store {one.version}: {', '.join(one.reasons)}"]
            said += [f"missing: {one.paper}"] if one.paper else []
            said += [f"shown as direct: {', '.join(one.direct)}"] if one.direct else []
            yield f"# {_line('; '.join(said))}"
        yield "[[question]]"
        yield f"question = {_quoted(question)}"
        yield '# outcome = "direct"'
        yield f"# direct = {json.dumps(list(group[-1].direct))}"


def _line(text: str) -> str:
    """The text on one line: what a person entered must not end the comment it stands in."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _quoted(text: str) -> str:
    """A TOML string. JSON's strings are TOML's basic strings but for DEL and lone surrogates."""
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(sound, ensure_ascii=False).replace("\x7f", "\\u007f")
