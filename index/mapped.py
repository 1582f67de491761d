"""Mapped: files mapped into memory, how they are made, and how what is resident of them is let go."""

from __future__ import annotations

import math
import mmap
import os
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import IO, Any, Self

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


class Growing:
    """An array in a file, written piece by piece: how long it comes to be need not be known before.

    Args:
        path: of the file.
        kind: of its numbers.
        width: how many stand in a row; none where each stands alone.
    """

    def __init__(self, path: Path, kind: np.dtype[Any], *width: int) -> None:
        self._kind = kind
        self._width = width
        self._rows = 0
        self._stream = path.open("wb")
        self._head()

    def add(self, piece: NDArray[Any]) -> None:
        """Put rows at the end."""
        self._stream.write(np.ascontiguousarray(piece, dtype=self._kind).tobytes())
        self._rows += len(piece)

    def __len__(self) -> int:
        return self._rows

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._stream:
            self._stream.seek(0)
            self._head()  # takes as much room as before: numpy keeps some for all lengths

    def _head(self) -> None:
        descr = np.lib.format.dtype_to_descr(self._kind)
        stated = {"descr": descr, "fortran_order": False, "shape": (self._rows, *self._width)}
        np.lib.format.write_array_header_1_0(self._stream, stated)


def spare(folder: Path, kind: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """An array of zeros in a file without a name in a folder, mapped to be written; its room is taken at once, and goes with it."""
    size = math.prod(shape) * np.dtype(kind).itemsize
    if not size:
        return np.zeros(shape, dtype=kind)
    with TemporaryFile(dir=folder) as stream:
        os.posix_fallocate(stream.fileno(), 0, size)
        return np.memmap(stream, dtype=kind, mode="r+", shape=shape)


def put(stream: IO[bytes], at: int, content: NDArray[Any]) -> int:
    """Write the bytes of an array at a place of a file, whatever stands before it yet; how many they were."""
    left = content.tobytes()
    while left:
        done = os.pwrite(stream.fileno(), left, at)
        at, left = at + done, left[done:]
    return content.nbytes
