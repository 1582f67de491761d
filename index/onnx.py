"""A model of questions without torch: exported to ONNX, run by onnxruntime, its texts cut up by tokenizers.

A vector depends on nothing but its text and the export: one thread, one text at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.ahead import Ahead
from index.digests import Digests
from index.errors import EncoderError
from index.manifest import NAME, FileEntry
from index.sealed import read_sealed, write_sealed
from index.seam import Vectors

FORMAT = 1
"""Raised whenever exports change their form; an older one is then made anew."""
GRAPH, TOKENIZER = "question.onnx", "tokenizer.json"
OUTPUT = "sentence_embedding"
INPUTS = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
"""What a model may ask to be given, and what tokenizers calls it."""
Given = dict[str, NDArray[np.int64]]
"""One text as the model reads it: each input's numbers in one row."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export says of itself.

    Attributes:
        fingerprint: of the encoders whose questions it encodes.
        made_with: the libraries that exported it, with their versions.
        failed: why there is none; then nothing below counts.
        prefix: what the model puts before a question.
        limit: the most tokens it reads, None where it has no limit.
        difference: the largest difference from the model itself, in any number of the vectors of `checked` texts.
        files: the other files of the export by name.
    """

    fingerprint: str
    made_with: str
    failed: str = ""
    inputs: tuple[str, ...] = ()
    prefix: str = ""
    limit: int | None = None
    dimension: int = 0
    difference: float = 0.0
    checked: int = 0
    files: dict[str, FileEntry] = field(default_factory=dict)
    format: int = FORMAT


def write_exported(folder: Path, exported: Exported) -> None:
    """Write what an export says of itself into its folder."""
    write_sealed(folder / NAME, exported)


def read_exported(folder: Path, digests: Digests) -> Exported | None:
    """What the export in a folder says of itself; None where there is none, or none that is whole."""
    exported = read_sealed(folder / NAME, Exported)
    if exported is None or exported.format != FORMAT:
        return None
    files = [folder / name for name in exported.files]
    try:
        whole = exported.failed or _digest(exported.files) == digests.of(
            folder, files, lambda: _found(folder, exported)
        )
    except OSError:
        return None
    return exported if whole else None


def is_whole(folder: Path, exported: Exported) -> bool:
    """Whether every byte of an export is as it was made; all of them are read."""
    try:
        return _digest(exported.files) == _found(folder, exported)
    except OSError:
        return False


def _found(folder: Path, exported: Exported) -> str:
    return _digest({name: entry(folder / name) for name in exported.files})


def entry(path: Path) -> FileEntry:
    """The size and hash of a file."""
    with path.open("rb") as stream:
        return FileEntry(path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())


def _digest(files: dict[str, FileEntry]) -> str:
    return _sha256(
        "\n".join(f"{name} {one.size} {one.sha256}" for name, one in sorted(files.items())).encode()
    )


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


class OnnxEncoder:
    """An exported model, ready to encode.

    Args:
        folder: of the export.
        exported: what it says of itself.
    """

    def __init__(self, folder: Path, exported: Exported) -> None:
        self.exported = exported
        with _translated(folder):
            from tokenizers import Tokenizer

            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            self._session = _session(folder / GRAPH)
        self._folder = folder

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector of length one for each text, each encoded alone."""
        vectors = np.zeros((len(texts), self.exported.dimension), dtype=np.float32)
        with _translated(self._folder):
            for row, text in enumerate(texts):
                vectors[row] = self._run(self._cut_up(text))
        return vectors

    def ahead(self, text: str) -> Ahead[Vectors]:
        """The vector of one text, worked out while its user does something else.

        Its tokens are cut here: the other thread then holds Python only for a moment, before and after.
        """
        with _translated(self._folder):
            given = self._cut_up(text)

        def run() -> Vectors:
            with _translated(self._folder):
                return self._run(given)

        return Ahead(run)

    def _cut_up(self, text: str) -> Given:
        tokens = self._tokenizer.encode(self.exported.prefix + text)
        return {
            name: np.array([getattr(tokens, INPUTS[name])], dtype=np.int64) for name in self.exported.inputs
        }

    def _run(self, given: Given) -> Vectors:
        vector: Vectors = self._session.run([OUTPUT], given)[0][0]
        return vector


def _session(graph: Path) -> Any:
    import onnxruntime  # type: ignore[import-untyped]  # it ships no types

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # sums then have one order
    options.log_severity_level = 3  # errors; they are raised as well
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # onnxruntime and tokenizers raise bare Exceptions of their own
        message = f"the exported model in {folder} failed ({str(error).splitlines()[0] if str(error) else type(error).__name__}); the question is not answered; remove that folder and run 'firstpass index'"
        raise EncoderError(message) from error


def counter(tokenizer: str) -> Callable[[str], int]:
    """What counts the tokens of a text, special ones included, by a tokenizer given as JSON."""
    from tokenizers import Tokenizer

    whole = Tokenizer.from_str(tokenizer)
    whole.no_truncation()
    whole.no_padding()
    return lambda text: len(whole.encode(text).ids)


def limited(tokenizer: str, limit: int | None, side: str) -> str:
    """A tokenizer given as JSON that cuts off after so many tokens and fills nothing up, as JSON."""
    from tokenizers import Tokenizer

    own = Tokenizer.from_str(tokenizer)
    own.no_padding()
    own.no_truncation()
    if limit is not None:
        own.enable_truncation(limit, direction=side)
    made: str = own.to_str()
    return made
