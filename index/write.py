"""Write: the files of a store, one stage after the other, in blocks, so that memory does not grow with the library.

Vectors are reused by the hash of their text: from the store before, if the model is the same, and from the batches
that an interrupted run finished.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from corpus import passage as splitting
from corpus.document import Document
from corpus.label import Label
from corpus.passage import Passage
from corpus.spool import Spool
from index import manifest as manifests
from index import vectors
from index.encoder import Encoders
from index.engine import EngineSettings
from index.errors import EncoderError
from index.labels import LabelTable
from index.manifest import Counts, Fingerprints, Manifest
from index.root import remembered
from index.seam import Vectors
from index.store import (
    DOCUMENTS,
    IDS,
    KEY,
    KEYS,
    LABELS,
    OFFSETS,
    PASSAGE,
    PASSAGES,
    ROLES,
    SECTIONS,
    WORDS,
    Store,
    labels_line,
)
from index.words import Words

if TYPE_CHECKING:  # without an engine nothing of it is imported
    from index.fill import Rows
    from index.shards import Found

BATCH = 256
"""Texts encoded between two checkpoints: some seconds of work, all that an interruption loses."""
BATCH_ROWS = 1 << 20
"""More than a batch ever has."""
HELD = 4
"""Batches kept in memory."""
DIGEST = 32

Progress = Callable[[str, int, int], None]
"""Told the stage ("documents", "passages"), how many are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Content:
    """All that a store will say, the documents in the order of their ids, everything else in that of the documents.

    Attributes:
        lines: each document as it is encoded.
        texts: what the model reads for each passage, in order.
        found: what was made elsewhere; None where nothing was.
    """

    documents: Sequence[Document]
    lines: Sequence[bytes]
    encoders: Encoders
    fingerprints: Fingerprints
    labels: Spool[Mapping[str, Label]]
    passages: Spool[Sequence[Passage]]
    texts: Spool[str]
    studies: list[str] = field(default_factory=list)
    engine: EngineSettings | None = None
    found: Found | None = None

    def add(
        self, document: Document, labels: Mapping[str, Label], study: str, passages: Sequence[Passage]
    ) -> None:
        """Put in what is said of the next document."""
        self.labels.add(labels)
        self.passages.add(passages)
        self.studies.append(study)
        limit, count = self.encoders.token_limit, self.encoders.count_tokens
        for text in splitting.embedded(document, passages, limit=limit, count=count) if passages else ():
            self.texts.add(text)


