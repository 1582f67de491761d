"""Memory: what the bot frees goes back to the system, so that months of answers, pictures and stores leave it as large as it was."""

from __future__ import annotations

import ctypes
import sys

MMAP_THRESHOLD, ARENA_MAX = -3, -8  # mallopt's own numbers (malloc.h)
LARGE = 256 * 1024
"""Bytes from which a block is mapped apart, and unmapped when it is freed: what a picture or a store is made of."""
ARENAS = 4
"""Heaps shared by all threads. Left alone, each of some fifty threads may keep one of its own, none of which shrinks."""


def give_back() -> bool:
    """Have the allocator give back what is freed; False where it takes no such wishes (it is not glibc's)."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return False
    # Naming a threshold also keeps glibc from raising it, to 32 MB, by what was freed before.
    return bool(mallopt(MMAP_THRESHOLD, LARGE)) and bool(mallopt(ARENA_MAX, ARENAS))
