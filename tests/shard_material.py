"""What the tests of shards share: tools that a worker opens by name, each text that it encodes noted in a file."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from store_material import tools
from word_encoder import word_encoders

from index.build import BuildTools
from index.digests import sha256
from index.ray_run import Job, OnRay
from index.root import current_version, stores
from index.seam import Vectors
from index.shard_work import Done, Recipe, Worker

MEAN = 8
"""Documents of a shard on average, so that few documents make several."""


@dataclass(frozen=True, slots=True)
class Noting:
    """The word encoder, which notes the title of each record it encodes in a file, and takes so long for each."""

    notes: Path
    seconds: float

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector a text."""
        for text in texts:
            if text.startswith("Synthetic record"):
                time.sleep(self.seconds)
                with self.notes.open("a", encoding="utf-8") as stream:
                    stream.write(f"{os.getpid()} {text.splitlines()[0]}\n")
        return word_encoders().passages.encode(texts)


def open_tools(*, notes: str, milliseconds: int, vocabulary: str) -> BuildTools:
    """The tools of the tests; their encoder notes what it encodes where a file is named."""
    plain = tools(vocabulary)
    if not notes:
        return plain
    return replace(plain, encoders=replace(plain.encoders, passages=Noting(Path(notes), milliseconds / 1000)))


def recipe(notes: Path | None = None, *, milliseconds: int = 0, vocabulary: str = "synthetic-1") -> Recipe:
    """How a worker opens them."""
    given: dict[str, str | int | None] = {
        "notes": str(notes or ""),
        "milliseconds": milliseconds,
        "vocabulary": vocabulary,
    }
    return Recipe("shard_material:open_tools", given)


def in_this_process(job: Job) -> Iterator[Done]:
    """Does a job without Ray, by one worker."""
    worker = Worker(job.recipe, job.marks, job.folder, job.source, job.dimension)
    return map(worker, job.orders)


def on(elsewhere: OnRay) -> BuildTools:
    """The tools of the tests, whose documents are made elsewhere."""
    return replace(tools(), elsewhere=elsewhere)


def here(notes: Path | None = None) -> OnRay:
    """What makes shards in this process."""
    return OnRay("local", recipe(notes), mean=MEAN, run=in_this_process)


def files_of(root: Path) -> dict[str, str]:
    """The hash of each file of the store that is served."""
    folder = stores(root) / str(current_version(root))
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path) for path in found}


def noted(notes: Path) -> Counter[str]:
    """How often each title was encoded."""
    lines = notes.read_text("utf-8").splitlines() if notes.exists() else []
    return Counter(line.split(" ", 1)[1] for line in lines)


def open_model(*, arithmetic: str) -> BuildTools:
    """The embedded model on one thread, with the labels of the tests."""
    from index.encoder import open_encoder

    return replace(tools("none"), encoders=open_encoder(arithmetic=arithmetic, threads=1))
