"""The announcer: a thread that looks for what is to be told, and says it, one thing after another, after all answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Protocol

from assistant.slack.announcements import Announcement, Announcements
from assistant.slack.logs import log
from assistant.slack.responder import Parts
from assistant.slack.sending import Later, NotYet, Refused, Unread, Unsure

PACE = 1.2  # seconds between two announcements in one channel: Slack takes about one message a second there
TRIES = 8
SIGNED_OUT = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_revoked", "token_expired"})
"""Refusals of the bot, not of what it says: it is said once the bot is signed in again."""
FAILED = 60.0  # seconds until the next look after one that failed
TIDY = (
    3600.0  # seconds between two tidyings; the first comes before the first look, after however long a rest
)
CLOSING = 10.0  # seconds for what is being said when the bot stops


class Teller(Protocol):
    """Finds what is to be told of one kind, and says it."""

    def look(self) -> None:
        """Store what is to be told now."""

    def tell(self, announcement: Announcement) -> None:
        """Say one thing, noting in the announcements when it is about to be posted.

        Raises:
            Later, Unsure, Refused: as of any message.
            NotYet: this process answers from another store yet.
        """


class Announcer:
    """Says what nobody asked for just now."""

    def __init__(self, parts: Parts, tellers: Mapping[str, Teller], *, look: float) -> None:
        """Not yet telling; `start` begins, and looks for more every `look` seconds."""
        self._parts = parts
        self._seconds = look
        self._tellers = tellers
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="announcer", daemon=True)

    @property
    def _announcements(self) -> Announcements:
        return self._parts.announcements

    def start(self) -> None:
        """Begin, with what an earlier process left."""
        self._thread.start()

    def close(self) -> None:
        """Finish what is being said; what waits waits for the next start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(CLOSING)
        self._announcements.release()

    def _work(self) -> None:
        look = tidy = 0.0
        while not self._stopping.is_set():
            now = time.monotonic()
            try:
                if now >= tidy:
                    tidy = now + TIDY
                    self._tidy()
                if now >= look:
                    look = now + FAILED
                    self._look()
                    look = now + self._seconds
                announcement = self._announcements.take(now=self._parts.clock())
                if announcement is None:
                    self._stopping.wait(self._seconds / 4)
                else:
                    self._say(announcement)
            except Exception as error:  # noqa: BLE001 - it looks again later
                log.error("announcer:", exc_info=error)
                self._stopping.wait(self._seconds)

    def _tidy(self) -> None:
        self._parts.given.tidy(now=self._parts.clock())
        self._announcements.tidy(now=self._parts.clock())

    def _look(self) -> None:
        self._announcements.recover()
        self._parts.answering.refresh()
        for teller in self._tellers.values():
            teller.look()

    def _say(self, one: Announcement) -> None:
        """See one through: said, tried again later, or given up; never an exception of Slack's."""
        now, wait = self._parts.clock(), 2.0 ** min(one.tries - 1, TRIES)
        try:
            if not self._was_said(one):
                self._tell(one)
        except Later as asked:
            was = one.was if isinstance(asked, Unread) else ""
            self._announcements.later(one, now + asked.seconds, was=was, counts=False)
            self._announcements.pause(one.channel, now + asked.seconds)
            return
        except Unsure as unsure:
            self._announcements.later(one, now + wait, was="denied" if unsure.denied else "posting")
            return
        except Refused as refused:
            if refused.code in SIGNED_OUT:
                self._announcements.later(one, now + FAILED, counts=False)
                return
            log.warning("%s: %s is not told, since Slack refuses it: %s", one.kind, one.channel, refused.code)
        except NotYet:
            self._announcements.again(one, now + wait)
            return
        except Exception as error:  # noqa: BLE001 - a fault in one thing that is told does not silence the others
            log.error("%s in %s failed:", one.kind, one.channel, exc_info=error)
            self._announcements.again(one, now + wait)
            return
        self._announcements.done(one)
        self._announcements.pause(one.channel, now + PACE)

    def _was_said(self, one: Announcement) -> bool:
        """Whether an earlier try, whose end nobody saw, said it; where that cannot be known, as for answers."""
        if not one.was:
            return False
        found = self._parts.delivery.said(one)
        return found is not None and not (found == "" and one.was == "denied")

    def _tell(self, one: Announcement) -> None:
        teller = self._tellers.get(one.kind)
        if teller is None or one.tries > TRIES:
            log.warning("%s: %s is not told any more", one.kind, one.channel)
            return
        teller.tell(one)
        log.info("%s: told %s", one.kind, one.channel)
