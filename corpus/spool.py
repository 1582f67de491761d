"""Spool: sequences whose things lie in a file without a name, or are made when asked for, so that memory does not grow with them."""

from __future__ import annotations

import os
import weakref
from abc import abstractmethod
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Generic, TypeVar, overload

T = TypeVar("T")
BLOCK = 256
"""Things read at a time where all are gone through."""
WRITTEN = 1 << 20
"""Bytes written at a time; up to so many nothing is written at all."""


class Held(Sequence[T], Generic[T]):
    """Things that are not kept in memory; shown and compared as the tuple of them."""

    @abstractmethod
    def _at(self, place: int) -> T:
        """The thing at a place from 0 to before the length."""

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...

    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        """The thing at a place, or those at some."""
        if isinstance(at, slice):
            return [self._at(one) for one in range(len(self))[at]]
        return self._at(range(len(self))[at])

    def __iter__(self) -> Iterator[T]:
        return (self._at(at) for at in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # as a list has none

    def __repr__(self) -> str:
        return repr(tuple(self))


class Ordered(Held[T]):
    """Things in another order than the one they are held in.

    Args:
        things: as they are held.
        order: the place of each.
    """

    def __init__(self, things: Sequence[T], order: Sequence[int]) -> None:
        self._things = things
        self._order = order

    def __len__(self) -> int:
        return len(self._order)

    def _at(self, place: int) -> T:
        return self._things[self._order[place]]


class Made(Held[T]):
    """Things that are made when they are asked for, each time anew.

    Args:
        count: how many there are.
        make: gives the one of a place.
    """

    def __init__(self, count: int, make: Callable[[int], T]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        return self._count

    def _at(self, place: int) -> T:
        return self._make(place)


class Spool(Held[T]):
    """Things in the order they were added; each is made anew when it is asked for.

    Args:
        folder: on whose disk the file lies, once there is one; it goes when the spool or the process does.
        encode: a thing to bytes.
        decode: the bytes to an equal thing.
    """

    def __init__(self, folder: Path, encode: Callable[[T], bytes], decode: Callable[[bytes], T]) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._encode = encode
        self._decode = decode
        self._unwritten = (
            bytearray()
        )  # ours, and not the file's: what a full disk refuses is refused while writing only
        self._ends = array("q", [0])

    def add(self, thing: T) -> None:
        """Put a thing at the end."""
        encoded = self._encode(thing)
        self._unwritten += encoded
        self._ends.append(self._ends[-1] + len(encoded))
        if len(self._unwritten) >= WRITTEN:
            self._write()

    def settle(self) -> None:
        """Write what is still held in memory if anything was written at all, so that reading need not."""
        if self._ends[-1] > len(self._unwritten):
            self._write()

    def _write(self) -> None:
        file = self._opened()
        while self._unwritten:
            del self._unwritten[: os.write(file.fileno(), self._unwritten)]

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._file = TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115 - it is closed when the spool goes
            weakref.finalize(self, self._file.close)
        return self._file

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...

    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        """The thing at a place, or those at some."""
        if isinstance(at, slice) and (places := range(len(self))[at]).step == 1:
            return self._between(places.start, places.stop)
        return super().__getitem__(at)

    def __iter__(self) -> Iterator[T]:
        for start in range(0, len(self), BLOCK):
            yield from self._between(start, min(start + BLOCK, len(self)))

    def _at(self, place: int) -> T:
        return self._between(place, place + 1)[0]

    def _between(self, start: int, end: int) -> list[T]:
        if end <= start:
            return []
        first, last = self._ends[start], self._ends[end]
        written = self._ends[-1] - len(self._unwritten)
        if first >= written:
            held = bytes(self._unwritten[first - written : last - written])
        else:
            if last > written:
                self._write()
            # Read, not mapped: what was read is then the system's to forget.
            held = os.pread(self._opened().fileno(), last - first, first)
        return [
            self._decode(held[self._ends[at] - first : self._ends[at + 1] - first])
            for at in range(start, end)
        ]
