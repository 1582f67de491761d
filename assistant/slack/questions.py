"""Questions: a question as the inbox holds it and a worker takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from assistant.slack.incoming import Way
from assistant.slack.schema import QUESTIONS


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a worker takes it.

    Attributes:
        workspace: the bot that was asked.
        was: "posting" where nobody saw the end of an earlier try to post, "denied" where Slack called it failed; else
            empty.
        answer_ts: the answer to update, where the question was edited after it.
        turn: how often it was taken; only who took it last may change it.
    """

    workspace: str
    key: str
    team: str
    channel: str
    ts: str
    thread: str | None
    user: str
    way: Way
    text: str
    masked: tuple[str, ...]
    response_url: str | None
    was: str
    received: float
    tries: int
    answer_ts: str | None
    edited: str | None
    turn: int

    @property
    def private(self) -> bool:
        """Whether only the asker sees the answer, and it can be shared."""
        return self.way in (Way.SLASH, Way.SHORTCUT)

    @property
    def alone(self) -> bool:
        """Whether nobody but the asker reads where it is answered."""
        return self.private or self.way is Way.FORM or self.channel.startswith("D")


COLUMNS = tuple(QUESTIONS.c[one.name] for one in fields(Question))


def read_question(row: Mapping[str, Any]) -> Question:
    """The question of a row with these columns."""
    values = dict(row)
    values["way"] = Way(values["way"])
    values["masked"] = tuple(values["masked"].split())
    values["text"] = values["text"] or ""
    return Question(**values)
