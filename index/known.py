"""Known: vectors by the hash of their text, from the store before, from what an interrupted run finished, and from shards.

What is not known is encoded and kept, a batch at a time; what is kept is checked whenever it is read. Where each vector lies is
said in a file, so that memory does not grow with the library.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoders
from index.errors import EncoderError, StoreDamaged
from index.mapped import let_go, spare
from index.seam import Ordinals, Vectors
from index.store import KEY, Store
from index.whence import BLOCK, HELD, whence

if TYPE_CHECKING:
    from index.shards import Found

BATCH_ROWS = 1 << 20
"""More than a batch ever has."""
BATCHES = 4
"""Batches kept in memory."""
DIGEST = 32
STORED, BATCHED = 1 << 56, 2 << 56
"""Added to a number of the store before, and of a batch and its row there; what is less is the number of a text of this store."""

_Rows = Callable[[Path], NDArray[np.void] | None]


class Known:
    """Vectors of a store's texts by their hashes, from the store before, finished batches and shards; the rest is encoded and kept.

    Args:
        work: where batches are kept.
        encoders: the model.
        before: the store to take vectors from; None where there is none.
        found: what was made elsewhere; None where nothing was.
        keys: the hash of each text, in order.
    """

    def __init__(
        self,
        work: Path,
        encoders: Encoders,
        before: Store | None,
        found: Found | None,
        keys: NDArray[np.void],
    ) -> None:
        self._folder = work / f"{encoders.fingerprint}-{encoders.arithmetic}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._encoders = encoders
        self._before = before
        self._keys = keys
        self._row = np.dtype([("key", KEY), ("vector", "<f4", (encoders.dimension,))])
        self._batches: list[tuple[Path, _Rows]] = []  # each file, and what reads its rows
        self._held: dict[int, NDArray[np.void]] = {}
        self._fresh: list[int] = []  # batches that were encoded for this store elsewhere
        self._whence = spare(work, "<i8", (len(keys),))
        with TemporaryFile(dir=work) as aside:
            self._write_held(aside, found)
            many = aside.tell() // HELD.itemsize
            held = np.memmap(aside, dtype=HELD, mode="r", shape=(many,)) if many else np.empty(0, dtype=HELD)
            whence(keys, held, self._whence)

    def _write_held(self, aside: IO[bytes], found: Found | None) -> None:
        """Write the keys that are held already with their places; the last of a key holds."""
        stored = np.empty(0, dtype=KEY) if self._before is None else self._before.keys()
        for start in range(0, len(stored), BLOCK):
            _write_rows(aside, stored[start : start + BLOCK], STORED + start)
        for path in sorted(self._folder.glob("*.batch")):
            rows = self._rows(path)
            if rows is None:
                path.unlink()  # a run was interrupted while it wrote this; its texts are encoded again
            else:
                _write_rows(aside, rows["key"], self._register(path, rows))
        if found is not None:
            for key in found.keys:
                self._write_shard(aside, found, key)
        aside.flush()

    def _write_shard(self, aside: IO[bytes], found: Found, key: str) -> None:
        """Write the keys of a shard; of one that was damaged since, texts are encoded here."""
        rows = found.rows(key)
        if rows is None:
            return
        if key in found.fresh:
            self._fresh.append(len(self._batches))
        first = self._register(found.folder.path(key), rows, lambda _: found.rows(key))
        _write_rows(aside, rows["key"], first)

    def vectors(self, start: int, texts: Sequence[str]) -> tuple[Vectors, int]:
        """The vectors of the texts from a number on, and how many had to be encoded, here or elsewhere."""
        places = self._whence[start : start + len(texts)]
        first = places == np.arange(start, start + len(texts))
        encoded = (places >= start) & (places < STORED)
        if first.any():
            chosen = np.flatnonzero(first)
            self._encode(start + chosen, [texts[at] for at in chosen.tolist()])
        places = np.where(places < STORED, self._whence[np.where(places < STORED, places, 0)], places)
        found = np.empty((len(texts), self._encoders.dimension), dtype=np.float32)
        batches, rows = np.divmod(places - BATCHED, BATCH_ROWS)
        for number in np.unique(batches[places >= BATCHED]).tolist():
            of = batches == number
            found[of] = self._batch(number)["vector"][rows[of]]
        stored = places < BATCHED
        if self._before is not None and stored.any():
            found[stored] = self._before.vectors(places[stored] - STORED)
        let_go(self._whence)
        return found, int(np.count_nonzero(encoded | np.isin(batches, self._fresh)))

    def _encode(self, numbers: Ordinals, texts: Sequence[str]) -> None:
        """Encode the texts of these numbers and keep their vectors."""
        made = self._encoders.passages.encode(tuple(texts))
        if made.shape != (len(texts), self._encoders.dimension) or not np.isfinite(made).all():
            message = f"the model {self._encoders.name} gave vectors of another shape or not of numbers; nothing was published; name another model in the settings"
            raise EncoderError(message)
        batch = np.empty(len(texts), dtype=self._row)
        batch["key"] = self._keys[numbers]
        batch["vector"] = made
        content = batch.tobytes()
        digest = hashlib.sha256(content).digest()
        aside = self._folder / f"{digest.hex()}.{os.getpid()}.new"
        aside.write_bytes(digest + content)
        place = self._register(aside.replace(aside.with_name(f"{digest.hex()}.batch")), batch)
        self._whence[numbers] = place + np.arange(len(texts))

    def _rows(self, path: Path) -> NDArray[np.void] | None:
        """The rows of a finished batch; None where it is not as it was written."""
        raw = path.read_bytes()
        if hashlib.sha256(raw[DIGEST:]).digest() != raw[:DIGEST] or (len(raw) - DIGEST) % self._row.itemsize:
            return None
        return np.frombuffer(raw[DIGEST:], dtype=self._row)

    def _register(self, path: Path, batch: NDArray[np.void], read: _Rows | None = None) -> int:
        """The place of the first row of a batch, which is held from now on."""
        self._batches.append((path, read or self._rows))
        self._hold(len(self._batches) - 1, batch)
        return BATCHED + (len(self._batches) - 1) * BATCH_ROWS

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
        while len(self._held) >= BATCHES:
            del self._held[next(iter(self._held))]
        self._held[number] = batch


def _write_rows(aside: IO[bytes], keys: NDArray[np.void], first: int) -> None:
    rows = np.empty(len(keys), dtype=HELD)
    rows["key"] = keys
    rows["place"] = np.arange(first, first + len(keys))
    aside.write(rows.tobytes())
