"""Ahead: something worked out on another thread while its user does something else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Event
from time import perf_counter
from typing import Generic, TypeVar

T = TypeVar("T")
THREADS = 2
"""One opens a model; what the other does may have to wait for it."""


class Ahead(Generic[T]):
    """What some work gives, begun at once and waited for when it is asked for.

    Args:
        work: done on the other thread; worth it where it leaves Python to others, as encoding does.

    Attributes:
        seconds: how long it took.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self.seconds = 0.0
        begun = Event()

        def begin() -> T:
            since = perf_counter()
            begun.set()
            try:
                return work()
            finally:
                self.seconds = perf_counter() - since

        self._given = _others().submit(begin)
        begun.wait()  # else the other thread would wait for Python until this one waits for it

    def get(self) -> T:
        """What it gives; what it raises is raised here."""
        return self._given.result()


@cache
def _others() -> ThreadPoolExecutor:
    """The other threads, kept: to start one takes longer than to wake it."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="ahead")
