"""Arrivals: a bell that each question rings for one worker, so that one question does not have all of them ask the database."""

from __future__ import annotations

import threading

MOST = 64
"""Rings that are kept while all workers are busy; they look for more by themselves before they rest."""


class Arrivals:
    """The bell of one process."""

    def __init__(self) -> None:
        """Not rung."""
        self._changed = threading.Condition()
        self._rung = 0

    def set(self) -> None:
        """Ring for one worker, that which rests or the next that will."""
        with self._changed:
            self._rung = min(self._rung + 1, MOST)
            self._changed.notify()

    def wait(self, seconds: float) -> bool:
        """Rest until it rings for this worker (True), or for so long."""
        with self._changed:
            rung = self._changed.wait_for(lambda: self._rung > 0, seconds)
            self._rung -= rung
        return rung
