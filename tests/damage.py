"""Damage: what may happen to a file on a disk, each case made from its number."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

HEAD, TAIL, BLOCK = 160, 64, 512
"""Bytes of a file's head and tail that damage goes for, and what is lost at once where a disk loses a block."""


def _place(content: bytes, rng: random.Random) -> int:
    """A byte of the head, of the tail, or any."""
    last = len(content) - 1
    return rng.choice(
        (rng.randint(0, min(HEAD, last)), last - rng.randint(0, min(TAIL, last)), rng.randint(0, last))
    )


def _flipped(content: bytes, rng: random.Random) -> bytes:
    at = _place(content, rng)
    return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]


def _another(content: bytes, rng: random.Random) -> bytes:
    """A figure or letter in the place of another, which leaves what is written well formed."""
    places = [at for at, byte in enumerate(content) if chr(byte).isalnum() and byte < 128]
    if not places:
        return _flipped(content, rng)
    at = rng.choice(places)
    other = (content[at] - 0x30 + 1) % 10 + 0x30 if content[at] <= 0x39 else content[at] ^ 1
    return content[:at] + bytes([other]) + content[at + 1 :]


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: _place(content, rng)]


def _zeroed(content: bytes, rng: random.Random) -> bytes:
    at = _place(content, rng)
    length = min(rng.choice((1, 8, BLOCK)), len(content) - at)
    return content[:at] + bytes(length) + content[at + length :]


def _longer(content: bytes, rng: random.Random) -> bytes:
    return content + rng.choice((b"\x00", b"\n", b"x" * BLOCK, content[-TAIL:]))


def _swapped(content: bytes, rng: random.Random) -> bytes:
    """Two blocks in each other's place."""
    size = max(1, min(BLOCK, len(content) // 4))
    one = rng.randint(0, len(content) // 2 - size) if len(content) >= 2 * size else 0
    other = one + size
    return content[:one] + content[other : other + size] + content[one:other] + content[other + size :]


CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flipped,
    _flipped,
    _another,
    _another,
    _cut,
    _zeroed,
    _longer,
    _swapped,
)


def damage(path: Path, number: int) -> bool:
    """Change one file as the number says, in place; whether its bytes are others now.

    One in twelve is removed, one in three keeps its time of writing, as a disk that rots or a copy that keeps times leaves it.
    """
    rng = random.Random(number)  # noqa: S311 - cases, no secret
    content, times = path.read_bytes(), path.stat()
    if rng.random() < 1 / 12:
        path.unlink()
        return True
    changed = rng.choice(CHANGES)(content, rng) if content else b"x"
    with path.open("r+b") as stream:
        stream.write(changed)
        stream.truncate()
    if rng.random() < 1 / 3:
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    return changed != content
