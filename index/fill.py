"""Fill: the vectors and words of a store, taken out of its folder and put into a collection of the engine.

What is written in the folder in their place says what the collection must hold (`index.contents`).
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from index import terms
from index.contents import BLOCK, FORMAT, Contents, check, digest_of, read_contents
from index.engine import COLLECTION, Engine
from index.errors import StoreDamaged, StoreError
from index.filters import UNASKED, label_of
from index.labels import LabelTable
from index.mapped import load
from index.milvus import DOCUMENT, ID, KINDS, LABELS, VECTOR, WORDS, Row
from index.store import WORDS as ON_DISK
from index.vectors import EXACT_BELOW, WHOLE
from index.words import Words

SPAN = 100_000
"""Passages whose words are turned at once from a column a word to a row a passage."""
COMPARED = 16
"""Passages compared when a store is opened."""
DIMENSIONS = "dimensions.npy"


def kind_of(passages: int, stated: str) -> str:
    """The kind of index over so many vectors: the one stated, else exact search where there are few.

    Raises:
        StoreError: there is no such kind.
    """
    if stated and stated not in KINDS:
        message = f'"{stated}" is no index that firstpass knows to search in Milvus; nothing was published; name one of {", ".join(KINDS)}'
        raise StoreError(message)
    return stated or ("FLAT" if passages < EXACT_BELOW else "HNSW")


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the passages of a store are between being written and being in the engine.

    Attributes:
        folder: of the store; `taken` holds its vectors and words.
        document_of: the row of each passage's document.
    """

    folder: Path
    taken: Path
    table: LabelTable
    document_of: NDArray[np.int32]


def take_out(folder: Path, table: LabelTable, document_of: NDArray[np.int32], kind: str) -> Rows:
    """Take vectors and words out of a store's folder, and write in their place what the engine must hold."""
    taken = folder.with_name(f"{folder.name}-rows")
    taken.mkdir()
    for name in (WHOLE, ON_DISK):
        (folder / name).rename(taken / name)
    known = Words.load(taken / ON_DISK)
    np.save(taken / "dimensions.npy", terms.write(folder, known))
    rows = Rows(folder, taken, table, document_of)
    vectors = load(taken / WHOLE)
    every = len(vectors)
    picked = (
        set(np.unique(np.linspace(0, max(every - 1, 0), COMPARED, dtype=int)).tolist()) if every else set()
    )
    compared, digest = {}, hashlib.sha256()
    for row in _rows(rows):
        own = digest_of(row)
        digest.update(own)
        if row[ID] in picked:
            compared[int(row[ID])] = own.hex()
    contents = Contents(
        FORMAT, kind_of(every, kind), every, int(vectors.shape[1]), compared, digest.hexdigest()
    )
    (folder / COLLECTION).write_bytes(msgspec.json.encode(contents))
    return rows


def fill(engine: Engine, version: str, rows: Rows, on_progress: Callable[[int, int], None]) -> None:
    """Fill a store's collection, and see that it is whole; one that is whole already stays."""
    milvus, name, contents = engine.milvus(), engine.collection(version), read_contents(rows.folder)
    if name in milvus.collections(name):
        try:
            check(milvus, name, contents)
        except StoreDamaged:  # an interrupted run left it
            milvus.drop(name)
        else:
            shutil.rmtree(rows.taken)
            return
    milvus.create(name, contents.dimension, contents.kind)
    done = 0
    for block in _blocks(_rows(rows)):
        milvus.insert(name, block)
        done += len(block)
        on_progress(done, contents.passages)
    milvus.finish(name)
    check(milvus, name, contents)
    shutil.rmtree(rows.taken)


def _rows(rows: Rows) -> Iterator[Row]:
    """Every passage as the engine holds it, by number."""
    vectors = load(rows.taken / WHOLE)
    dimensions = load(rows.taken / "dimensions.npy", mapped=False)
    known = Words.load(rows.taken / ON_DISK)
    for start in range(0, len(vectors), SPAN):
        end = min(start + SPAN, len(vectors))
        owners = rows.document_of[start:end].tolist()
        labels = _labels(rows.table, owners[0], owners[-1] + 1)
        own = terms.weights(known, dimensions, start, end)
        for ordinal, owner, weights in zip(range(start, end), owners, own, strict=True):
            yield {
                ID: ordinal,
                DOCUMENT: owner,
                LABELS: labels[owner - owners[0]],
                VECTOR: np.asarray(vectors[ordinal], dtype=np.float32),
                WORDS: weights,
            }


def _labels(table: LabelTable, first: int, end: int) -> list[list[str]]:
    """The labels, kind and status of the documents from `first` to before `end`."""
    found: list[list[str]] = [[] for _ in range(first, end)]
    for facet in table.facets():
        if facet in UNASKED:
            continue
        for value in table.values(facet):
            rows = table.rows(facet, value)
            begin, last = np.searchsorted(rows, [first, end])
            for row in rows[begin:last].tolist():
                found[row - first].append(label_of(facet, value))
    return found


def _blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    block: list[Row] = []
    for row in rows:
        block.append(row)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block
