"""Turns: who came first is served first, one at a time, whatever happens within."""

from __future__ import annotations

import threading
import time

import pytest

from assistant.slack.turns import Turns


def test_who_came_first_is_served_first() -> None:
    """Eight that wait are served in the order in which they came, never two at once."""
    turns, served, inside = Turns(), list[int](), list[int]()

    def ask(number: int) -> None:
        with turns:
            inside.append(len(inside))
            served.append(number)
            assert inside.pop() == 0

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    with turns:
        for number, one in enumerate(threads, start=1):
            one.start()
            while len(turns._waiting) < number:
                time.sleep(0.001)
    for one in threads:
        one.join(10)
    assert served == list(range(8))


def test_a_failure_gives_the_turn_on() -> None:
    """After an error within a turn the next has it."""
    turns = Turns()
    with pytest.raises(ValueError, match="within"), turns:
        int("within")
    with turns:
        pass
    assert not turns._taken