def open_content(
    documents: Sequence[Document],
    lines: Sequence[bytes],
    encoders: Encoders,
    fingerprints: Fingerprints,
    folder: Path,
) -> Content:
    """The content of these documents, nothing said of them yet; it lies in files below a folder, so memory does not grow with it."""
    return Content(
        documents,
        lines,
        encoders,
        fingerprints,
        labels=Spool(folder, labels_line, lambda line: msgspec.json.decode(line, type=dict[str, Label])),
        passages=Spool(
            folder, msgspec.json.encode, lambda line: msgspec.json.decode(line, type=tuple[Passage, ...])
        ),
        texts=Spool(folder, str.encode, bytes.decode),
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """What writing a store came to.

    Attributes:
        rows: what is still to be filled into the engine; None where the store lies on disk alone.
    """

    manifest: Manifest
    reused: int
    encoded: int
    rows: Rows | None


def write_store(
    folder: Path, work: Path, content: Content, *, before: Store | None, on_progress: Progress | None = None
) -> Tally:
    """Write every file of a store but the manifest, which is given back.

    Args:
        folder: empty.
        work: where finished batches of vectors are kept until the store is published.
        content: what it says.
        before: the store to take unchanged vectors from.
        on_progress: told of every batch.
    """
    _write_documents(folder, content)
    _write_passages(folder, content)
    table = LabelTable.build(content.documents, content.labels, content.studies)
    table.save(folder)
    texts = content.texts
    known = _Known(work, content, before if has_same_vectors(before, content) else None)
    reused, encoded = _write_vectors(folder, known, texts, on_progress)
    Words.write(texts, folder / WORDS)
    rows = _index(folder, content, table)
    kinds = table.values("kind")
    counts = Counts(
        documents=len(content.documents),
        studies=table.studies(table.countable),
        passages=len(texts),
        kinds={kind: int(table.having("kind", (kind,)).sum()) for kind in kinds},
    )
    made = Manifest(
        format=manifests.FORMAT,
        model=content.encoders.name,
        dimension=content.encoders.dimension,
        fingerprints=content.fingerprints,
        inputs=manifests.inputs(content.lines, content.fingerprints),
        counts=counts,
        files=manifests.entries(folder, remembered(work.parent)),
        arithmetic=content.encoders.arithmetic,
    )
    return Tally(made, reused, encoded, rows)


def _index(folder: Path, content: Content, table: LabelTable) -> Rows | None:
    """Make the vectors fit to be searched: on disk, or taken out of the folder for the engine."""
    if content.engine is None:
        vectors.write(folder / vectors.WHOLE)
        return None
    from index.fill import take_out

    document_of = np.ascontiguousarray(np.load(folder / PASSAGES, mmap_mode="r")["document"])
    return take_out(folder, table, document_of, content.engine.kind)


def has_same_vectors(before: Store | None, content: Content) -> bool:
    """Whether a text's vector in the store before is what encoding it now would give."""
    return (
        before is not None
        and before.manifest.fingerprints.model == content.fingerprints.model
        and before.manifest.arithmetic == content.encoders.arithmetic
    )


def _write_documents(folder: Path, content: Content) -> None:
    offsets = np.zeros((len(content.documents), 4), dtype=np.int64)
    with (folder / DOCUMENTS).open("wb") as documents, (folder / LABELS).open("wb") as labels:
        for row, (line, labelled) in enumerate(zip(content.lines, content.labels, strict=True)):
            label_line = labels_line(labelled)
            start, label_start = documents.tell(), labels.tell()
            documents.write(line + b"\n")
            labels.write(label_line + b"\n")
            offsets[row] = start, start + len(line), label_start, label_start + len(label_line)
    np.save(folder / OFFSETS, offsets)
    (folder / IDS).write_bytes(msgspec.json.encode([document.id for document in content.documents]))


def _write_passages(folder: Path, content: Content) -> None:
    sections = sorted({str(one.section) for of in content.passages for one in of if one.section is not None})
    section_number = {section: number for number, section in enumerate(sections)}
    role_number = {role: number for number, role in enumerate(ROLES)}
    rows = (
        (
            number,
            one.start,
            one.end,
            -1 if one.section is None else section_number[one.section],
            -1 if one.role is None else role_number[one.role],
            -1 if one.page is None else one.page,
        )
        for number, of in enumerate(content.passages)
        for one in of
    )
    np.save(folder / PASSAGES, np.fromiter(rows, dtype=PASSAGE, count=len(content.texts)))
    (folder / SECTIONS).write_bytes(msgspec.json.encode(sections))


def _write_vectors(
    folder: Path, known: _Known, texts: Sequence[str], on_progress: Progress | None
) -> tuple[int, int]:
    keys = [hashlib.sha256(text.encode()).digest() for text in texts]
    np.save(folder / KEYS, np.array(keys, dtype=KEY))
    encoded = 0
    with (folder / vectors.WHOLE).open("wb") as stream:
        header = {
            "descr": "<f4",
            "fortran_order": False,
            "shape": (len(texts), known.dimension),
        }
        np.lib.format.write_array_header_1_0(stream, header)
        for start in range(0, len(texts), BATCH):
            block, fresh = known.vectors(keys[start : start + BATCH], texts[start : start + BATCH])
            stream.write(np.ascontiguousarray(block, dtype="<f4").tobytes())
            encoded += fresh
            if on_progress is not None:
                on_progress("passages", min(start + BATCH, len(texts)), len(texts))
    return len(texts) - encoded, encoded


class _Known:
    """Vectors by the hash of their text, from the store before, finished batches and shards; the rest is encoded and kept."""

    def __init__(self, work: Path, content: Content, before: Store | None) -> None:
        encoders = content.encoders
        self._folder = work / f"{encoders.fingerprint}-{encoders.arithmetic}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._encoders = encoders
        self.dimension = encoders.dimension
        self._before = before
        keys = [] if before is None else before.keys().tolist()
        self._stored: dict[bytes, int] = {key: ordinal for ordinal, key in enumerate(keys)}
        self._row = np.dtype([("key", KEY), ("vector", "<f4", (encoders.dimension,))])
        self._batches: list[tuple[Path, int]] = []  # each file, and where its rows begin
        self._held: dict[int, NDArray[np.void]] = {}
        self._finished: dict[bytes, int] = {}  # the batch of each key and its row there, as one number
        for path in sorted(self._folder.glob("*.batch")):
            self._read(path)
        self._fresh: set[int] = set()  # batches that were encoded for this store elsewhere
        for path, shard, fresh in () if content.found is None else content.found.files():
            if fresh:
                self._fresh.add(len(self._batches))
            self._register(path, shard.rows, shard.offset)

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
        raw = path.read_bytes()
        if hashlib.sha256(raw[DIGEST:]).digest() != raw[:DIGEST] or (len(raw) - DIGEST) % self._row.itemsize:
            path.unlink()  # a run was interrupted while it wrote this; its texts are encoded again
            return
        self._register(path, np.frombuffer(raw[DIGEST:], dtype=self._row))

    def _register(self, path: Path, batch: NDArray[np.void], offset: int = DIGEST) -> None:
        first = len(self._batches) * BATCH_ROWS
        self._batches.append((path, offset))
        self._hold(len(self._batches) - 1, batch)
        self._finished.update((key, first + row) for row, key in enumerate(batch["key"].tolist()))

    def _batch(self, number: int) -> NDArray[np.void]:
        if number not in self._held:
            path, offset = self._batches[number]
            self._hold(number, np.fromfile(path, dtype=self._row, offset=offset))
        return self._held[number]

    def _hold(self, number: int, batch: NDArray[np.void]) -> None:
        """Keep a batch at hand, and few others: all of them together are as large as the store's vectors."""
        while len(self._held) >= HELD:
            del self._held[next(iter(self._held))]
        self._held[number] = batch
