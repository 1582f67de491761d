"""Catching up: direct messages written while no connection stood, which Slack does not send again."""

from __future__ import annotations

import threading

from assistant.slack.inbox import FRESH, KEPT
from assistant.slack.intake import Intake, Taken
from assistant.slack.logs import kind_of, log
from assistant.slack.responder import Parts
from assistant.slack.sending import FAILURES

CHANNELS = 50  # channels of direct messages that are looked through
EACH = 20


class CatchUp:
    """Looks for missed direct messages, one look at a time."""

    def __init__(self, parts: Parts, intake: Intake) -> None:
        """Look with these parts."""
        self._client = parts.client
        self._parts = parts
        self._intake = intake
        self._lock = threading.Lock()

    def run(self) -> None:
        """Take in what was missed and is still fresh; what was answered is known by its key."""
        with self._lock:
            now = self._parts.clock()
            for channel in self._parts.inbox.directs(since=now - KEPT)[:CHANNELS]:
                self._channel(channel, now - FRESH)

    def _channel(self, channel: str, oldest: float) -> None:
        try:
            page = self._client.conversations_history(channel=channel, oldest=f"{oldest:.6f}", limit=EACH)
        except FAILURES as error:
            log.info("%s not looked through: %s", channel, kind_of(error))
            return
        found = 0
        for message in reversed(page.get("messages") or []):
            event = {"type": "message", "channel": channel, "channel_type": "im", **message}
            event.pop("edited", None)
            _, taken = self._intake.event({"event": event})
            found += taken is Taken.STORED
        if found:
            log.info("%d missed questions found in %s", found, channel)
