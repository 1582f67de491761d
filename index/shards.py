"""Shards: stretches of a library that are split, labelled and encoded elsewhere, each kept under a hash of all that it came of.

A shard ends after a document whose id hashes so, wherever else documents come or go: one changed document makes one shard
another. Shards follow each other as documents do in a store, so that a store is put together by reading each of them once.
A kept shard is one file, written aside and put in its place in one step, with a hash over it: whole or not there.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from corpus.label import Label
from corpus.passage import Passage
from index.seam import Vectors

FORMAT = 1
"""Raised whenever what a shard says, or how, changes its form; those kept before are then made anew."""
MEAN = 128
"""Documents of a shard on average: some two hundred passages, a second or two of work for one core."""
MOST, MOST_BYTES = 4 * MEAN, 8 << 20
"""Where a shard ends whatever its ids hash to."""
_DIGEST, _LENGTH = 32, 8


@dataclass(frozen=True, slots=True)
class Part:
    """A document to be split, labelled and encoded.

    Attributes:
        line: the document as it is encoded in a store.
        known: hashes of texts whose vectors the store before has.
    """

    line: bytes
    known: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a store says of a document."""

    document: str
    labels: dict[str, Label]
    study: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """What vectors and labels depend on beside their document; where any differs, so may they.

    Attributes:
        code: of firstpass itself.
        processor: of vectors that it gave for a few texts: processors and libraries differ in the last digits.
    """

    code: str
    model: str
    splitter: str
    vocabulary: str
    arithmetic: str
    processor: str


@dataclass(frozen=True, slots=True)
class Shard:
    """One stretch: its key and the first and last id in it."""

    key: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A shard as kept: what is said of its documents, and vectors by the hash of their text."""

    said: tuple[Said, ...]
    rows: NDArray[np.void]


@dataclass(slots=True)
class Found:
    """What was done elsewhere of the documents of a store; asked for in the order of their ids.

    Attributes:
        fresh: keys of those shards that were not kept from a run before.
        spent: the folder to remove once the store is published; None where it goes with the root's own work.
    """

    folder: ShardFolder
    shards: tuple[Shard, ...]
    fresh: frozenset[str] = frozenset()
    spent: Path | None = None
    _at: int = 0
    _held: dict[str, Said] = field(default_factory=dict)
    _holds: int = -1

    def said(self, document: str) -> Said | None:
        """What is said of a document; None where it is in no shard, or in one that was damaged since."""
        while self._at < len(self.shards) and self.shards[self._at].last < document:
            self._at += 1
        if self._at == len(self.shards) or document < self.shards[self._at].first:
            return None
        if self._holds != self._at:
            whole = self.folder.read(self.shards[self._at].key)
            self._held = {} if whole is None else {one.document: one for one in whole.said}
            self._holds = self._at
        return self._held.get(document)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all shards, in order."""
        return tuple(shard.key for shard in self.shards)

    def rows(self, key: str) -> NDArray[np.void] | None:
        """The vectors of a shard, by the hash of their text; None where it is not as it was written."""
        whole = self.folder.read(key)
        return None if whole is None else whole.rows


@dataclass(frozen=True, slots=True)
class ShardFolder:
    """The folder that shards of one root are kept in, seen by whoever makes them and by whoever builds the store.

    Attributes:
        dimension: the length of a vector.
    """

    folder: Path
    dimension: int

    @property
    def row(self) -> np.dtype[np.void]:
        """A text's hash and its vector."""
        return np.dtype([("key", "V32"), ("vector", "<f4", (self.dimension,))])

    def path(self, key: str) -> Path:
        """The file of a shard."""
        return self.folder / key[:2] / f"{key}.shard"

    def read(self, key: str) -> Whole | None:
        """A shard; None where it is not kept, or not as it was written."""
        try:
            raw = memoryview(self.path(key).read_bytes())
        except OSError:
            return None
        start = _DIGEST + _LENGTH
        end = start + int.from_bytes(raw[_DIGEST:start], "little")
        if len(raw) < end or _digest(key, raw[_DIGEST:]) != raw[:_DIGEST]:
            return None
        if (len(raw) - end) % self.row.itemsize:
            return None
        said = msgspec.msgpack.decode(raw[start:end], type=tuple[Said, ...])
        return Whole(said, np.frombuffer(raw[end:], dtype=self.row))

    def write(self, key: str, said: Sequence[Said], keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep a shard, in one step."""
        rows = np.empty(len(keys), dtype=self.row)
        rows["key"] = np.array(keys, dtype="V32")
        rows["vector"] = vectors
        encoded = msgspec.msgpack.encode(said)
        body = len(encoded).to_bytes(_LENGTH, "little") + encoded + rows.tobytes()
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"{key}.{uuid.uuid4().hex}.new")
        try:
            with aside.open("wb") as stream:
                stream.write(_digest(key, body) + body)
                stream.flush()
                os.fsync(stream.fileno())  # a full drive elsewhere may say so only now
            aside.replace(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise


def cut(ids: Sequence[str], sizes: Sequence[int], *, mean: int = MEAN) -> Iterator[range]:
    """Stretches of documents in the order of their ids.

    Args:
        ids: sorted.
        sizes: the bytes of each document.
        mean: documents of a stretch on average.
    """
    start, held = 0, 0
    for at, (one, size) in enumerate(zip(ids, sizes, strict=True)):
        held += size
        if _ends(one, mean) or held >= MOST_BYTES or at + 1 - start >= MOST:
            yield range(start, at + 1)
            start, held = at + 1, 0
    if start < len(ids):
        yield range(start, len(ids))


def key_of(marks: Marks, parts: Sequence[Part]) -> str:
    """What a shard is kept under: a hash over its documents and over what they are made with."""
    total = hashlib.sha256(msgspec.json.encode([FORMAT, marks]))
    for part in parts:
        total.update(hashlib.sha256(part.line).digest() + len(part.known).to_bytes(4, "little"))
        for known in part.known:
            total.update(known)
    return total.hexdigest()


def _ends(document: str, mean: int) -> bool:
    return int.from_bytes(hashlib.sha256(document.encode()).digest()[:8], "big") % mean == 0


def _digest(key: str, body: bytes | memoryview) -> bytes:
    digest = hashlib.sha256(key.encode())
    digest.update(body)
    return digest.digest()
