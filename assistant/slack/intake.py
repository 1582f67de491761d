"""Intake: who is answered, where, and the storing of a question before Slack is told that it arrived."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from assistant.slack.inbox import Inbox, Seen
from assistant.slack.incoming import Asked, Removed, Way, read_event
from assistant.slack.logs import log
from assistant.slack.responder import Parts
from assistant.slack.settings import SlackSettings
from assistant.wording import say

LOOP = 20  # questions of one thread within LOOPING seconds that are answered; more are a loop
LOOPING = 60.0
REMINDED = 3600.0  # seconds between two hints that a person is not answered
MANY = 4  # questions that may wait without a word to who asks next


class Taken(StrEnum):
    """What became of a question that came in."""

    STORED = "stored"
    EDITED = "edited"
    KNOWN = "known"
    REFUSED = "refused"
    FULL = "full"
    LOOP = "loop"


HINTS = {Taken.REFUSED: "slack-not-here", Taken.LOOP: "slack-loop"}
"""What who is not answered is told, once an hour at most: a machine is not to answer to it."""


class Intake:
    """Stores what is asked, once, if it is to be answered."""

    def __init__(self, parts: Parts, settings: SlackSettings, bot_user: str) -> None:
        """Take in for these parts, as these settings allow."""
        self._parts = parts
        self._settings = settings
        self._bot_user = bot_user
        self._hinted: dict[tuple[str, str], float] = {}
        self._guard = threading.Lock()

    @property
    def _inbox(self) -> Inbox:
        return self._parts.inbox

    def event(self, body: Mapping[str, Any]) -> tuple[Asked | Removed | None, Taken | None]:
        """What an event tells of, stored; what became of it."""
        read = read_event(body, self._bot_user)
        if not isinstance(read, Asked):
            return read, None
        if read.channel.startswith("D"):
            self._inbox.saw_direct(read.channel, now=self._parts.clock())
        if read.way is Way.REPLY and not self._followed(read):
            return None, None
        return read, self.take(read, external=is_external(body))

    def take(self, asked: Asked, *, external: bool = False) -> Taken:
        """Store a question, if it is to be answered."""
        now = self._parts.clock()
        seen = self._inbox.look(asked, since=now - LOOPING)
        if seen.known:
            edited = bool(asked.edited) and self._inbox.edit(asked, now=now)
            return Taken.EDITED if edited else Taken.KNOWN
        if not self.allowed(asked, external=external):
            return Taken.REFUSED
        if self._is_loop(asked, seen):
            return Taken.LOOP
        if seen.waiting >= self._settings.waiting:
            return Taken.FULL
        return Taken.STORED if self._inbox.put(asked, now=now) else Taken.KNOWN

    def allowed(self, asked: Asked, *, external: bool = False) -> bool:
        """Whether the settings let this person be answered there."""
        settings = self._settings
        if external and not settings.shared:
            return False
        if settings.people and asked.user not in settings.people:
            return False
        open_to_all = not settings.channels or asked.channel.startswith("D") or asked.way is Way.FORM
        return open_to_all or asked.channel in settings.channels

    def tell(self, asked: Asked, taken: Taken) -> None:
        """Tell the asker, and nobody else, what becomes of the question, where it is not answered at once."""
        if taken in HINTS and self._may_hint(asked):
            self._whisper(asked, say(HINTS[taken]))
        elif taken is Taken.FULL:
            log.warning("inbox full: a question was not taken")
            self._whisper(asked, say("slack-full"))
        elif taken is Taken.STORED and (place := self.place()):
            self._whisper(asked, say("slack-queued", place=place))

    def place(self) -> int:
        """The place in the queue, where that is worth a word; else 0."""
        waiting = self._inbox.waiting()
        return waiting if waiting > MANY else 0

    def _whisper(self, asked: Asked, text: str) -> None:
        thread = asked.thread if asked.reply else None
        self._parts.delivery.whisper(asked.channel, asked.user, text, thread)

    def _followed(self, asked: Asked) -> bool:
        """Whether a reply that mentions nobody is a question: in a thread that was answered, where the settings say so."""
        if self._inbox.known(asked.key):
            return True
        wanted = self._settings.follow_up == "thread"
        return wanted and bool(self._inbox.thread(asked.channel, asked.thread or ""))

    @staticmethod
    def _is_loop(asked: Asked, seen: Seen) -> bool:
        if asked.thread is None:
            return False
        loop = seen.lately >= LOOP
        if loop:
            log.warning(
                "more than %d questions a minute in one thread of %s; the rest is not answered",
                LOOP,
                asked.channel,
            )
        return loop

    def _may_hint(self, asked: Asked) -> bool:
        now = self._parts.clock()
        with self._guard:
            last = self._hinted.get((asked.channel, asked.user))
            if last is not None and now - last < REMINDED:
                return False
            self._hinted = {who: when for who, when in self._hinted.items() if now - when < REMINDED}
            self._hinted[asked.channel, asked.user] = now
        return asked.way is not Way.REPLY


def is_external(body: Mapping[str, Any]) -> bool:
    """Whether what came in is from a channel shared with another organisation, or from one of its people."""
    event = body.get("event") or {}
    user = body.get("user") if isinstance(body.get("user"), Mapping) else {}
    home = body.get("team_id") or (body.get("team") or {}).get("id")
    theirs = event.get("user_team") or event.get("source_team") or (user or {}).get("team_id")
    return bool(body.get("is_ext_shared_channel")) or bool(theirs and home and theirs != home)
