"""A note: one fixed sentence of ours as a Slack message, in the three forms that delivery asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.slack.budget import NOTIFICATION, SECTION, escape, shorten, units
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


def notification(lines: Sequence[str]) -> str:
    """The first lines of a message as a phone's lock screen shows them: escaped, at most 300 characters."""
    for most in range(NOTIFICATION, 0, -20):
        text = escape(shorten(" ".join(lines), most))
        if units(text) <= NOTIFICATION:
            return text
    return ""
