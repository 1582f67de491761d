"""Known: vectors by the hash of their text, from the store before, from what an interrupted run finished, and from shards.

What is not known is encoded and kept, a batch at a time; what is kept is checked whenever it is read.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoders
from index.errors import EncoderError, StoreDamaged
from index.seam import Vectors
from index.store import KEY, Store

if TYPE_CHECKING:
    from index.shards import Found

BATCH_ROWS = 1 << 20
"""More than a batch ever has."""
HELD = 4
"""Batches kept in memory."""
DIGEST = 32

_Rows = Callable[[Path], NDArray[np.void] | None]


class Known:
    """Vectors by the hash of their text, from the store before, finished batches and shards; the rest is encoded and kept."""

    def __init__(self, work: Path, encoders: Encoders, before: Store | None, found: Found | None) -> None:
        self._folder = work / f"{encoders.fingerprint}-{encoders.arithmetic}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._encoders = encoders
        self.dimension = encoders.dimension
        self._before = before
        keys = [] if before is None else before.keys().tolist()
        self._stored: dict[bytes, int] = {key: ordinal for ordinal, key in enumerate(keys)}
        self._row = np.dtype([("key", KEY), ("vector", "<f4", (encoders.dimension,))])
        self._batches: list[tuple[Path, _Rows]] = []  # each file, and what reads its rows
        self._held: dict[int, NDArray[np.void]] = {}
        self._finished: dict[bytes, int] = {}  # the batch of each key and its row there, as one number
        for path in sorted(self._folder.glob("*.batch")):
            self._read(path)
        self._fresh: set[int] = set()  # batches that were encoded for this store elsewhere
        if found is not None:
            for key in found.keys:
                self._take(found, key)

    def vectors(self, keys: Sequence[bytes], texts: Sequence[str]) -> tuple[Vectors, int]:
        """The vectors of these texts, and how many had to be encoded, here or elsewhere."""
        missing = {
            key: text
            for key, text in zip(keys, texts, strict=True)
            if key not in self._stored and key not in self._finished
        }
        if missing:
            self._encode(missing)
        found = np.empty((len(keys), self._encoders.dimension), dtype=np.float32)
        encoded = 0
        for row, key in enumerate(keys):
            if key in self._finished:
                batch, at = divmod(self._finished[key], BATCH_ROWS)
                found[row] = self._batch(batch)["vector"][at]
                encoded += key in missing or batch in self._fresh
        stored = [row for row, key in enumerate(keys) if key not in self._finished]
        if stored and self._before is not None:
            ordinals = np.array([self._stored[keys[row]] for row in stored], dtype=np.int64)
            found[stored] = self._before.vectors(ordinals)
        return found, encoded

    def _encode(self, missing: Mapping[bytes, str]) -> None:
        made = self._encoders.passages.encode(tuple(missing.values()))
        if made.shape != (len(missing), self._encoders.dimension) or not np.isfinite(made).all():
            message = f"the model {self._encoders.name} gave vectors of another shape or not of numbers; nothing was published; name another model in the settings"
            raise EncoderError(message)
        batch = np.empty(len(missing), dtype=self._row)
        batch["key"] = np.array(list(missing), dtype=KEY)
        batch["vector"] = made
        content = batch.tobytes()
        digest = hashlib.sha256(content).digest()
        aside = self._folder / f"{digest.hex()}.{os.getpid()}.new"
        aside.write_bytes(digest + content)
        self._register(aside.replace(aside.with_name(f"{digest.hex()}.batch")), batch)

    def _read(self, path: Path) -> None:
        rows = self._rows(path)
        if rows is None:
            path.unlink()  # a run was interrupted while it wrote this; its texts are encoded again
            return
        self._register(path, rows)

    def _rows(self, path: Path) -> NDArray[np.void] | None:
        """The rows of a finished batch; None where it is not as it was written."""
        raw = path.read_bytes()
        if hashlib.sha256(raw[DIGEST:]).digest() != raw[:DIGEST] or (len(raw) - DIGEST) % self._row.itemsize:
            return None
        return np.frombuffer(raw[DIGEST:], dtype=self._row)

    def _take(self, found: Found, key: str) -> None:
        """Take the vectors of a shard; of one that was damaged since, texts are encoded here."""
        rows = found.rows(key)
        if rows is None:
            return
        if key in found.fresh:
            self._fresh.add(len(self._batches))
        self._register(found.folder.path(key), rows, lambda _: found.rows(key))

    def _register(self, path: Path, batch: NDArray[np.void], read: _Rows | None = None) -> None:
        first = len(self._batches) * BATCH_ROWS
        self._batches.append((path, read or self._rows))
        self._hold(len(self._batches) - 1, batch)
        self._finished.update((key, first + row) for row, key in enumerate(batch["key"].tolist()))

    def _batch(self, number: int) -> NDArray[np.void]:
        if number not in self._held:
            path, read = self._batches[number]
            try:
                rows = read(path)
            except FileNotFoundError:
                rows = None
            if rows is None:
                message = f"{path} was altered while a store was made of it; nothing was published and the store served before stays; run the command again"
                raise StoreDamaged(message)
            self._hold(number, rows)
        return self._held[number]

    def _hold(self, number: int, batch: NDArray[np.void]) -> None:
        """Keep a batch at hand, and few others: all of them together are as large as the store's vectors."""
        while len(self._held) >= HELD:
            del self._held[next(iter(self._held))]
        self._held[number] = batch
