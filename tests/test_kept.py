"""What is kept of a store: the same values, never more than so many, gone with the store."""

from __future__ import annotations

import gc
import weakref

from assistant.kept import Kept


class Table:
    """Stands for a store's label table."""


def test_a_value_is_made_once_and_the_one_not_asked_for_longest_goes_first() -> None:
    """Of three values two are kept: those asked for last; each is made once while it is kept."""
    kept: Kept[str] = Kept(2)
    table, made = Table(), []

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    def get(name: str) -> str:
        return kept.get(table, name, lambda: make(name))

    assert [get(one) for one in ("a", "b", "a", "c", "a", "b")] == ["A", "B", "A", "C", "A", "B"]
    assert made == ["a", "b", "c", "b"]


def test_what_is_kept_goes_with_its_store() -> None:
    """Stores do not share values, and nothing kept holds on to a store."""
    kept: Kept[int] = Kept(5)
    first, second = Table(), Table()
    assert [kept.get(one, "a", lambda one=one: id(one)) for one in (first, second)] == [id(first), id(second)]  # type: ignore[misc] # bound now, not later
    held = weakref.ref(first)
    del first
    gc.collect()
    assert held() is None
