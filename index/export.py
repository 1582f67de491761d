"""Export: the model of questions to ONNX, checked against the model itself; where that fails, the model itself is used.

root/models/FINGERPRINT/   one export, never changed once it is there
root/models/digests.json   hashes of files that were not touched since
"""

from __future__ import annotations

import logging
import shutil
import uuid
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, replace
from importlib import metadata
from io import StringIO
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index import digests, onnx
from index.digests import Digests
from index.encoder import Encoder, Encoders, Model, fingerprint, open_encoder
from index.errors import EncoderError
from index.onnx import GRAPH, INPUTS, OUTPUT, TOKENIZER, Exported, OnnxEncoder

MODELS = "models"
EXACT = 1e-4
"""The largest difference from the model itself, in any number of any vector, that an export may have."""
LONG = "knee " * 40_000
"""More than any model reads: what is left of it shows where a model cuts off."""
HARD = (
    "",
    "BMC",
    "Schmerz im Knie nach Spritze: was hilft? 膝の痛み",
    "n = 48; p < 0.05 (95% CI −1.2–3.4)",  # noqa: RUF001 - signs as printed
    LONG[:5000],
)
"""Texts on which tokenizers differ first: nothing, one word, other scripts, numbers, too long a text."""
LIBRARIES = (
    "torch",
    "sentence-transformers",
    "transformers",
    "tokenizers",
    "onnx",
    "onnxscript",
    "onnxruntime",
)


class Asking(Protocol):
    """What questions are encoded with."""

    @property
    def questions(self) -> Encoder:
        """The encoder of questions."""
        ...


