"""Libraries of any size for measuring: texts and vectors drawn from real ones, never encoded anew.

A text is real sentences put together at random. Its vector is that of a real passage, moved along what parts neighbours
of other passages (so the cloud keeps its local shape) and by noise, as far as real neighbours lie apart. The text's hash
decides all of it, so the same library comes out in any process and order.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from corpus import passage, sentences
from corpus.document import Citation, Document, Kind, Section, SectionKind
from corpus.label import FACETS, UNSTATED, Label, Origin
from corpus.text import Part, compose
from corpus.vocabulary import Vocabulary
from index.encoder import Encoders
from index.seam import Vectors

SEED = 20_261_124
A_DOCUMENT = 15
"""Sentences of a document on average: some 3.5 passages."""
SHORTEST = 30
"""Characters; what is shorter is a label or a torn line."""
NEIGHBOURS = 8
TITLE = 60
ASKED = 100
DRAWN = ("intervention", "route", "condition")
SPECIES = ("human", "human", "rat", "mouse", "rabbit")
DESIGNS = ("rct", "cohort", "case-series", "animal-study", "systematic-review")


@dataclass(frozen=True, slots=True)
class Real:
    """What is drawn from.

    Attributes:
        vectors: of real passages, with the nearest others of each in `near`.
    """

    sentences: tuple[str, ...]
    vectors: Vectors
    near: NDArray[np.int64]


def real(shared: Path, kept: Path, encoders: Encoders | None, *, documents: int) -> Real:
    """Sentences, vectors and questions of so many real abstracts, encoded once and kept in a folder.

    Args:
        shared: the developers' material.
        kept: where the vectors are kept between runs.
        encoders: the model; None where the vectors are there.
        documents: abstracts at most; they are taken evenly from all.
    """
    records = _records(shared / "data" / "domain" / "abstracts.jsonl")
    records += _records(shared / "data" / "nfcorpus" / "corpus.jsonl")
    records = records[:: max(1, len(records) // documents)][:documents]
    file = kept / f"real-{len(records)}.npz"
    if not file.exists():
        assert encoders is not None
        texts = tuple(text for record in records for text in _texts(record, encoders))
        vectors = encoders.passages.encode(texts)
        questions = _asked(shared)
        np.savez(file, vectors=vectors, near=_near(vectors), asked=encoders.questions.encode(questions))
    held = np.load(file)
    pool = dict.fromkeys(
        record["text"][start:end].strip()
        for record in records
        for start, end in sentences.spans(record["text"])
    )
    kept_sentences = tuple(one for one in pool if len(one) >= SHORTEST)
    return Real(kept_sentences, held["vectors"], held["near"])


def questions(shared: Path, kept: Path, documents: int) -> tuple[tuple[str, ...], Vectors]:
    """Real questions with their vectors, as `real` has kept them."""
    return _asked(shared), np.load(kept / f"real-{documents}.npz")["asked"]


def _asked(shared: Path) -> tuple[str, ...]:
    found = tuple(one["text"] for one in _records(shared / "data" / "nfcorpus" / "queries.jsonl"))
    return found[:: len(found) // ASKED][:ASKED]


def _records(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _texts(record: Mapping[str, str], encoders: Encoders) -> Iterator[str]:
    text, sections = compose(record["title"], [Part(record["text"])])
    document = Document(f"file:{record['_id']}", Kind.PAPER, text, sections, Citation(record["title"]))
    limit, count = encoders.token_limit, encoders.count_tokens
    passages = passage.split(document, limit=limit, count=count)
    yield from passage.embedded(document, passages, limit=limit, count=count)


def _near(vectors: Vectors) -> NDArray[np.int64]:
    """The nearest others of each vector."""
    found = np.empty((len(vectors), NEIGHBOURS), dtype=np.int64)
    for start in range(0, len(vectors), 1024):
        cosines = vectors[start : start + 1024] @ vectors.T
        cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))] = -1
        found[start : start + 1024] = np.argsort(-cosines, axis=1)[:, :NEIGHBOURS]
    return found


class Drawn(Sequence[Document]):
    """So many documents, each made when it is asked for and forgotten.

    Attributes:
        seconds: of the processor, spent on making them.
    """

    def __init__(self, sentences: Sequence[str], count: int) -> None:
        self._sentences = sentences
        self._count = count
        self.seconds = 0.0

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Document: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Document]: ...

    def __getitem__(self, at: int | slice) -> Document | Sequence[Document]:
        """The document of a number, or those of some numbers."""
        if isinstance(at, slice):
            return [self._made(one) for one in range(self._count)[at]]
        return self._made(range(self._count)[at])

    def _made(self, at: int) -> Document:
        began = time.process_time()
        chance = random.Random(SEED + at)  # noqa: S311 - a library to measure on, no secret
        many = chance.randint(A_DOCUMENT - 5, A_DOCUMENT + 5)
        first, *lines = chance.choices(self._sentences, k=many + 1)
        title = f"Synthetic record {at}: {first[:TITLE].rsplit(' ', 1)[0]}"
        text = "\n".join((title, " ".join(lines)))
        sections = (
            Section(SectionKind.TITLE, 0, len(title)),
            Section(SectionKind.BODY, len(title) + 1, len(text)),
        )
        made = Document(f"file:synthetic-{at:08}", Kind.PAPER, text, sections, Citation(title))
        self.seconds += time.process_time() - began
        return made


class DrawnVectors:
    """An encoder that draws a text's vector by the text's hash."""

    def __init__(self, real: Real) -> None:
        self._vectors = real.vectors
        self._near = real.near
        apart = np.linalg.norm(real.vectors - real.vectors[real.near[:, 0]], axis=1)
        self.apart = float(np.median(apart))
        """How far a real passage's nearest other lies."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector of length one for each text."""
        drawn = np.empty((len(texts), self._vectors.shape[1]), dtype=np.float32)
        for row, text in enumerate(texts):
            digest = hashlib.sha256(text.encode()).digest()
            drawn[row] = self._drawn(
                np.random.Generator(np.random.SFC64(int.from_bytes(digest[:8], "little")))
            )
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        return drawn

    def _drawn(self, chance: np.random.Generator) -> Vectors:
        vectors, near = self._vectors, self._near
        one, other = chance.integers(0, len(vectors), 2)
        own = vectors[near[one, chance.integers(NEIGHBOURS)]] - vectors[one]
        across = vectors[near[other, chance.integers(NEIGHBOURS)]] - vectors[other]
        noise = chance.standard_normal(vectors.shape[1], dtype=np.float32)
        noise *= self.apart / 2 / float(np.sqrt(vectors.shape[1]))
        moved: Vectors = vectors[one] + chance.random(dtype=np.float32) * own + across / 2 + noise
        return moved


