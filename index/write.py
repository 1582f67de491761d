"""Write: the files of a store, one stage after the other, in blocks, so that memory does not grow with the library.

Vectors are reused by the hash of their text (index/known.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from corpus import passage as splitting
from corpus.document import Document
from corpus.label import Label
from corpus.passage import Passage
from corpus.spool import Spool
from index import manifest as manifests
from index import vectors
from index.encoder import Encoders
from index.engine import EngineSettings
from index.known import Known
from index.labels import LabelTable
from index.manifest import Counts, Fingerprints, Manifest
from index.mapped import Growing, load
from index.root import remembered
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
    studies: Spool[str]
    engine: EngineSettings | None = None
    found: Found | None = None

    def add(
        self, document: Document, labels: Mapping[str, Label], study: str, passages: Sequence[Passage]
    ) -> None:
        """Put in what is said of the next document."""
        self.labels.add(labels)
        self.passages.add(passages)
        self.studies.add(study)
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
        studies=Spool(folder, str.encode, bytes.decode),
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
    LabelTable.build(content.documents, content.labels, content.studies).save(folder)
    table = LabelTable.load(folder)  # mapped: what was built is let go
    texts = content.texts
    earlier = before if has_same_vectors(before, content) else None
    reused, encoded = _write_vectors(folder, work, content, earlier, on_progress)
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

    document_of = np.ascontiguousarray(load(folder / PASSAGES)["document"])
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
    with (folder / IDS).open("wb") as ids:
        ids.write(b"[")
        for at, document in enumerate(content.documents):
            ids.write((b"," if at else b"") + msgspec.json.encode(document.id))
        ids.write(b"]")


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
    with Growing(folder / PASSAGES, PASSAGE) as stated:
        while block := list(islice(rows, BATCH)):
            stated.add(np.array(block, dtype=PASSAGE))
    (folder / SECTIONS).write_bytes(msgspec.json.encode(sections))


def _write_vectors(
    folder: Path, work: Path, content: Content, before: Store | None, on_progress: Progress | None
) -> tuple[int, int]:
    texts, encoders = content.texts, content.encoders
    with Growing(folder / KEYS, KEY) as keys:
        for start in range(0, len(texts), BATCH):
            hashes = [hashlib.sha256(text.encode()).digest() for text in texts[start : start + BATCH]]
            keys.add(np.array(hashes, dtype=KEY))
    known = Known(work, encoders, before, content.found, load(folder / KEYS))
    encoded = 0
    with Growing(folder / vectors.WHOLE, np.dtype("<f4"), encoders.dimension) as whole:
        for start in range(0, len(texts), BATCH):
            block, fresh = known.vectors(start, texts[start : start + BATCH])
            whole.add(block)
            encoded += fresh
            if on_progress is not None:
                on_progress("passages", min(start + BATCH, len(texts)), len(texts))
    return len(texts) - encoded, encoded
