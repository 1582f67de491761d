"""Workers: threads that answer what waits in the inbox, apart from Bolt's own, so that no answer delays an acknowledgement."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from assistant.errors import StateError
from assistant.slack.arrivals import Arrivals
from assistant.slack.logs import log
from assistant.slack.questions import Question

POLL = 0.5  # seconds between two looks for what another process left or what has to wait
RECOVERY = 3.0  # seconds between two looks for processes that died
TIDY = 60.0


class Queue(Protocol):
    """The questions that workers take."""

    arrived: Arrivals

    def take(self, *, now: float) -> Question | None:
        """The next question that waits, now this process's; None where none does."""

    def let_go(self, question: Question) -> None:
        """Have it in no worker's hands any more."""

    def recover(self) -> int:
        """Let wait again what is in no living worker's hands; how many."""

    def open(self) -> int:
        """How many questions wait or are in this process's hands."""

    def tidy(self, *, now: float) -> None:
        """Forget what is no longer needed."""


class Workers:
    """A fixed number of threads over one queue."""

    def __init__(
        self, inbox: Queue, respond: Callable[[Question], None], *, count: int, clock: Callable[[], float]
    ) -> None:
        """Not yet working; `start` begins."""
        self._inbox = inbox
        self._respond = respond
        self._clock = clock
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"answer-{at}", daemon=True) for at in range(count)
        ]
        self._threads.append(threading.Thread(target=self._mind, name="inbox", daemon=True))

    def start(self) -> None:
        """Begin, with what an earlier process left."""
        self._inbox.recover()
        for thread in self._threads:
            thread.start()

    def drain(self, seconds: float) -> bool:
        """Answer what waits, then stop; False where the time was too short, and what is left waits for the next start."""
        until = time.monotonic() + seconds
        while self._is_open() and time.monotonic() < until:
            time.sleep(0.05)
        done = not self._is_open()
        self._stopping.set()
        for _ in self._threads:
            self._inbox.arrived.set()
        for thread in self._threads:
            thread.join(max(0.0, min(1.0, until - time.monotonic())))
        return done

    def _is_open(self) -> bool:
        """Whether something waits or is in hand; as far as is known, where the database is away."""
        try:
            return bool(self._inbox.open())
        except StateError:
            return True

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                question = self._inbox.take(now=self._clock())
                if question is None:
                    self._inbox.arrived.wait(POLL)
                else:
                    self._see_through(question)
            except Exception as error:  # noqa: BLE001 - a worker never dies
                log.error("worker:", exc_info=error)
                self._stopping.wait(1)

    def _see_through(self, question: Question) -> None:
        try:
            self._respond(question)
        finally:
            self._inbox.let_go(question)

    def _mind(self) -> None:
        """Look after the inbox: recover, forget."""
        tidied = 0.0
        while not self._stopping.wait(RECOVERY):
            try:
                self._inbox.recover()
                if time.monotonic() - tidied > TIDY:
                    self._inbox.tidy(now=self._clock())
                    tidied = time.monotonic()
            except Exception as error:  # noqa: BLE001 - it looks again later
                log.error("inbox:", exc_info=error)
