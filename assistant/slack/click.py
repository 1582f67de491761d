"""Click: a button pressed on an answer that is still known, and what every deed of a button needs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assistant.answer import Answer
from assistant.question import Reading
from assistant.slack import actions
from assistant.slack.actions import Pressed
from assistant.slack.changes import named
from assistant.slack.delivery import Seat
from assistant.slack.given import Given
from assistant.slack.note import note
from assistant.slack.responder import Parts
from assistant.slack.sending import Later, Unsure

WAITS = 3  # times that a click waits as Slack asks
LONGEST_WAIT = 10.0
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Click:
    """A button pressed on an answer that is still known.

    Attributes:
        thread: where in the channel; None for a private answer.
    """

    pressed: Pressed
    given: Given
    user: str
    channel: str
    thread: str | None
    trigger: str
    response_url: str | None
    hidden: bool

    @property
    def seat(self) -> Seat:
        """Where this person alone is shown something."""
        return Seat(self.channel, self.user, self.thread, self.response_url, hidden=self.hidden)

    @property
    def alone(self) -> bool:
        """Whether nobody but this person reads the channel."""
        return self.channel.startswith("D")


def read_click(body: Body, parts: Parts) -> Click | None:
    """The click, with the answer that it was on; None where that is no longer known."""
    pressed = actions.decode(str(body["actions"][0].get("value") or ""))
    given = parts.given.find(pressed.key) if pressed else None
    if pressed is None or given is None or pressed.part >= len(given.parts):
        return None
    container = body.get("container") or {}
    message = body.get("message") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or given.channel
    thread = container.get("thread_ts") or message.get("thread_ts") or given.thread
    return Click(
        pressed=pressed,
        given=given,
        user=body["user"]["id"],
        channel=channel,
        thread=thread,
        trigger=str(body.get("trigger_id") or ""),
        response_url=body.get("response_url"),
        hidden=bool(container.get("is_ephemeral")),
    )


def reading_of(click: Click, parts: Parts, *, whole: bool = False) -> Reading:
    """The part that was clicked on as it was read; with `whole` all parts."""
    vocabulary = parts.answering.vocabulary
    return click.given.reading(lambda part: named(part, vocabulary), None if whole else click.pressed.part)


def answer_of(click: Click, parts: Parts) -> Answer:
    """The answer as it is now, with all its parts, so that their numbers fit."""
    return parts.answering.answer_reading(reading_of(click, parts, whole=True))


def patiently(send: Callable[[], Any]) -> Any:
    """What sending gives back, waiting as Slack asks, a few times; None where it is not known whether it was sent.

    Raises:
        Later, Refused: Slack asks to wait once too often, or takes it in no form.
    """
    for left in range(WAITS, -1, -1):
        try:
            return send()
        except Later as asked:
            if not left:
                raise
            time.sleep(min(asked.seconds, LONGEST_WAIT))
        except Unsure:
            return None
    return None


def whisper(click: Click, parts: Parts, sentence: str) -> None:
    """Say something to the person who clicked, and to nobody else."""
    patiently(lambda: parts.delivery.show(click.seat, note(sentence)))


def derived(click: Click) -> str:
    """The key of what a click makes: of the same click on the same answer always the same."""
    text = f"{click.pressed.key}|{click.pressed.part}|{click.pressed.argument}|{click.user}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]
