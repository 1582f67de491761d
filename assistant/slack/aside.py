"""Aside: what follows an acknowledgement and may fail without harm to an answer, done apart and logged where it fails."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from assistant.slack.logs import log

CLOSING = 10.0  # seconds for what is in hand when the bot stops


class Aside:
    """A few threads for calls of Slack's that nobody waits for."""

    def __init__(self, name: str, threads: int) -> None:
        """Threads of that name."""
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._running: set[Future[None]] = set()

    def do(self, deed: Callable[..., Any], *args: Any) -> None:
        """Do it soon; a failure is logged and ends nothing."""
        future: Future[None] = self._pool.submit(_safely, deed, args)
        self._running.add(future)
        future.add_done_callback(self._running.discard)

    def close(self) -> None:
        """Finish what is in hand, as far as a few seconds allow; what waits is let go."""
        for future in list(self._running):
            future.cancel()
        wait(list(self._running), timeout=CLOSING)
        self._pool.shutdown(wait=False)


def _safely(deed: Callable[..., Any], args: tuple[Any, ...]) -> None:
    try:
        deed(*args)
    except Exception as error:  # noqa: BLE001 - nothing here may end a thread or an answer
        log.error("%s failed:", getattr(deed, "__name__", "deed"), exc_info=error)
