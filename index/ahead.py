"""Ahead: something worked out on a thread of its own while its user does something else."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from time import perf_counter
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """What some work gives, begun at once and waited for when it is asked for.

    Args:
        work: done on the other thread; worth it where it leaves Python to others, as encoding does.

    Attributes:
        seconds: how long it took.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._given: list[T] = []
        self._wrong: BaseException | None = None
        self.seconds = 0.0
        self._thread = Thread(target=self._do)
        self._thread.start()

    def _do(self) -> None:
        began = perf_counter()
        try:
            self._given.append(self._work())
        except BaseException as wrong:  # noqa: BLE001 - raised where it is waited for
            self._wrong = wrong
        self.seconds = perf_counter() - began

    def get(self) -> T:
        """What it gives; what it raises is raised here."""
        self._thread.join()
        if self._wrong is not None:
            raise self._wrong
        return self._given[0]
