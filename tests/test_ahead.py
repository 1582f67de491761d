"""Ahead: work done on another thread is waited for where it is asked for, with whatever went wrong in it."""

from __future__ import annotations

import threading

import pytest

from index.ahead import Ahead


def test_work_is_begun_at_once_and_goes_on_beside_its_user() -> None:
    """The work meets its user half-way: each waits for the other, which one thread alone could not."""
    met = threading.Barrier(2, timeout=20)
    ahead = Ahead(lambda: met.wait() in (0, 1))
    met.wait()
    assert ahead.get()


def test_what_it_gives_may_be_asked_for_again() -> None:
    """The work is done once, however often it is asked for."""
    done: list[int] = []

    def work() -> int:
        done.append(1)
        return len(done)

    ahead = Ahead(work)
    assert (ahead.get(), ahead.get(), done) == (1, 1, [1])


def test_what_goes_wrong_is_raised_where_it_is_waited_for() -> None:
    """An error of the other thread is not lost there: it is its user's."""

    def fail() -> int:
        message = "synthetic failure"
        raise ValueError(message)

    ahead = Ahead(fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="synthetic failure"):
            ahead.get()
