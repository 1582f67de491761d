"""Mapped: files mapped into memory, and how what is resident of them is let go."""

from __future__ import annotations

import mmap
from typing import Any

from numpy.typing import NDArray


def let_go(mapped: NDArray[Any]) -> None:
    """Let the system forget what is resident of a mapped array; it is read again where it is asked for, and what was written stays."""
    held = getattr(mapped, "_mmap", None)
    if held is not None and hasattr(mmap, "MADV_DONTNEED"):
        held.madvise(mmap.MADV_DONTNEED)
