"""The line "is searching…" under a question: shown at once, and always taken away again, whatever happens."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from http.client import HTTPException

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from assistant.slack.logs import kind_of, log
from assistant.slack.sending import wait_of
from assistant.wording import say

REMEMBERED = 2000
AGAIN = (
    2.0  # seconds until a status that could not be taken away is tried again, where Slack does not say when
)
TRIES = 5
STRIPES = 64  # locks shared by all threads


class Statuses:
    """The status of each thread. Writes to one thread follow each other, so that the clearing one is the last."""

    def __init__(self, client: WebClient) -> None:
        """Write with this client."""
        self._client = client
        self._guard = threading.Lock()
        self._locks = tuple(threading.Lock() for _ in range(STRIPES))
        self._shown: dict[tuple[str, str], set[str]] = {}
        self._ended: OrderedDict[str, None] = OrderedDict()
        self._owed: dict[tuple[str, str], tuple[float, int]] = {}

    def begin(self, channel: str, thread: str | None, key: str) -> None:
        """Show that a question is being answered, unless it was answered already."""
        if thread is None:
            return
        place = (channel, thread)
        with self._lock(place):
            with self._guard:
                shown = self._shown.get(place, set())
                if key in self._ended or key in shown:
                    return
                first = not shown
                self._shown[place] = {*shown, key}
            if first:
                self._write(place, say("slack-searching"))

    def end(self, channel: str, thread: str | None, key: str) -> None:
        """Take the status away, if no other question of the thread is being answered."""
        if thread is None:
            return
        place = (channel, thread)
        with self._guard:
            self._ended[key] = None
            while len(self._ended) > REMEMBERED:
                self._ended.popitem(last=False)
        with self._lock(place):
            with self._guard:
                shown = self._shown.get(place, set())
                was = key in shown
                shown.discard(key)
                last = not shown
                if last:
                    self._shown.pop(place, None)
            if was and last:
                self._write(place, "")

    def again(self, key: str) -> None:
        """Let a question that is to be answered anew have a status again."""
        with self._guard:
            self._ended.pop(key, None)

    @property
    def owed(self) -> bool:
        """Whether a status stands that could not be taken away."""
        return bool(self._owed)

    def settle(self, *, at_once: bool = False) -> None:
        """Take away what could not be taken away before, where its time has come; what is shown anew is let be."""
        with self._guard:
            due = [place for place, (when, _) in self._owed.items() if at_once or when <= time.monotonic()]
        for place in due:
            with self._lock(place):
                with self._guard:
                    _, tries = self._owed.pop(place, (0.0, 0))
                    again = bool(tries) and place not in self._shown
                if again:
                    self._write(place, "", tries)

    def clear(self) -> None:
        """Take every status away, before the bot stops."""
        with self._guard:
            open_ones = [(place, key) for place, keys in self._shown.items() for key in sorted(keys)]
        for (channel, thread), key in open_ones:
            self.end(channel, thread, key)
        self.settle(at_once=True)

    def _lock(self, place: tuple[str, str]) -> threading.Lock:
        return self._locks[hash(place) % STRIPES]

    def _write(self, place: tuple[str, str], status: str, tries: int = 0) -> None:
        channel, thread = place
        try:
            self._client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status=status)
        except (SlackClientError, OSError, HTTPException) as error:
            log.info("status not set in %s: %s", channel, kind_of(error))
            seconds = wait_of(error) if isinstance(error, SlackApiError) else AGAIN
            if not status and seconds is not None and tries < TRIES:
                with self._guard:
                    self._owed[place] = (time.monotonic() + seconds, tries + 1)
