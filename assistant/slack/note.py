"""A note: one fixed sentence of ours as a Slack message, in the three forms that delivery asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.slack.budget import SECTION, escape, shorten
from assistant.wording import say


@dataclass(frozen=True, slots=True)
class Note:
    """A short message without passages."""

    text: str
    blocks: list[dict[str, Any]]
    simpler: list[dict[str, Any]]
    plain: str


def note(sentence: str, **values: object) -> Note:
    """The sentence of that name as a message."""
    line = say(sentence, **values)
    section = {"type": "section", "text": {"type": "plain_text", "text": shorten(line, SECTION)}}
    return Note(escape(line), [section], [], escape(line))
