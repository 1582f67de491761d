"""Questions: what encodes them. The model's export where there is one, which does not import torch; else the model itself.

root/models/FINGERPRINT/   one export, never changed once it is there
root/models/digests.json   hashes of files that were not touched since
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from index import digests, onnx
from index import manifest as manifests
from index.ahead import Ahead
from index.digests import Digests
from index.encoder import Encoder, Encoders, Model, fingerprint, open_encoder
from index.errors import EncoderError, StoreError
from index.onnx import Exported, OnnxEncoder
from index.root import stores
from index.seam import Vectors

MODELS = "models"
MODEL = "sentence-transformers"
"""What a model itself runs on."""
ABSENT = "there is no export of the model"


class Asking(Protocol):
    """What questions are encoded with."""

    @property
    def questions(self) -> Encoder:
        """The encoder of questions."""
        ...


@dataclass(frozen=True, slots=True)
class Questions:
    """The encoder of questions, and what it runs on."""

    questions: Encoder
    runs_on: RunsOn


@dataclass(frozen=True, slots=True)
class RunsOn:
    """What encodes questions.

    Attributes:
        library: "onnxruntime" or "sentence-transformers".
        because: why it is not the first; empty where it is.
        difference: the largest difference from the model itself that was found on `checked` texts.
    """

    library: str
    because: str = ""
    difference: float = 0.0
    checked: int = 0


class Opening:
    """The export of a model, opened while its user does something else.

    Args:
        opens: what opens it.
    """

    def __init__(self, opens: Callable[[], Encoder]) -> None:
        self._opened = Ahead(opens)

    @property
    def questions(self) -> Encoder:
        """The encoder of questions, waited for.

        Raises:
            EncoderError: it cannot be opened.
        """
        return self._opened.get()


def encode_ahead(asking: Asking, question: str) -> Ahead[Vectors]:
    """The vector of a question, worked out while its user does something else."""
    encoder = None if isinstance(asking, Opening) else asking.questions
    if isinstance(encoder, OnnxEncoder):
        return encoder.ahead(question)
    return Ahead(lambda: asking.questions.encode([question])[0])


class ExportedFirst:
    """Questions to vectors by the model's export, once there is one, so that every process gives the same bytes.

    Args:
        exports: where the export is looked for.
        encoders: the model itself, which encodes where there is none.
    """

    def __init__(self, exports: Exports, encoders: Encoders) -> None:
        self.model = encoders.questions
        self._exports = exports
        self._fingerprint = encoders.fingerprint
        self._exported: Encoder | None = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector of length one for each text."""
        if self._exported is None:
            found = self._exports.open(self._fingerprint)
            self._exported = None if found is None else found.questions
        return (self._exported or self.model).encode(texts)


@dataclass(frozen=True, slots=True)
class Exports:
    """The exports below a root of stores."""

    root: Path

    @property
    def digests(self) -> Digests:
        """Hashes of files that were not touched since."""
        return Digests(self.root / MODELS / digests.NAME)

    def folder(self, named: str) -> Path:
        """Where the export of encoders with this fingerprint lies."""
        return self.root / MODELS / named

    def read(self, named: str) -> Exported | None:
        """What the export of encoders with this fingerprint says of itself; None where there is none that is whole."""
        found = onnx.read_exported(self.folder(named), self.digests)
        return found if found is not None and found.fingerprint == named else None

    def verify(self, named: str) -> None:
        """Raise EncoderError unless every byte of the export, where there is one, is as it was made."""
        found = self.read(named)
        if found is not None and not found.failed and not onnx.is_whole(self.folder(named), found):
            message = f"the exported model in {self.folder(named)} is not as it was made; questions would be answered wrongly with it; remove that folder and run 'firstpass index'"
            raise EncoderError(message)

    def runs_on(self, named: str) -> RunsOn:
        """What questions to encoders with this fingerprint are encoded with."""
        found = self.read(named)
        if found is None or found.failed:
            return RunsOn(MODEL, ABSENT if found is None else found.failed)
        return RunsOn("onnxruntime", difference=found.difference, checked=found.checked)

    def open(self, named: str) -> Questions | None:
        """The encoder of questions without torch; None where there is none."""
        found = self.read(named)
        if found is None or found.failed:
            return None
        return Questions(OnnxEncoder(self.folder(named), found), self.runs_on(named))

    def open_ahead(self, named: str) -> Opening | None:
        """The same, opened while its user does something else; None where there is none."""
        found = self.read(named)
        if found is None or found.failed:
            return None
        return Opening(lambda: OnnxEncoder(self.folder(named), found))

    def first(self, encoders: Encoders) -> Encoders:
        """The same encoders, their questions encoded by the export once there is one."""
        return replace(encoders, questions=ExportedFirst(self, encoders))

    def make(self, encoders: Encoders, texts: Callable[[], Sequence[str]] = tuple) -> None:
        """Export the encoder of questions, checked on these texts, unless that is done.

        An export that failed before is tried again where the libraries are others now. Encoders that are no
        sentence-transformers model have none; where nothing can be written there is none either.
        """
        from index.export import made_with

        found = self.read(encoders.fingerprint)
        if found is not None and (not found.failed or found.made_with == made_with()):
            return
        asked = encoders.questions
        model = asked.model if isinstance(asked, ExportedFirst) else asked
        if isinstance(model, Model):
            with suppress(OSError):
                self._make(model, encoders.fingerprint, texts())
                self._keep(encoders.fingerprint)

    def _make(self, model: Model, named: str, texts: Sequence[str]) -> None:
        from index.export import export

        aside = self.root / "aside" / uuid.uuid4().hex
        aside.mkdir(parents=True)
        try:
            onnx.write_exported(aside, export(model, aside, named, texts))
            manifests.sync(aside)
            target = self.folder(named)
            target.parent.mkdir(exist_ok=True)
            shutil.rmtree(target, ignore_errors=True)
            aside.rename(target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _keep(self, named: str) -> None:
        """Remove the exports that neither these encoders nor a store that is kept can use."""
        used = {named}
        for store in sorted(stores(self.root).glob("*")):
            with suppress(StoreError):
                used.add(manifests.read(store).fingerprints.model)
        for folder in sorted((self.root / MODELS).iterdir()):
            if folder.is_dir() and folder.name not in used:
                shutil.rmtree(folder, ignore_errors=True)


def open_questions(
    exports: Exports,
    name: str | None = None,
    question_name: str | None = None,
    *,
    texts: Callable[[], Sequence[str]] = tuple,
) -> Questions:
    """The encoder of questions of a model: its export, which does not import torch, else the model itself.

    An export that is not there, or not whole, is made first, and checked on `texts`.
    """
    named = fingerprint(name, question_name, remembered=exports.digests)
    found = exports.read(named)
    if found is None:
        exports.make(open_encoder(name, question_name), texts)
    opened = exports.open(named)
    return opened or Questions(open_encoder(name, question_name).questions, exports.runs_on(named))
