"""Watched: the files of an open store, whether anything was done to them since they were opened.

What is mapped shows what is written to its file, and a page that is cut off reads as zeros, or ends the process (SIGBUS). Published files are never
written to again; a disk of another machine, a copy put back by hand or a full quota may do it all the same. So the files are kept open and looked at
before they are asked: size, times of writing and of change, and on a network disk whether they are still there. One that was removed, as old
stores are, goes on being read as it was.
"""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

EVERY = 0.02
"""Seconds between two looks at least: one for each question, not one for each thing that it reads."""
Stamp = tuple[int, int, int]


class Watched:
    """Files kept open, to be looked at.

    Args:
        folder: of the store.
        names: of its files; one that cannot be opened is left to who reads it.
    """

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self._files: list[int] = []
        self.close = weakref.finalize(self, _close, self._files)
        for name in names:
            with suppress(OSError):
                self._files.append(os.open(folder / name, os.O_RDONLY))
        self._stamps = [_stamp(os.fstat(file)) for file in self._files]
        self._looked = time.monotonic()

    def untouched(self) -> bool:
        """Whether each is as it was when it was opened, as seen just now; a look takes some 20 microseconds."""
        now = time.monotonic()
        if now - self._looked < EVERY:
            return True
        try:
            for file, stamp in zip(self._files, self._stamps, strict=True):
                if not _same(os.fstat(file), stamp):
                    return False
        except OSError:  # a network disk that has lost it (ESTALE)
            return False
        self._looked = now
        return True


def _stamp(stat: os.stat_result) -> Stamp:
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def _same(stat: os.stat_result, stamp: Stamp) -> bool:
    """Removing a file moves its time of change, and after that nobody can open it to write."""
    size, written, changed = stamp
    return (stat.st_size, stat.st_mtime_ns) == (size, written) and (
        stat.st_ctime_ns == changed or not stat.st_nlink
    )


def _close(files: Sequence[int]) -> None:
    for file in files:
        os.close(file)