@dataclass(frozen=True, slots=True)
class Questions:
    """The encoder of questions, with what it runs on.

    Attributes:
        runs_on: "onnxruntime" or "sentence-transformers".
        because: why it is not the first; empty where it is.
    """

    questions: Encoder
    runs_on: str
    because: str = ""


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

    def open(self, named: str) -> Questions | None:
        """The encoder of questions without torch; None where there is none."""
        found = self.read(named)
        if found is None or found.failed:
            return None
        return Questions(OnnxEncoder(self.folder(named), found), "onnxruntime")

    def make(self, encoders: Encoders, texts: Sequence[str]) -> Exported | None:
        """Export the encoder of questions unless that is done, checked on these texts; what it says of itself.

        An export that failed before is tried again where the libraries are others now. None where the encoders are
        not a model, or nothing can be written.
        """
        found = self.read(encoders.fingerprint)
        if found is not None and (not found.failed or found.made_with == made_with()):
            return found
        if not isinstance(encoders.questions, Model):
            return None
        with suppress(OSError):
            return self._make(encoders.questions, encoders.fingerprint, texts)
        return None

    def _make(self, model: Model, named: str, texts: Sequence[str]) -> Exported:
        aside = self.root / "aside" / uuid.uuid4().hex
        aside.mkdir(parents=True)
        try:
            made = _exported(model, aside, named, (*HARD, *texts))
            onnx.write_exported(aside, made)
            target = self.folder(named)
            target.parent.mkdir(exist_ok=True)
            if self.read(named) is None or not made.failed:
                shutil.rmtree(target, ignore_errors=True)
                aside.rename(target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return made

    def keep(self, named: Sequence[str]) -> None:
        """Remove the exports of all but these encoders."""
        with suppress(OSError):
            for folder in sorted((self.root / MODELS).iterdir()):
                if folder.is_dir() and folder.name not in named:
                    shutil.rmtree(folder, ignore_errors=True)

    def questions(self, encoders: Encoders) -> Questions:
        """What to encode questions with once encoders are loaded: their export, so that every process gives the same bytes."""
        return self.open(encoders.fingerprint) or self._fallback(encoders)

    def _fallback(self, encoders: Encoders) -> Questions:
        found = self.read(encoders.fingerprint)
        because = found.failed if found is not None else "there is no export"
        return Questions(encoders.questions, "sentence-transformers", because)


def open_questions(
    exports: Exports, name: str | None = None, question_name: str | None = None, *, texts: Sequence[str] = ()
) -> Questions:
    """The encoder of questions of a model: its export, which does not import torch, else the model itself.

    An export that is not there, or not whole, is made now; it is checked on `texts`.
    """
    opened = exports.open(fingerprint(name, question_name, remembered=exports.digests))
    if opened is not None:
        return opened
    encoders = open_encoder(name, question_name)
    exports.make(encoders, texts)
    return exports.questions(encoders)


def made_with() -> str:
    """The libraries that export, with their versions."""
    return " ".join(f"{name} {_version(name)}" for name in LIBRARIES)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"


def _exported(model: Model, folder: Path, named: str, texts: Sequence[str]) -> Exported:
    """An export written into a folder and checked, or what stood in its way."""
    start = Exported(named, made_with(), dimension=model.dimension)
    try:
        made = _written(model, folder, start)
        return _checked(OnnxEncoder(folder, made), model, texts)
    except Exception as error:  # noqa: BLE001 - whatever an exporter raises, the model itself still answers
        for file in folder.iterdir():
            file.unlink()
        lines = str(error).strip().splitlines()
        return replace(start, failed=lines[0] if lines else type(error).__name__)


def _checked(encoder: OnnxEncoder, model: Model, texts: Sequence[str]) -> Exported:
    made = encoder.exported
    difference = float(np.abs(encoder.encode(texts) - model.encode(texts)).max(initial=0.0))
    if not difference <= EXACT:
        message = f"the export differs from the model itself by {difference:.2g} on {len(texts)} texts, more than {EXACT:g}"
        raise EncoderError(message)
    return replace(made, difference=difference, checked=len(texts))


def _written(model: Model, folder: Path, start: Exported) -> Exported:
    bare = model.bare
    prefix = _prefix(bare)
    features = dict(
        bare.preprocess(["one question of some words", "two"], prompt=prefix or None, task="query")
    )
    inputs = tuple(name for name in INPUTS if name in features)
    tokenizer = bare.tokenizer.backend_tokenizer.to_str()
    read = bare.preprocess([LONG], prompt=prefix or None, task="query")["input_ids"].shape[1]
    limit = read if read < onnx.counter(tokenizer)(prefix + LONG) else None
    (folder / TOKENIZER).write_text(
        onnx.limited(tokenizer, limit, bare.tokenizer.truncation_side), encoding="utf-8"
    )
    _write_graph(bare, features, inputs, folder / GRAPH)
    files = {name: onnx.entry(folder / name) for name in sorted(path.name for path in folder.iterdir())}
    return replace(start, inputs=inputs, prefix=prefix, limit=limit, files=files)


def _prefix(bare: Any) -> str:
    """What the model puts before a question, as `encode_query` chooses it."""
    named = "query" if "query" in bare.prompts else bare.default_prompt_name
    return bare.prompts.get(named) or ""


def _write_graph(bare: Any, features: dict[str, Any], inputs: Sequence[str], path: Path) -> None:
    import torch

    tensors = {name for name, value in features.items() if isinstance(value, torch.Tensor)}
    if unknown := sorted(tensors - set(inputs)):
        message = f"the model asks to be given {', '.join(unknown)}, which no tokenizer gives"
        raise EncoderError(message)
    fixed = {name: value for name, value in features.items() if name not in tensors}
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    with _quiet(), torch.no_grad():
        torch.onnx.export(
            _whole(bare, fixed, inputs),
            tuple(features[name] for name in inputs),
            str(path),
            input_names=list(inputs),
            output_names=[OUTPUT],
            dynamo=True,
            dynamic_shapes=(tuple(dict(free) for _ in inputs),),
            external_data=True,
            verbose=False,
        )
    _strip(path)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the exporter says about itself, its future and packages that are absent off the terminal."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _whole(bare: Any, fixed: dict[str, Any], inputs: Sequence[str]) -> Any:
    """The whole model, pooling and all, as one module from tokens to vectors of length one."""
    import torch

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bare = bare

        def forward(self, *given: torch.Tensor) -> torch.Tensor:
            out = self.bare({**fixed, **dict(zip(inputs, given, strict=True))}, task="query")
            vectors = out["sentence_embedding"][:, : bare.truncate_dim]
            return torch.nn.functional.normalize(vectors, p=2, dim=1)

    return Whole().eval()


def _strip(path: Path) -> None:
    """Take out what the exporter writes about the place and code it ran from."""
    import onnx as library

    graph = library.load(str(path), load_external_data=False)
    for node in graph.graph.node:
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    graph.ClearField("metadata_props")
    path.write_bytes(graph.SerializeToString())
