"""Ray, from outside: what is to be made is cut into shards, those not kept yet are made on a cluster, and the store is built of them.

Ray itself runs in a process of its own (index/ray_cluster.py), for it ends the process that it runs in when it loses its
head; what was kept until then is kept. Nothing of Ray is imported here.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import msgspec

from index.errors import ClusterError
from index.publish import writing
from index.shard_work import Done, Order, Recipe, marks_of
from index.shards import MEAN, Found, Marks, Part, Shard, ShardFolder, cut, key_of
from index.store import Store
from index.write import Content, Progress, has_same_vectors

STAGE = "shards"
LOCAL = "local"
"""The address of this machine: a cluster of its own, for as long as the run lasts."""
GOES_ON = "what was encoded until now is kept, and the same command goes on from there"
_ADDRESS = re.compile(r"local|auto|(?:ray://)?(?:[\w.-]+|\[[0-9a-fA-F:.]+\]):\d{1,5}")
_PATIENCE = 20
"""Seconds that Ray has to end its processes when it is told to."""


@dataclass(frozen=True, slots=True)
class Job:
    """What the process that runs Ray is told.

    Attributes:
        source: the file of input.
        workers: the most of them; None for as many as the cluster has processors for.
        threads: of each.
    """

    address: str
    recipe: Recipe
    marks: Marks
    folder: str
    source: str
    dimension: int
    orders: tuple[Order, ...]
    workers: int | None
    threads: int


@dataclass(frozen=True, slots=True)
class Told:
    """A line that it says: a shard done, the end, or what is wrong."""

    done: Done | None = None
    wrong: str = ""
    end: bool = False


@dataclass(frozen=True, slots=True)
class OnRay:
    """Makes what a store says on a Ray cluster.

    Attributes:
        address: as Ray takes it; "local" for this machine.
        recipe: how a worker opens what the store is built with.
        folder: where shards are kept, seen by every worker; None for beside the stores.
        laid: the file that is laid over the vocabulary, for workers to read; None where there is none.
        workers, threads: as in `Job`.
        mean: documents of a shard on average.
        tell: told of each shard that is done.
        run: does the job; Ray, where nothing else is said.
    """

    address: str
    recipe: Recipe
    folder: Path | None = None
    laid: Path | None = None
    workers: int | None = None
    threads: int = 1
    mean: int = MEAN
    tell: Callable[[Done], None] | None = None
    run: Callable[[Job], Iterator[Done]] | None = None

    def __call__(
        self, content: Content, before: Store | None, root: Path, on_progress: Progress | None
    ) -> Found:
        """All shards of what is to be made of these documents, those not kept yet made now.

        Raises:
            ClusterError: a worker is not fit, or Ray is not there or was lost.
        """
        place = root / "work" / "shards" if self.folder is None else self.folder / _own(root)
        kept = ShardFolder(place, content.encoders.dimension)
        marks = marks_of(content.encoders, content.fingerprints.vocabulary)
        with writing(place):
            place.mkdir(parents=True, exist_ok=True)
            for left in place.glob("input-*"):
                left.unlink()
            source = place / f"input-{uuid.uuid4().hex}"
            try:
                shards, orders = self._orders(content, before, kept, (marks, source))
                done = self._made(
                    Job(
                        self.address,
                        self.recipe_in(place),
                        marks,
                        str(place),
                        str(source),
                        kept.dimension,
                        orders,
                        self.workers,
                        self.threads,
                    ),
                    content,
                    on_progress,
                )
            finally:
                source.unlink(missing_ok=True)
        fresh = frozenset(one.key for one in done)
        return Found(kept, shards, fresh, spent=None if self.folder is None else place)

    def recipe_in(self, place: Path) -> Recipe:
        """The recipe, with the library's own vocabulary copied to where workers see it."""
        if self.laid is None:
            return self.recipe
        copy = place / "vocabulary.toml"
        shutil.copyfile(self.laid, copy)
        return replace(self.recipe, given={**self.recipe.given, "vocabulary": str(copy)})

    def _orders(
        self, content: Content, before: Store | None, kept: ShardFolder, made: tuple[Marks, Path]
    ) -> tuple[tuple[Shard, ...], tuple[Order, ...]]:
        marks, source = made
        of = pending(content, before)
        ids = [document.id for document in content.documents]
        shards, orders = [], []
        with source.open("wb") as stream:
            for stretch in cut(ids, [len(line) for line in content.lines], mean=self.mean):
                parts = [
                    (ids[at], part) for at in stretch if (part := of(ids[at], content.lines[at])) is not None
                ]
                if not parts:
                    continue
                each = tuple(part for _, part in parts)
                shards.append(Shard(key_of(marks, each), parts[0][0], parts[-1][0]))
                if kept.read(shards[-1].key) is None:
                    raw, start = msgspec.msgpack.encode(each), stream.tell()
                    stream.write(raw)
                    digest = hashlib.sha256(raw).hexdigest()
                    orders.append(Order(shards[-1].key, start, start + len(raw), digest, len(each)))
            stream.flush()
            os.fsync(stream.fileno())
        return tuple(shards), tuple(orders)

    def _made(self, job: Job, content: Content, on_progress: Progress | None) -> tuple[Done, ...]:
        of = len(content.documents)
        so_far = of - sum(order.documents for order in job.orders)
        done: list[Done] = []
        if not job.orders:
            return ()
        for one in (self.run or ran)(job):
            done.append(one)
            if self.tell is not None:
                self.tell(one)
            so_far += one.documents
            if on_progress is not None:
                on_progress(STAGE, so_far, of)
        return tuple(done)


