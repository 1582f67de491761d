"""The announcer: a thread that looks for what is to be told, and says it, one thing after another, after all answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from assistant.slack.announcements import Announcement, Announcements
from assistant.slack.logs import log
from assistant.slack.responder import OneAtATime, Parts
from assistant.slack.sending import Later, NotYet, Refused, Unread, Unsure

PACE = 1.2  # seconds between two announcements in one channel: Slack takes about one message a second there
TRIES = 8
SIGNED_OUT = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_revoked", "token_expired"})
"""Refusals of the bot, not of what it says: it is said once the bot is signed in again."""
FAILED = 60.0  # seconds until the next look after one that failed
TIDY = (
    3600.0  # seconds between two tidyings; the first comes before the first look, after however long a rest
)
EACH = 0.01  # seconds of rest for each workspace, so that many are not asked after without a pause
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


class Voice(Protocol):
    """A workspace in which something may be told."""

    @property
    def parts(self) -> Parts:
        """What the bot is made of there."""

    @property
    def tellers(self) -> Mapping[str, Teller]:
        """What finds something to tell, by kind."""


class Announcer:
    """Says what nobody asked for just now, in every workspace."""

    def __init__(self, voices: Callable[[], Sequence[Voice]], answering: OneAtATime, *, look: float) -> None:
        """Not yet telling; `start` begins, and looks for more every `look` seconds."""
        self._voices = voices
        self._answering = answering
        self._seconds = look
        self._spoke: dict[int, Announcements] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="announcer", daemon=True)

    def start(self) -> None:
        """Begin, with what an earlier process left."""
        self._thread.start()

    def close(self) -> None:
        """Finish what is being said; what waits waits for the next start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(CLOSING)
        for announcements in self._spoke.values():
            announcements.release()

    def _work(self) -> None:
        look = tidy = 0.0
        while not self._stopping.is_set():
            now = time.monotonic()
            try:
                voices = self._voices()
                if now >= tidy:
                    tidy = now + TIDY
                    self._tidy(voices)
                if now >= look:
                    look = now + FAILED
                    if self._look(voices):
                        look = now + self._seconds
                spoken = [self._speak(one) for one in voices]  # each has its turn
                if not any(spoken):
                    self._stopping.wait(max(self._seconds / 4, EACH * len(voices)))
            except Exception as error:  # noqa: BLE001 - it looks again later
                log.error("announcer:", exc_info=error)
                self._stopping.wait(self._seconds)

    @staticmethod
    def _tidy(voices: Sequence[Voice]) -> None:
        for one in voices:
            one.parts.given.tidy(now=one.parts.clock())
            one.parts.announcements.tidy(now=one.parts.clock())

    def _look(self, voices: Sequence[Voice]) -> bool:
        """Look in every workspace; False where that failed in one, which keeps it from no other."""
        self._answering.refresh()
        whole = True
        for one in voices:
            try:
                one.parts.announcements.recover()
                for teller in one.tellers.values():
                    teller.look()
            except Exception as error:  # noqa: BLE001 - it looks again later
                log.error("announcer:", exc_info=error)
                whole = False
        return whole

    def _speak(self, voice: Voice) -> bool:
        """Say one thing in a workspace; whether there was anything to say."""
        announcements = voice.parts.announcements
        self._spoke[id(announcements)] = announcements
        announcement = announcements.take(now=voice.parts.clock())
        if announcement is not None:
            Telling(voice).say(announcement)
        return announcement is not None


class Telling:
    """The telling of one thing in one workspace."""

    def __init__(self, voice: Voice) -> None:
        """Tell there."""
        self._parts = voice.parts
        self._tellers = voice.tellers
        self._announcements = voice.parts.announcements

    def say(self, one: Announcement) -> None:
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
