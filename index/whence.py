"""Whence: for each key of many, who has it already, or which of them was the first with it; joined in parts, so that memory does not grow with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.mapped import let_go

PART = 1 << 17
"""Keys that are sorted at a time: what is held of them at once is some 20 MB."""
BLOCK = 1 << 16
"""Keys looked at at a time to find those of a part."""
KEY = np.dtype("V32")
"""A SHA-256."""
HELD = np.dtype([("key", KEY), ("place", "<i8")])
"""A key that is held already, and where."""

_Numbers = NDArray[np.int64]


def whence(keys: NDArray[np.void], held: NDArray[np.void], found: _Numbers) -> None:
    """Say where each key is held: the last place stated of it; where none is, the number of the first of these keys that equals it.

    Args:
        keys: SHA-256 hashes, so that their parts are of one size.
        held: keys with their places, which are to be told from numbers of keys by the caller.
        found: what is said, one number for each key; written to.
    """
    parts = max(1, -(-(len(keys) + len(held)) // PART))
    for part in range(parts):
        known, where = _of(held["key"], part, parts)
        asked, numbers = _of(keys, part, parts)
        if not len(numbers):
            continue
        places = np.concatenate((held["place"][where], numbers))
        told = _joined(np.concatenate((known, asked)), places, len(where))
        found[numbers] = told
        let_go(found)


def _of(keys: NDArray[np.void], part: int, parts: int) -> tuple[NDArray[np.uint64], _Numbers]:
    """The keys of a part, each as four numbers, and their own numbers."""
    words, numbers = [np.empty((0, 4), dtype=np.uint64)], [np.empty(0, dtype=np.int64)]
    for start in range(0, len(keys), BLOCK):
        block = np.ascontiguousarray(keys[start : start + BLOCK]).view("<u8").reshape(-1, 4)
        chosen = np.flatnonzero(block[:, 0] % np.uint64(parts) == part)
        words.append(block[chosen])
        numbers.append(start + chosen)
    let_go(keys)
    return np.concatenate(words), np.concatenate(numbers)


def _joined(words: NDArray[np.uint64], places: _Numbers, held: int) -> _Numbers:
    """What is said of each key after the first `held`, which are those held."""
    order = np.lexsort(words.T)  # equal ones stay in their order: those held first
    ordered = words[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    starts, group = np.flatnonzero(new), np.cumsum(new) - 1
    before = np.add.reduceat(order < held, starts, dtype=np.int64)
    told = np.empty(len(order), dtype=np.int64)
    told[order] = places[order[starts + np.maximum(before - 1, 0)]][group]
    return told[held:]
