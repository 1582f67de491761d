"""Shard work: what one worker does, wherever it runs: a shard's documents split, labelled and encoded, and what came of it kept.

A worker opens its model once. Before its first shard it holds its marks against those of whoever asks: firstpass's own code,
the model, the rules, and the bytes that its processor makes of a few texts. A worker that differs in any makes nothing.
"""

from __future__ import annotations

import hashlib
import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from corpus import passage as splitting
from corpus.document import Document
from corpus.errors import CorpusError
from index import bfloat
from index.errors import EncoderError, SearchError
from index.shards import Marks, Part, Said, ShardFolder

if TYPE_CHECKING:
    from index.build import BuildTools
    from index.encoder import Encoders

PAUSE = 3.0
"""Seconds that a worker rests which cannot read or write, so that it does not take what another could do."""
MEANT = {
    "code": "another firstpass; install the same one on every machine",
    "model": "another model; give it the same one",
    "splitter": "another splitter; install the same firstpass on every machine",
    "vocabulary": "another vocabulary or other rules; install the same firstpass on every machine",
    "arithmetic": 'another arithmetic; name one in library.toml (arithmetic = "float32")',
    "processor": "a processor or libraries that give other last digits for the same text; use machines of one kind with the same torch, or leave it out",
}
"""What each mark that differs means, and what to do."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a worker opens what a store is built with.

    Attributes:
        opener: "module:function", which takes the rest.
        given: what it takes.
    """

    opener: str
    given: Mapping[str, str | int | None]

    def open(self) -> BuildTools:
        """The model, the labels and the rules."""
        module, _, name = self.opener.partition(":")
        made: BuildTools = getattr(import_module(module), name)(**self.given)
        return made


