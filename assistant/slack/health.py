"""Health: whether the process lives, whether it can answer, and what it measured, said without a word of any question."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from datetime import datetime

from assistant.slack.logs import kind_of, log
from assistant.slack.metrics import Metrics, Now
from assistant.slack.outside import READY, Stage
from assistant.slack.responder import Answering

PATIENCE = 2.0
"""Seconds for the database, before it counts as one that does not answer."""
NO_DATABASE, NO_STORE, NO_LINE = "database", "store", "connection"
"""Why the bot is not ready, in one word each, for who reads it by machine."""


class Health:
    """What is told of one process."""

    def __init__(self, stage: Stage, metrics: Metrics, *, patience: float = PATIENCE) -> None:
        """Told of a bot whose parts are not made yet; `watch` says which. `patience`: seconds for the database."""
        self._stage = stage
        self._metrics = metrics
        self._patience = patience
        self._answering: Answering | None = None
        self._count: Callable[[], int] = lambda: 0
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._asked: Future[int] | None = None

    def watch(self, answering: Answering, waiting: Callable[[], int]) -> None:
        """Tell from now on of what this answers from, and of how many questions wait."""
        self._answering, self._count = answering, waiting

    def reason(self) -> str:
        """READY, or the first reason why it is not."""
        if self._stage.now != READY:
            return self._stage.now
        if not self._stage.connected:
            return NO_LINE
        if self._version() is None:
            return NO_STORE
        return NO_DATABASE if self._waiting() is None else READY

    def metrics(self) -> bytes:
        """The metrics, as Prometheus reads them."""
        version, built = self._version() or ("", "")
        return self._metrics.text(Now(self._waiting(), version, _seconds(built)))

    def close(self) -> None:
        """Ask nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _version(self) -> tuple[str, str] | None:
        """Version and date of the store that is served; None where none is open."""
        try:
            stamp = self._answering.sources.stamp if self._answering else None
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the store, that is what is told
            log.warning("store not ready: %s", kind_of(error))
            return None
        return (stamp.version, stamp.built) if stamp else None

    def _waiting(self) -> int | None:
        """How many questions wait; None where the database does not say in time. A look that hangs is waited for, not repeated."""
        if self._asked is None or self._asked.done():
            self._asked = self._pool.submit(self._count)
        try:
            return self._asked.result(self._patience)
        except (TooSlow, Exception) as error:  # noqa: BLE001 - whatever is wrong with the database, that is what is told
            log.warning("database not ready: %s", kind_of(error))
            return None


def _seconds(built: str) -> float | None:
    try:
        return datetime.fromisoformat(built).timestamp()
    except ValueError:
        return None
