"""Questions: a question as the inbox holds it and a worker takes it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from assistant.slack.incoming import Way

COLUMNS = "key, team, channel, ts, thread, user, way, text, masked, response_url, was, received, tries, answer_ts, edited"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a worker takes it.

    Attributes:
        was: "posting" where nobody saw the end of an earlier try to post, "denied" where Slack called it failed; else
            empty.
        answer_ts: the answer to update, where the question was edited after it.
    """

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

    @property
    def private(self) -> bool:
        """Whether only the asker sees the answer, and it can be shared."""
        return self.way in (Way.SLASH, Way.SHORTCUT)

    @property
    def alone(self) -> bool:
        """Whether nobody but the asker reads where it is answered."""
        return self.private or self.way is Way.FORM or self.channel.startswith("D")


def read_question(row: sqlite3.Row) -> Question:
    """The question of a row with these columns."""
    values: dict[str, Any] = dict(row)
    values["way"] = Way(values["way"])
    values["masked"] = tuple(values["masked"].split())
    values["text"] = values["text"] or ""
    return Question(**values)
