"""Store: a published store opened for reading, every file of it checked before the first answer.

A file that was not touched since it was hashed is not read again to be checked (index/digests.py says what that leaves to
`firstpass status --verify`); any other must have the hash that was published.
An open store keeps what it opened: that a newer one is published, or this one removed, does not disturb it. What is done to its files
meanwhile is told by the next question (index/watched.py).
"""

from __future__ import annotations

import mmap
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from corpus import passage as splitting
from corpus.document import Document, Role
from corpus.label import FACETS, Label
from corpus.passage import Passage
from index import manifest as manifests
from index.behind import Behind, OnDisk
from index.digests import Digests
from index.engine import COLLECTION, EngineSettings, engine_of
from index.errors import StoreDamaged, StoreMismatch
from index.labels import LabelTable
from index.manifest import CURE, Fingerprints, Manifest
from index.mapped import load
from index.root import read_pointer, remembered, stores
from index.seam import Allowed, Ordinals, Scores, Vectors
from index.watched import Watched
from index.words import VERSION as WORDS_VERSION

DOCUMENTS, LABELS, OFFSETS = "documents.jsonl", "labels.jsonl", "offsets.npy"
PASSAGES, SECTIONS, IDS, KEYS = "passages.npy", "sections.json", "ids.json", "keys.npy"
WORDS = "words"
ROLES = tuple(Role)
LATE = (0.1, 0.2, 0.4)
"""Seconds waited, one after the other, for a store that a network drive does not show as soon as the pointer to it."""
PASSAGE = np.dtype(
    [
        ("document", "<i4"),
        ("start", "<i4"),
        ("end", "<i4"),
        ("section", "<i4"),
        ("role", "<i4"),
        ("page", "<i4"),
    ]
)
"""One passage; -1 in the last three stands for None."""
KEY = np.dtype("V32")
"""The hash of an embedded text, by which its vector is found again."""


class Store:
    """One whole store.

    Args:
        folder: of the store.
        built: when it was built, as published (ISO 8601, UTC); empty for a store that is not published yet.
        expected: what it must have been built with; None to read it whatever that was.
        remembered: the hashes of files that were not touched since; None reads every byte.
    """

    def __init__(
        self,
        folder: Path,
        *,
        built: str = "",
        expected: Fingerprints | None = None,
        remembered: Digests | None = None,
    ) -> None:
        self.folder = folder
        self.built = built
        self.manifest: Manifest = manifests.read(folder)
        self.version = self.manifest.version
        if expected is not None:
            _compare(folder, self.manifest.fingerprints, expected)
        self._remembered = remembered
        self._open_whole()

    def _open_whole(self) -> None:
        """Open what lies in the folder, every file of it checked."""
        folder = self.folder
        watched = Watched(folder, self.manifest.files)
        manifests.check(folder, self.manifest, self._remembered)
        try:
            self._open(folder)
        except (OSError, ValueError, KeyError, TypeError, EOFError, msgspec.MsgspecError) as error:
            message = f"the store in {folder} cannot be read ({error}); it is not served; {CURE}"
            raise StoreDamaged(message) from error
        self._watched = watched

    def hold(self) -> None:
        """See that what was opened is still what was published, and open it anew where it was touched and is whole.

        Raises:
            StoreDamaged: a file was written to, cut short, or is gone from a network disk.
        """
        if not self._watched.untouched():
            self._open_whole()

    def _open(self, folder: Path) -> None:
        self.ids: tuple[str, ...] = msgspec.json.decode((folder / IDS).read_bytes(), type=tuple[str, ...])
        self._numbers = {document_id: number for number, document_id in enumerate(self.ids)}
        self._offsets: NDArray[np.int64] = load(folder / OFFSETS).view(np.ndarray)
        self._passages: NDArray[np.void] = load(folder / PASSAGES).view(np.ndarray)
        self._sections: list[str] = msgspec.json.decode((folder / SECTIONS).read_bytes(), type=list[str])
        self.document_of: NDArray[np.int32] = np.ascontiguousarray(self._passages["document"])
        self._firsts = np.searchsorted(self.document_of, np.arange(len(self.ids) + 1))
        self._documents = _map(folder / DOCUMENTS)
        self._labels = _map(folder / LABELS)
        self._table = LabelTable.load(folder)
        self._behind = self._open_behind(folder)

    def lies_in(self, engine: EngineSettings | None) -> bool:
        """Whether its vectors and words are where these settings want them; None is on disk."""
        stated = self._behind.kind
        if engine is None or not stated:
            return engine is None and not stated
        return not engine.kind or engine.kind == stated

    def _open_behind(self, folder: Path) -> Behind:
        if not (folder / COLLECTION).is_file():
            return OnDisk(folder, folder / WORDS, self.document_of)
        from index.filters import Filters
        from index.in_engine import InEngine

        engine = engine_of(folder.parent.parent)
        if engine is None:
            message = f"the store in {folder} is kept in an engine, and which is not written beside it; it is not served; {CURE}"
            raise StoreDamaged(message)
        return InEngine(engine, self.version, folder, Filters(self._table), self.document_of)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the documents' files go; nothing may be read of the store afterwards."""
        for mapped in (self._documents, self._labels):
            if isinstance(mapped, mmap.mmap):
                mapped.close()
        self._watched.close()

    def __len__(self) -> int:
        return len(self._passages)

    @property
    def table(self) -> LabelTable:
        """Which documents have which label, kind and status."""
        self.hold()
        return self._table

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return len(self.ids)

    @property
    def studies(self) -> int:
        """How many studies the documents that may be counted report."""
        return self.manifest.counts.studies

    @property
    def model(self) -> str:
        """The name of the model that it was built with."""
        return self.manifest.model

    def has(self, document_id: str) -> bool:
        """Whether the store has a document of this id."""
        return document_id in self._numbers

    def number(self, document_id: str) -> int:
        """The row of a document; KeyError where there is none."""
        return self._numbers[document_id]

    def document(self, document_id: str) -> Document:
        """One document by its id; KeyError where there is none."""
        return msgspec.json.decode(self.document_line(document_id), type=Document)

    def document_line(self, document_id: str) -> bytes:
        """One document as it is encoded in the store."""
        self.hold()
        start, end = self._offsets[self._numbers[document_id], :2].tolist()
        return self._documents[start:end]

    def labels(self, document_id: str) -> dict[str, Label]:
        """A document's labels by facet; KeyError where there is no such document."""
        kept = self.kept_labels(document_id)
        return {facet: kept[facet] for facet in FACETS if facet in kept}

    def kept_labels(self, document_id: str) -> dict[str, Label]:
        """The same with what is only matched and never shown: what a later build takes over."""
        self.hold()
        start, end = self._offsets[self._numbers[document_id], 2:].tolist()
        return msgspec.json.decode(self._labels[start:end], type=dict[str, Label])

    def passage(self, ordinal: int) -> Passage:
        """One passage by its number."""
        return self.passages(np.array([ordinal], dtype=np.int64))[0]

    def passages(self, ordinals: Ordinals) -> list[Passage]:
        """Passages by their numbers, in the order asked."""
        return [
            Passage(
                document=self.ids[document],
                start=start,
                end=end,
                section=None if section < 0 else self._sections[section],
                role=None if role < 0 else ROLES[role],
                page=None if page < 0 else page,
            )
            for document, start, end, section, role, page in self._passages[ordinals].tolist()
        ]

    def passages_of(self, document_id: str) -> tuple[int, ...]:
        """The numbers of a document's passages, in order."""
        row = self._numbers[document_id]
        return tuple(range(int(self._firsts[row]), int(self._firsts[row + 1])))

    def quote(self, ordinal: int) -> str:
        """The words of a passage: the slice of its document's stored text."""
        passage = self.passage(ordinal)
        return self.document(passage.document).text[passage.start : passage.end]

    def nearest(self, vector: Vectors, n: int, allowed: Allowed | None = None) -> tuple[Ordinals, Scores]:
        """The passages nearest to a vector, with their cosines; `allowed` is one truth a document."""
        self.hold()
        return self._behind.nearest(vector, n, allowed)

    def best_words(self, question: str, n: int, allowed: Allowed | None = None) -> tuple[Ordinals, Scores]:
        """The passages that fit the words best, with their BM25 scores; `allowed` is one truth a document."""
        self.hold()
        return self._behind.best_words(question, n, allowed)

    def vectors(self, ordinals: Ordinals) -> Vectors:
        """The vectors of these passages, in the order asked."""
        return self._behind.vectors(ordinals)

    def owners(self, ordinals: Ordinals) -> NDArray[np.int64]:
        """The row of the document of each of these passages."""
        return self.document_of[ordinals].astype(np.int64)

    def keys(self) -> NDArray[np.void]:
        """The hash of the embedded text of each passage."""
        found: NDArray[np.void] = load(self.folder / KEYS)
        return found

    def verify(self) -> None:
        """Raise StoreDamaged unless every file still has the bytes that were published."""
        manifests.check(self.folder, manifests.read(self.folder))
        self._behind.verify()


