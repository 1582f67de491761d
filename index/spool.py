"""Spool: a sequence that lies in a file without a name, so that memory does not grow with what is in it."""

from __future__ import annotations

import os
import weakref
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import Generic, TypeVar, overload

T = TypeVar("T")
BLOCK = 256
"""Things read at a time where all are gone through."""
WRITTEN = 1 << 20
"""Bytes written at a time; up to so many nothing is written at all."""


class Spool(Sequence[T], Generic[T]):
    """Things in the order they were added; each is made anew when it is asked for.

    Args:
        folder: on whose disk the file lies; it goes when the spool or the process does.
        encode: a thing to bytes.
        decode: the bytes to an equal thing.
    """

    def __init__(self, folder: Path, encode: Callable[[T], bytes], decode: Callable[[bytes], T]) -> None:
        self._file = TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - it is closed when the spool goes
        weakref.finalize(self, self._file.close)
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
        while self._unwritten:
            del self._unwritten[: self._file.write(self._unwritten)]

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...

    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        """The thing at a place, or those at some."""
        if isinstance(at, slice):
            places = range(len(self))[at]
            return (
                self._between(places.start, places.stop)
                if places.step == 1
                else [self[one] for one in places]
            )
        place = range(len(self))[at]
        return self._between(place, place + 1)[0]

    def __iter__(self) -> Iterator[T]:
        for start in range(0, len(self), BLOCK):
            yield from self._between(start, min(start + BLOCK, len(self)))

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
            held = os.pread(self._file.fileno(), last - first, first)
        return [
            self._decode(held[self._ends[at] - first : self._ends[at + 1] - first])
            for at in range(start, end)
        ]


class Ordered(Sequence[T], Generic[T]):
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

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...

    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        """The thing at a place, or those at some."""
        if isinstance(at, slice):
            return [self._things[one] for one in self._order[at]]
        return self._things[self._order[at]]
