"""Manifest: what a store says about itself, and the hash over it that is the store's version."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import msgspec

from index.digests import Digests, sha256
from index.errors import StoreDamaged, StoreMismatch

FORMAT = 2
"""Raised whenever a store's files change their form; an older store is then built anew."""
NAME = "manifest.json"
DIGITS = 16
"""Hexadecimal digits of a version."""
CURE = "build the store again ('firstpass index')"


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What a store was built with; a store built with something else is not searched.

    Attributes:
        model: of the encoders.
        splitter: of the rules that split documents.
        words: of the rules that make words of a text.
        vocabulary: of the vocabulary and every rule that labels a document or tells which study it reports.
    """

    model: str
    splitter: str
    words: str
    vocabulary: str

    def differences(self, other: Fingerprints) -> tuple[str, ...]:
        """The names of what differs, in order."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) != getattr(other, f.name))


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a store, by which damage to it is found."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a store holds.

    Attributes:
        studies: studies among the documents that may be counted, each once.
        kinds: documents by kind, sorted by name.
    """

    documents: int
    studies: int
    passages: int
    kinds: dict[str, int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a store says about itself; nothing in it depends on when or where it was built.

    Attributes:
        model: the model's name, for people; its fingerprint is what counts.
        inputs: a hash of every document and of the fingerprints: equal inputs give equal stores.
        files: every other file of the store by its path within it, sorted.
        arithmetic: in which its vectors were multiplied, "float32" or "bfloat16".
    """

    format: int
    model: str
    dimension: int
    fingerprints: Fingerprints
    inputs: str
    counts: Counts
    files: dict[str, FileEntry]
    arithmetic: str = "float32"

    @property
    def version(self) -> str:
        """The hash of everything above."""
        return _version(msgspec.json.encode(self))


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a store into its folder."""
    body = msgspec.json.encode(manifest)
    (folder / NAME).write_bytes(_prefix(_version(body)) + body[1:])


def read(folder: Path) -> Manifest:
    """The manifest of a store, after its own hash is checked.

    Raises:
        StoreDamaged: it is absent or altered.
        StoreMismatch: another version of firstpass wrote it.
    """
    try:
        raw = (folder / NAME).read_bytes()
    except OSError as error:
        message = f"{folder / NAME} cannot be read ({error.strerror}); this store is not served; {CURE}"
        raise StoreDamaged(message) from error
    length = len(_prefix("0" * DIGITS))
    body = b"{" + raw[length:]
    if raw[:length] != _prefix(_version(body)):
        message = f"{folder / NAME} was altered or truncated; this store is not served; {CURE}"
        raise StoreDamaged(message)
    stated = msgspec.json.decode(body).get("format")
    if stated != FORMAT:
        message = f"{folder} is a store of format {stated} and this firstpass reads format {FORMAT}; it is not searched; {CURE}"
        raise StoreMismatch(message)
    return msgspec.json.decode(body, type=Manifest)


def entries(folder: Path, remembered: Digests) -> dict[str, FileEntry]:
    """Every file of a folder but the manifest, with size and hash, sorted by path; the hashes are remembered."""
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    names = [name for name in found if name != NAME]
    made = zip(names, remembered.sha256(folder, names), strict=True)
    return {name: FileEntry((folder / name).stat().st_size, digest) for name, digest in made}


def check(folder: Path, manifest: Manifest, remembered: Digests | None = None) -> None:
    """Raise StoreDamaged unless every file has the size and the hash that the manifest states.

    Args:
        folder: of the store.
        manifest: as read from it.
        remembered: spares reading files that were not touched since they were hashed; None reads every byte.
    """
    for name, entry in manifest.files.items():
        with _readable(folder / name):
            if (folder / name).stat().st_size != entry.size:
                raise _altered(folder / name)
    with _readable(folder):
        if remembered is None:
            hashes = tuple(sha256(folder / name) for name in manifest.files)
        else:
            hashes = remembered.sha256(folder, tuple(manifest.files))
    for (name, entry), found in zip(manifest.files.items(), hashes, strict=True):
        if found != entry.sha256:
            raise _altered(folder / name)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = (
            f"{error.filename or path} cannot be read ({error.strerror}); this store is not served; {CURE}"
        )
        raise StoreDamaged(message) from error


def _altered(path: Path) -> StoreDamaged:
    return StoreDamaged(f"{path} was altered or truncated; this store is not served; {CURE}")


def inputs(lines: Iterable[bytes], fingerprints: Fingerprints) -> str:
    """A hash of documents as encoded, in order, and of what they are built with."""
    total = hashlib.sha256(msgspec.json.encode([FORMAT, fingerprints]))
    for line in lines:
        total.update(hashlib.sha256(line).digest())
    return total.hexdigest()


def sync(folder: Path) -> None:
    """Make what is below a folder, and the folder, survive a power cut."""
    for path in sorted(folder.rglob("*")):
        sync_path(path)
    sync_path(folder)


def sync_path(path: Path) -> None:
    """Make a file's bytes, or the names in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _version(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:DIGITS]


def _prefix(version: str) -> bytes:
    return f'{{"version":"{version}",'.encode()
