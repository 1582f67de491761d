"""Bits: a truth a document in an eighth of a byte, for counting over millions: one is met with another in a tenth of a millisecond a million bytes.

Measured at 10 million documents: two sets met and counted 0.2 ms, as truths of a byte each 7 ms; compressed bitmaps
(pyroaring 1.2) take 0.06 ms for dense sets, 0.3 ms for middling and 0.01 ms for rare ones, but half a second to be made.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
WORD = 64
_Words = NDArray[np.uint64]


class Bits:
    """A set of rows; what is beyond the last row is never set.

    Args:
        words: the bits, the lowest first, to a multiple of 64.
        size: rows that there are.
    """

    __slots__ = ("size", "words")

    def __init__(self, words: _Words, size: int) -> None:
        self.words = words
        self.size = size

    @classmethod
    def of(cls, mask: Mask) -> Self:
        """The rows that are true in a mask."""
        packed = np.zeros(-(-len(mask) // WORD) * (WORD // 8), dtype=np.uint8)
        packed[: -(-len(mask) // 8)] = np.packbits(mask, bitorder="little")
        return cls(packed.view("<u8"), len(mask))

    def __and__(self, other: Bits) -> Bits:
        return Bits(self.words & other.words, self.size)

    def __or__(self, other: Bits) -> Bits:
        return Bits(self.words | other.words, self.size)

    def __sub__(self, other: Bits) -> Bits:
        """The rows of this one that are not in the other."""
        return Bits(self.words & ~other.words, self.size)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bits) and self.size == other.size and np.array_equal(self.words, other.words)

    __hash__ = None  # type: ignore[assignment] # it holds an array

    def count(self) -> int:
        """How many rows there are in it."""
        return int(np.bitwise_count(self.words).sum(dtype=np.int64))

    def mask(self) -> Mask:
        """One truth a row."""
        unpacked = np.unpackbits(self.words.view(np.uint8), count=self.size, bitorder="little")
        return unpacked.view(np.bool_)

    def rows(self) -> NDArray[np.int64]:
        """The rows in it, rising; quick where they are few."""
        at = np.flatnonzero(self.words)
        within = np.unpackbits(self.words[at].view(np.uint8), bitorder="little").reshape(-1, WORD)
        places, offsets = np.nonzero(within)
        return at[places] * WORD + offsets

    def at(self, rows: NDArray[np.int64]) -> Mask:
        """Whether each of these rows is in it."""
        found: Mask = (self.words[rows >> 6] >> (rows & 63).astype(np.uint64)) & np.uint64(1) != 0
        return found