@dataclass(frozen=True, slots=True)
class Order:
    """A shard to be done, and where its documents lie in the file of input.

    Attributes:
        digest: of those bytes.
        documents: how many.
    """

    key: str
    start: int
    end: int
    digest: str
    documents: int


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an order.

    Attributes:
        encoded: texts that were encoded for it; none where it was kept already.
        wrong: why it was not done; empty where it was.
        again: whether another try may do it.
        began, ended: by the worker's clock.
        work: seconds that its processor computed.
    """

    key: str
    documents: int
    encoded: int = 0
    wrong: str = ""
    again: bool = False
    worker: str = ""
    began: float = 0.0
    ended: float = 0.0
    work: float = 0.0


def open_tools(
    *,
    model: str | None,
    question_model: str | None,
    arithmetic: str,
    threads: int,
    vocabulary: str | None,
) -> BuildTools:
    """What a library's store is built with, as the library's settings name it.

    Args:
        model: of passages, by name or folder.
        question_model: of questions.
        arithmetic: of passages.
        threads: on which the model computes.
        vocabulary: the file laid over the vocabulary that ships.
    """
    from corpus.rules import rules_version
    from corpus.tagging import stored_labels
    from corpus.vocabulary import load_vocabulary
    from index.build import BuildTools
    from index.encoder import open_encoder

    words = load_vocabulary(None if vocabulary is None else Path(vocabulary))
    return BuildTools(
        open_encoder(model, question_model, arithmetic=arithmetic, threads=threads),
        lambda document: stored_labels(document, words),
        rules_version(words),
    )


def marks_of(encoders: Encoders, vocabulary: str) -> Marks:
    """What this process would mark a shard with."""
    probe = np.ascontiguousarray(encoders.passages.encode(bfloat.TEXTS), dtype="<f4")
    return Marks(
        code=_code(),
        model=encoders.fingerprint,
        splitter=splitting.fingerprint(),
        vocabulary=vocabulary,
        arithmetic=encoders.arithmetic,
        processor=hashlib.sha256(probe.tobytes()).hexdigest()[:16],
    )


class Worker:
    """Does shards, one after the other, with one model.

    Args:
        recipe: how to open it.
        marks: what vectors and labels must depend on, and on nothing else.
        folder: where shards are kept.
        source: the file of input.
        dimension: the length of a vector.
    """

    def __init__(self, recipe: Recipe, marks: Marks, folder: str, source: str, dimension: int) -> None:
        self._source = Path(source)
        self._folder = ShardFolder(Path(folder), dimension)
        self._name = f"{socket.gethostname()} (process {os.getpid()})"
        self._wrong = ""
        self._at = "its input"
        if not self._source.is_file():
            self._wrong = f"the worker on {self._name} does not see {folder}; let every machine see it under this name, or name another folder ([ray] shards in library.toml)"
            return
        try:
            self._tools = recipe.open()
            self._wrong = self._differs(marks)
        except (SearchError, CorpusError, ImportError) as error:
            self._wrong = f"the worker on {self._name} cannot begin: {error}"

    def _differs(self, expected: Marks) -> str:
        found = marks_of(self._tools.encoders, self._tools.vocabulary)
        for field in fields(Marks):
            if getattr(found, field.name) != getattr(expected, field.name):
                stated = f"firstpass {_version()}, {field.name} {getattr(found, field.name)} and not {getattr(expected, field.name)}"
                return f"the worker on {self._name} has {MEANT[field.name]} ({stated})"
        return ""

    def __call__(self, order: Order) -> Done:
        """Do a shard, unless it is kept already."""
        began, at_work = time.time(), time.process_time()
        encoded, wrong, again = 0, self._wrong, False
        if not wrong:
            try:
                encoded = self._do(order)
            except OSError as error:
                place, reason = error.filename or self._folder.folder, error.strerror or error
                wrong, again = f"the worker on {self._name} cannot use {place} ({reason})", True
                time.sleep(PAUSE)
            except (SearchError, CorpusError) as error:
                wrong = f"the worker on {self._name} failed: {error}"
            except Exception as error:  # noqa: BLE001 - told by the document's name where it can be read, not by Ray's traces
                wrong = f"the worker on {self._name} failed at {self._at} ({type(error).__name__}: {error}); this is a defect of firstpass: report it, and leave that document out until then"
        worked = time.process_time() - at_work
        ended = time.time()
        return Done(order.key, order.documents, encoded, wrong, again, self._name, began, ended, worked)

    def _do(self, order: Order) -> int:
        if self._folder.read(order.key) is not None:
            return 0
        said: list[Said] = []
        missing: dict[bytes, str] = {}
        for part in self._parts(order):
            one, texts = self._said(part)
            said.append(one)
            missing.update((key, text) for key, text in texts.items() if key not in part.known)
        self._at = "its vectors"
        self._folder.write(order.key, said, list(missing), self._encoded(tuple(missing.values())))
        return len(missing)

    def _parts(self, order: Order) -> tuple[Part, ...]:
        with self._source.open("rb") as stream:
            stream.seek(order.start)
            raw = stream.read(order.end - order.start)
        if hashlib.sha256(raw).hexdigest() != order.digest:
            raise OSError(0, "it does not hold what was written to it", str(self._source))
        return msgspec.msgpack.decode(raw, type=tuple[Part, ...])

    def _said(self, part: Part) -> tuple[Said, dict[bytes, str]]:
        document = msgspec.json.decode(part.line, type=Document)
        self._at = document.id
        tools = self._tools
        limit, count = tools.encoders.token_limit, tools.encoders.count_tokens
        labels = dict(tools.label(document))
        passages = splitting.split(document, limit=limit, count=count)
        texts = splitting.embedded(document, passages, limit=limit, count=count) if passages else ()
        said = Said(document.id, labels, tools.study_of(document, labels), passages)
        return said, {hashlib.sha256(text.encode()).digest(): text for text in texts}

    def _encoded(self, texts: Sequence[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        encoders = self._tools.encoders
        made = encoders.passages.encode(texts) if texts else np.zeros((0, encoders.dimension), np.float32)
        if made.shape != (len(texts), encoders.dimension) or not np.isfinite(made).all():
            message = f"the model {encoders.name} gave vectors of another shape or not of numbers; name another model in the settings"
            raise EncoderError(message)
        return made


def _version() -> str:
    try:
        return version("firstpass")
    except PackageNotFoundError:
        return "not installed"


@cache
def _code() -> str:
    """A hash over firstpass's own modules and tables that read, label, split or encode."""
    digest = hashlib.sha256()
    for package in ("corpus", "index"):
        entries = sorted(files(package).iterdir(), key=lambda entry: entry.name)
        for entry in entries:
            if entry.name.endswith((".py", ".toml")):
                # Line ends differ between checkouts; the rules do not.
                content = entry.read_bytes().replace(b"\r\n", b"\n")
                digest.update(f"{package}/{entry.name} {len(content)} ".encode() + content)
    return digest.hexdigest()[:16]