def open_store(root: Path, *, expected: Fingerprints | None = None) -> Store:
    """The store that is served from a root.

    Args:
        root: of the library's stores.
        expected: what it must have been built with; None to read it whatever that was.

    Raises:
        StoreMissing: nothing was published yet.
        StoreMismatch: it was built with something else than expected.
        StoreDamaged: any file is not as it was published.
    """
    pointer, waits = read_pointer(root), list(LATE)
    while True:
        folder = stores(root) / pointer.version
        try:
            store = Store(
                folder,
                built=pointer.built,
                expected=expected,
                remembered=remembered(root),
            )
        except StoreDamaged as error:
            # A newer store may have been published, and this one removed, between the two steps.
            newer = read_pointer(root)
            if newer == pointer and folder.exists():
                raise
            if newer == pointer:
                if not waits:
                    raise _absent(folder) from error
                time.sleep(waits.pop(0))
            pointer = newer
            continue
        if store.version != pointer.version:
            message = f"{store.folder} holds store {store.version}; it is not served; {CURE}"
            raise StoreDamaged(message)
        return store


def _absent(folder: Path) -> StoreDamaged:
    message = f"{folder} is not there although it is the store to be served; nothing is searched; where it lies on a network drive ask again in a minute, else {CURE}"
    return StoreDamaged(message)


def fingerprints(model: str, vocabulary: str) -> Fingerprints:
    """What a store built now, with this model and vocabulary, says it was built with."""
    return Fingerprints(
        model=model, splitter=splitting.fingerprint(), words=str(WORDS_VERSION), vocabulary=vocabulary
    )


def _compare(folder: Path, found: Fingerprints, expected: Fingerprints) -> None:
    if different := found.differences(expected):
        names = " and ".join(different)
        message = f"the store in {folder} was built with another {names} than now in use; it is not searched, for its answers would be wrong; build it again ('firstpass index')"
        raise StoreMismatch(message)


def _map(path: Path) -> mmap.mmap | bytes:
    if path.stat().st_size == 0:  # nothing can be mapped of an empty file
        return b""
    with path.open("rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def labels_line(labels: Mapping[str, Label]) -> bytes:
    """A document's labels as they are encoded in a store."""
    return msgspec.json.encode({facet: labels[facet] for facet in sorted(labels)})