def encoders(real: Real) -> Encoders:
    """The drawing encoder in the shape that a store is built with; tokens are taken to be four characters long."""
    drawing = DrawnVectors(real)
    return Encoders(
        name="drawn vectors",
        passages=drawing,
        questions=drawing,
        fingerprint="drawn-vectors-1",
        dimension=real.vectors.shape[1],
        token_limit=256,
        count_tokens=lambda text: len(text) // 4 + 2,
    )


class Timed:
    """Encoders, and the processor's seconds that they have encoded passages for."""

    def __init__(self, encoders: Encoders) -> None:
        self._inner = encoders.passages
        self.encoders = replace(encoders, passages=self)
        self.seconds = 0.0

    def encode(self, texts: Sequence[str]) -> Vectors:
        """What the encoder within gives."""
        began = time.process_time()
        made = self._inner.encode(texts)
        self.seconds += time.process_time() - began
        return made


class DrawnLabels:
    """Labels drawn from the vocabulary's own values by a document's id; one study in twenty has two papers."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._values = {facet: sorted(vocabulary.ids(facet)) for facet in DRAWN}
        self._values |= {"species": list(SPECIES), "design": list(DESIGNS)}

    def __call__(self, document: Document) -> Mapping[str, Label]:
        """The labels of a document."""
        digest = hashlib.sha256(document.id.encode()).digest()
        return {
            facet: Label((self._value(facet, digest),), Origin.TEXT_RULE)
            if facet in self._values
            else UNSTATED
            for facet in FACETS
        }

    def _value(self, facet: str, digest: bytes) -> str:
        values, at = self._values[facet], FACETS.index(facet)
        return values[int.from_bytes(digest[2 * at : 2 * at + 3], "little") % len(values)]

    @staticmethod
    def study_of(document: Document, _: Mapping[str, Label]) -> str:
        """The key of the study that a document reports."""
        number = int(document.id.rsplit("-", 1)[1])
        return f"study {number - 1 if number % 20 == 1 else number}"
