"""Kept: what was worked out of a store's documents lately, so that the next question need not do it again.

A published store never changes, so what was worked out of it stays true; it is let go with the store, and what was not
asked for longest goes first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


class Kept(Generic[T]):
    """Values by store and name, at most so many of one store."""

    def __init__(self, most: int) -> None:
        """Keep `most` values of each store."""
        self._most = most
        self._stores: WeakKeyDictionary[Any, OrderedDict[Hashable, T]] = WeakKeyDictionary()
        self._guard = Lock()

    def get(self, table: object, name: Hashable, make: Callable[[], T]) -> T:
        """The value of that name, made where it is not there.

        Args:
            table: the store's label table, which lives as long as the store.
            name: of the value within the store.
            make: makes it; it may not hold on to the store.
        """
        with self._guard:
            known = self._stores.setdefault(table, OrderedDict())
            if name in known:
                known.move_to_end(name)
                return known[name]
        made = make()
        with self._guard:
            known[name] = made
            while len(known) > self._most:
                known.popitem(last=False)
        return made
