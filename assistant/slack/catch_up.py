"""Catching up: questions that Slack did not hand over and does not send again, looked for where they were asked.

Slack keeps nothing for a bot that is not connected, and sends to a connection that has died until it notices. What is not
acknowledged comes again at once, after a minute and after five, then never: where those tries fail too, the question is lost to
all but who reads the channel. So there is a look back at each new connection, and another once Slack has noticed what was dead.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError

from assistant.slack.clients import code_of
from assistant.slack.inbox import FRESH, KEPT, Heard
from assistant.slack.intake import Intake, Taken
from assistant.slack.logs import kind_of, log
from assistant.slack.responder import Parts
from assistant.slack.sending import FAILURES, HOPELESS, Later, wait_of

CHANNELS = 50  # channels that are looked through, and as many direct ones: those spoken in last
MESSAGES = 100  # of a channel, and of a thread
NEW = 20  # direct channels that are not known, those opened last
PAGES = 5  # of Slack's list of direct channels
THREADS = 10  # of a channel, those with the latest replies
AGAIN = 60.0  # seconds after which a look is repeated: what went to a dead connection since the first is found then
LIST = "list of direct channels"
CLOSED = 3600.0  # seconds for which what may not be read is not tried again: a bot may be invited, or given a scope
FULL = 15.0  # seconds after which it is tried again where the inbox is full


@dataclass(frozen=True, slots=True)
class Look:
    """A look that is due: when, and through which channels; None for all."""

    at: float
    channels: tuple[str, ...] | None = None


class CatchUp:
    """Looks for missed questions, one look at a time."""

    def __init__(self, parts: Parts, intake: Intake, team: str, *, again: float = AGAIN) -> None:
        """Look with these parts in a workspace; `again` is after how many seconds a look is repeated."""
        self._client = parts.client
        self._parts = parts
        self._intake = intake
        self._team = team
        self._again = again
        self._due: list[Look] = []
        self._closed: dict[str, float] = {}
        self._running = False
        self._guard = threading.Lock()

    def connected(self) -> None:
        """Have a look due now, and one a little later, in place of all that were due."""
        now = time.monotonic()
        with self._guard:
            self._due = [Look(now), Look(now + self._again)]

    @property
    def due(self) -> bool:
        """Whether it is time for a look."""
        with self._guard:
            return self._is_due()

    def _is_due(self) -> bool:
        return not self._running and bool(self._due) and self._due[0].at <= time.monotonic()

    def run(self) -> None:
        """Take in what was missed and is still fresh, where a look is due; what was answered is known by its key."""
        with self._guard:
            if not self._is_due():
                return
            look = self._due.pop(0)
            self._running = True
        left: Look | None = None
        try:
            left = self._look(self._channels() if look.channels is None else look.channels)
        finally:
            with self._guard:
                self._running = False
                if left:
                    self._due = sorted([*self._due, left], key=lambda one: one.at)

    def _channels(self) -> tuple[str, ...]:
        inbox, since = self._parts.inbox, self._parts.clock() - KEPT
        known = inbox.directs(since=since)
        new = tuple(one for one in self._listed() if one not in known)
        return known[:CHANNELS] + new[:NEW] + inbox.mentioned_in(since=since)[:CHANNELS]

    def _listed(self) -> list[str]:
        """The direct channels that Slack lists, newest first: whoever's first message was missed is known to nobody else."""
        made: list[tuple[int, str]] = []
        cursor: str | None = None
        for _ in range(0 if self._is_closed(LIST) else PAGES):
            try:
                page = self._client.users_conversations(types="im", limit=200, cursor=cursor)
            except FAILURES as error:
                self._failed(LIST, error)
                break
            made += [(int(one.get("created") or 0), str(one["id"])) for one in page.get("channels") or []]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return [channel for _, channel in sorted(made, reverse=True)]

    def _look(self, channels: tuple[str, ...]) -> Look | None:
        """Look through channels; what is left for later where Slack, or a full inbox, asks to wait."""
        oldest = self._parts.clock() - FRESH
        for at, channel in enumerate(channels):
            if self._is_closed(channel):
                continue
            try:
                self._channel(channel, oldest)
            except Later as asked:
                return Look(time.monotonic() + asked.seconds, channels[at:])
        return None

    def _channel(self, channel: str, oldest: float) -> None:
        heard = self._parts.inbox.heard_in(channel)
        messages = self._read(self._client.conversations_history, channel)
        found = self._take(channel, messages, heard, oldest)
        grown = [one for one in messages if _has_grown(one, heard, oldest)]
        for root in sorted(grown, key=lambda one: float(one["latest_reply"]), reverse=True)[:THREADS]:
            place = {"ts": root["ts"], "oldest": f"{oldest:.6f}"}
            replies = self._read(self._client.conversations_replies, channel, **place)
            found += self._take(channel, replies, heard, oldest)
        if found:
            log.info("%d missed questions found in %s", found, channel)

    def _read(self, method: Callable[..., Any], channel: str, **place: str) -> list[dict[str, Any]]:
        """The messages there, none where Slack does not let us read them.

        Raises:
            Later: Slack asks to wait.
        """
        try:
            page = method(channel=channel, limit=MESSAGES, **place)
        except FAILURES as error:
            if (seconds := wait_of(error)) is not None:
                raise Later(seconds) from error
            self._failed(channel, error)
            return []
        return list(page.get("messages") or [])

    def _is_closed(self, what: str) -> bool:
        return time.monotonic() - self._closed.get(what, -CLOSED) < CLOSED

    def _failed(self, what: str, error: Exception) -> None:
        """Do not soon try again what Slack does not let this bot read."""
        if isinstance(error, SlackApiError) and code_of(error) in HOPELESS:
            self._closed[what] = time.monotonic()
        log.info("%s not looked through: %s", what, kind_of(error))

    def _take(self, channel: str, messages: Iterable[Mapping[str, Any]], heard: Heard, oldest: float) -> int:
        """Take in what is fresh and not known, oldest first; how many questions that were.

        Raises:
            Later: the inbox is full.
        """
        found = 0
        kind = "im" if channel.startswith("D") else "channel"
        for message in sorted(messages, key=lambda one: float(one["ts"])):
            if float(message["ts"]) <= oldest or message["ts"] in heard.times:
                continue
            event = {"type": "message", "channel_type": kind, **message, "channel": channel}
            event.pop("edited", None)
            _, taken = self._intake.event({"team_id": self._team, "event": event})
            if taken is Taken.FULL:
                raise Later(FULL)
            found += taken is Taken.STORED
        return found


def _has_grown(message: Mapping[str, Any], heard: Heard, oldest: float) -> bool:
    """Whether below a message stand fresh replies that the bot does not know of."""
    last = str(message.get("latest_reply") or "")
    if not last or float(last) <= oldest:
        return False
    return last not in heard.times or int(message.get("reply_count") or 0) > heard.replies[message["ts"]]
