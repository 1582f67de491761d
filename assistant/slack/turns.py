"""Turns: a lock that is given to who waits longest, so that no question is overtaken again and again."""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class Turns:
    """One at a time, first come, first served; used in a `with` block. Python's own lock goes to whoever is quickest."""

    def __init__(self) -> None:
        """Nobody's turn yet."""
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def __enter__(self) -> None:
        """Wait for one's turn."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()  # until the one before gives it on

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it on."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
