"""Export: a model to ONNX, pooling, prompt and all, checked against the model itself."""

from __future__ import annotations

import errno
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from importlib import metadata
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from index import onnx
from index.encoder import Model
from index.errors import EncoderError
from index.onnx import GRAPH, INPUTS, OUTPUT, TOKENIZER, Exported, OnnxEncoder

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


def made_with() -> str:
    """The libraries that export, with their versions."""
    return " ".join(f"{name} {_version(name)}" for name in LIBRARIES)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"


def export(model: Model, folder: Path, named: str, texts: Sequence[str]) -> Exported:
    """Write a model's export into an empty folder and check it; what it says of itself, or what stood in its way.

    Args:
        model: of questions.
        folder: empty; stays so where the export or its check fails.
        named: the fingerprint of the encoders that the model is of.
        texts: what it is checked on, beside texts that are hard for tokenizers.

    Raises:
        OSError: the disk or the memory was full, or the like: nothing is said of the model, which may be exported another time.
    """
    start = Exported(named, made_with(), dimension=model.dimension)
    try:
        made = _written(model, folder, start)
        return _checked(OnnxEncoder(folder, made), model, (*HARD, *texts))
    except Exception as error:
        for file in folder.iterdir():
            file.unlink()
        if (machine := _of_the_machine(error)) is not None:
            raise machine from error
        lines = str(error).strip().splitlines()
        return replace(start, failed=lines[0] if lines else type(error).__name__)


def _of_the_machine(error: BaseException | None) -> OSError | None:
    """What the machine refused, if that is behind an error: a full disk, say."""
    while error is not None:
        if isinstance(error, MemoryError):
            return OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        if isinstance(error, OSError):
            return error
        error = error.__cause__ or error.__context__
    return None


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
