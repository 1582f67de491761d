"""Contents: what a store's collection in the engine must hold, and whether it does.

A store is published only after its collection was whole. Opening it counts the passages and compares some with what was
filled in; `verify` compares all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from index.engine import COLLECTION
from index.errors import StoreDamaged, StoreMismatch
from index.manifest import CURE
from index.milvus import DOCUMENT, ID, LABELS, VECTOR, WORDS, Milvus, Row

FORMAT = 1
"""Raised whenever a collection changes its form; an older store is then built anew."""
BLOCK = 500
"""Passages read at once."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a collection must hold.

    Attributes:
        kind: of the index over vectors.
        compared: the digests of some passages, by number.
        digest: of all passages' digests, in order.
    """

    format: int
    kind: str
    passages: int
    dimension: int
    compared: dict[int, str]
    digest: str


def digest_of(row: Row) -> bytes:
    """The digest of a passage as the engine holds it, also once it was read back."""
    own = hashlib.sha256(np.array([row[ID], row[DOCUMENT]], dtype="<i8").tobytes())
    own.update("\0".join(sorted(row[LABELS])).encode())
    own.update(np.asarray(row[VECTOR], dtype="<f4").tobytes())
    words = sorted((int(dimension), float(weight)) for dimension, weight in row[WORDS].items())
    own.update(np.array([dimension for dimension, _ in words], dtype="<i8").tobytes())
    own.update(np.array([weight for _, weight in words], dtype="<f4").tobytes())
    return own.digest()


def read_contents(folder: Path) -> Contents:
    """What the collection of a store must hold; the store's files are checked.

    Raises:
        StoreMismatch: another version of firstpass wrote it.
    """
    contents = msgspec.json.decode((folder / COLLECTION).read_bytes(), type=Contents)
    if contents.format != FORMAT:
        message = f"{folder} is a collection of format {contents.format} and this firstpass reads format {FORMAT}; it is not searched; {CURE}"
        raise StoreMismatch(message)
    return contents


def check(milvus: Milvus, name: str, contents: Contents) -> None:
    """Raise StoreDamaged unless a collection has as many passages as it must, and those compared are the same."""
    milvus.load(name)
    if milvus.count(name) != contents.passages or list(_digests(milvus, name, contents.compared)) != [
        bytes.fromhex(digest) for digest in contents.compared.values()
    ]:
        raise altered(milvus, name)


def _digests(milvus: Milvus, name: str, ordinals: Iterable[int]) -> Iterator[bytes]:
    found = milvus.rows(name, list(ordinals), (DOCUMENT, LABELS, VECTOR, WORDS))
    return (digest_of(found[ordinal]) for ordinal in sorted(found))


def altered(milvus: Milvus, name: str) -> StoreDamaged:
    """What is raised where a collection is not as it was published."""
    message = f"the collection {name} of Milvus at {milvus.address} is not as it was published; this store is not served; {CURE}"
    return StoreDamaged(message)


def check_all(milvus: Milvus, name: str, contents: Contents) -> None:
    """Raise StoreDamaged unless every passage of a collection is as it was published."""
    check(milvus, name, contents)
    digest = hashlib.sha256()
    for start in range(0, contents.passages, BLOCK):
        block = range(start, min(start + BLOCK, contents.passages))
        digest.update(b"".join(_digests(milvus, name, block)))
    if digest.hexdigest() != contents.digest:
        raise altered(milvus, name)
