"""Mapped: files mapped into memory, how they are made, and how what is resident of them is let go."""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

_one = Lock()


def load(path: Path, *, mapped: bool = True) -> NDArray[Any]:
    """The array in a file, mapped to be read or read whole.

    One thread at a time: numpy reads a file's header as Python, and CPython 3.11 counts how deep it is in that over all
    threads at once; two of them then end in "AST constructor recursion depth mismatch" now and then.
    """
    with _one:
        found: NDArray[Any] = np.load(path, mmap_mode="r" if mapped else None)
        return found


def let_go(mapped: NDArray[Any]) -> None:
    """Let the system forget what is resident of a mapped array; it is read again where it is asked for, and what was written stays."""
    held = getattr(mapped, "_mmap", None)
    if held is not None and hasattr(mmap, "MADV_DONTNEED"):
        held.madvise(mmap.MADV_DONTNEED)


def create(path: Path, kind: str, count: int) -> NDArray[Any]:
    """An array of so many numbers of a kind, in a file mapped to be written.

    Its room on the disk is taken at once: where a mapped page finds none, the system ends the process.
    """
    made = np.lib.format.open_memmap(path, "w+", np.dtype(kind), (count,))
    with path.open("r+b") as stream:
        os.posix_fallocate(stream.fileno(), 0, path.stat().st_size)
    return made