def pending(content: Content, before: Store | None) -> Callable[[str, bytes], Part | None]:
    """Tells of a document and its line what is to be made of it; None where the store before says all of it."""
    if before is None:
        return lambda _, line: Part(line)
    old, own = before.manifest.fingerprints, content.fingerprints
    same_vectors = has_same_vectors(before, content)
    all_same = same_vectors and (old.splitter, old.vocabulary) == (own.splitter, own.vocabulary)
    keys = before.keys()

    def part(document: str, line: bytes) -> Part | None:
        if not before.has(document):
            return Part(line)
        if all_same and before.document_line(document) == line:
            return None
        passages = before.passages_of(document) if same_vectors else ()
        return Part(line, tuple(bytes(keys[at]) for at in passages))

    return part


def require() -> None:
    """Raise ClusterError unless Ray is installed."""
    if any(find_spec(name) is None for name in ("ray", "pyarrow", "pandas")):
        message = "the library was to be indexed on Ray, which is not installed; nothing was published; install it (pip install 'firstpass[cluster]'), or index without --ray"
        raise ClusterError(message)


def check_address(address: str) -> None:
    """Raise ClusterError unless this can be an address of Ray, and Ray is installed."""
    if not _ADDRESS.fullmatch(address):
        message = f'"{address}" is no address of Ray; nothing was changed; name "local" (this machine), "auto", HOST:PORT or ray://HOST:PORT'
        raise ClusterError(message)
    require()


def ran(job: Job) -> Iterator[Done]:
    """Each shard as it is done, by Ray in a process of its own.

    Raises:
        ClusterError: it could not do all of them.
    """
    require()
    with _process(job) as (process, errors):
        assert process.stdout is not None  # noqa: S101 - it was asked for
        left = len(job.orders)
        for line in process.stdout:
            told = msgspec.json.decode(line, type=Told)
            if told.wrong:
                raise ClusterError(told.wrong)
            if told.end:
                return
            if told.done is not None:
                left -= 1
                yield told.done
        message = f"Ray at {job.address} was lost while {left} of {len(job.orders)} shards were still to be done{_last(errors)}; nothing was published; {GOES_ON}; see that the cluster's head is up"
        raise ClusterError(message)


@contextmanager
def _process(job: Job) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """The process that runs Ray, in a session of its own, so that Ctrl-C reaches it in order; ended however this ends."""
    paths = os.pathsep.join(dict.fromkeys(str(Path(path).resolve()) for path in sys.path if path))
    environment = {
        **os.environ,
        "PYTHONPATH": paths,
        "PYTHONSAFEPATH": "1",
        "RAY_USAGE_STATS_ENABLED": "0",  # nothing of a library is told to anyone
        "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    }
    command = [sys.executable, "-c", "from index.ray_cluster import main; main()"]
    with (
        TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=job.folder,
            env=environment,
            start_new_session=True,
        ) as process,
    ):
        try:
            _tell(process, job)
            yield process, errors
        finally:
            _end(process)


def _tell(process: subprocess.Popen[bytes], job: Job) -> None:
    """Give it the job; its input stays open, and that it closes tells it that we are gone."""
    assert process.stdin is not None  # noqa: S101 - it was asked for
    with suppress(BrokenPipeError):  # it ended already; that is told where its lines are read
        process.stdin.write(msgspec.json.encode(job) + b"\n")
        process.stdin.flush()


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(BrokenPipeError):
        if process.stdin is not None:
            process.stdin.close()
    try:
        process.wait(_PATIENCE)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _last(errors: Any) -> str:
    """What it said last, for the message."""
    errors.seek(0)
    lines = [line.strip() for line in errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
    return f" ({lines[-1][:300]})" if lines else ""


def _own(root: Path) -> str:
    """The name of a root's own folder among those of other roots."""
    return hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]
