"""Publish: a store written aside becomes the one that is served, in one step; history, rollback, pruning, repair.

Whatever is killed when: `current` names a whole store or there is none. What else is left over is removed by
the next run (`repair`).
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import msgspec

from index import manifest as manifests
from index.engine import engine_of
from index.errors import StoreDamaged, StoreError, StoreLocked, StoreMissing
from index.manifest import sync_path
from index.root import (
    NEXT,
    Pointer,
    Publication,
    append_history,
    history,
    is_version,
    read_pointer,
    stores,
    write_pointer,
)

READY = 2
"""Stores that an engine holds in memory: what is served and what was before."""
KEEP = 3
"""Stores kept by default: what is served and two to go back to."""


def now() -> str:
    """The time that a store is said to be built at: SOURCE_DATE_EPOCH where set, else the clock (UTC).

    Raises:
        StoreError: what SOURCE_DATE_EPOCH says is no time.
    """
    stated = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        when = datetime.fromtimestamp(int(stated), UTC) if stated else datetime.now(UTC)
    except (ValueError, OverflowError, OSError) as error:
        message = f'SOURCE_DATE_EPOCH is "{stated[:40]}", which is no time in seconds since 1970; nothing was changed; mend it or unset it'
        raise StoreError(message) from error
    return when.isoformat(timespec="seconds")


class BuildLock:
    """The right to change what is below a root, held until released or until the process ends.

    Raises:
        StoreLocked: another process, or another build of this one, has it.
        StoreError: the root cannot be written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        from filelock import FileLock, Timeout

        since = now()
        with writing(root):
            for folder in (root, stores(root), root / "aside", root / "work"):
                folder.mkdir(parents=True, exist_ok=True)
            if not (root / ".gitignore").exists():
                (root / ".gitignore").write_text("*\n", encoding="ascii")
            self._lock = FileLock(root / "lock", timeout=0)
            try:
                self._lock.acquire()
            except Timeout as error:
                message = f"another build of {root} is under way ({_holder(root)}); nothing was changed; wait until it has ended and run the command again"
                raise StoreLocked(message) from error
            self._say(since)

    def _say(self, since: str) -> None:
        import socket

        holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
        try:
            _write(self.root / "builder.json", msgspec.json.encode(holder))
        except OSError:
            self._lock.release()
            raise

    def release(self) -> None:
        """Let others build."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


@contextmanager
def writing(root: Path, *, published: str = "") -> Iterator[None]:
    """Translate what the file system refuses into a StoreError that says what to do.

    Args:
        root: of the stores.
        published: the version that is served already, where only what comes after that is written.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        follows = "nothing was published and the store served before stays"
        if published:
            follows = f"store {published} is served and whole, only the history or old stores are not in order yet, which the next 'firstpass index' mends"
        message = f"{error.filename or root} cannot be written ({reason}); {follows}; free space or grant the right to write, then run the command again"
        raise StoreError(message) from error


def publish_folder(root: Path, aside: Path, *, built: str, reason: str = "") -> Pointer:
    """Make a store that was written aside the one that is served; the lock is the caller's.

    Args:
        root: of the library's stores.
        aside: the folder of the store, whole, in the root's own "aside".
        built: when it was built.
        reason: why it is published although something got worse; empty otherwise.
    """
    version = manifests.read(aside).version
    target = stores(root) / version
    with writing(root):
        manifests.sync(aside)
        if target.exists():
            remove(root, target)
        aside.rename(target)
        sync_path(target.parent)
        pointer = Pointer(version, built)
        write_pointer(root, pointer)
    with writing(root, published=version):
        append_history(root, Publication(version, built, built, "build", reason))
    return pointer


def rollback(root: Path, to: str | None = None, *, at: str | None = None, reason: str = "") -> Pointer:
    """Serve an earlier store again: the one before the current, or the one named.

    Raises:
        StoreMissing: there is no such store any more.
        StoreDamaged: it is not as it was published.
    """
    with BuildLock(root):
        version = to or before(root)
        folder = stores(root) / version
        past = [line for line in history(root) if line.version == version]
        if not past or not folder.is_dir():
            kept = ", ".join(available(root)) or "none"
            message = f"there is no store {version} in {root}; what is served stays; name one of those kept ({kept})"
            raise StoreMissing(message)
        stated = manifests.read(folder)
        manifests.check(folder, stated)
        if stated.version != version:
            message = f"{folder} holds store {stated.version}; what is served stays; name another version"
            raise StoreDamaged(message)
        pointer = Pointer(version, past[-1].built)
        with writing(root):
            write_pointer(root, pointer)
        with writing(root, published=version):
            line = Publication(version, pointer.built, at or now(), "rollback", reason)
            append_history(root, line)
        return pointer


def available(root: Path) -> tuple[str, ...]:
    """The versions that can be served, the one published last first."""
    latest = {line.version: number for number, line in enumerate(history(root))}
    return tuple(v for v in sorted(latest, key=lambda v: -latest[v]) if (stores(root) / v).is_dir())


def before(root: Path) -> str:
    """The version that was built before the current one: going back twice goes back two."""
    served = read_pointer(root).version
    built = [line.version for line in history(root) if line.act == "build"]
    last = len(built) - 1 - built[::-1].index(served) if served in built else len(built)
    for version in reversed(built[:last]):
        if version != served and (stores(root) / version).is_dir():
            return version
    message = f"there is no store before {served} in {root}; what is served stays"
    raise StoreMissing(message)


def prune(root: Path, keep: int = KEEP) -> tuple[str, ...]:
    """Remove all but the `keep` stores published last, never the one served; gives back the versions removed."""
    with BuildLock(root):
        return prune_held(root, keep)


def prune_held(root: Path, keep: int = KEEP) -> tuple[str, ...]:
    """As `prune`, where the caller holds the lock."""
    served = read_pointer(root).version
    kept = {served, *[v for v in available(root) if v != served][: max(keep - 1, 0)]}
    with writing(root, published=served):
        spare = sorted(p for p in stores(root).iterdir() if is_version(p.name) and p.name not in kept)
        for folder in spare:
            remove(root, folder)
    sweep_held(root)
    return tuple(folder.name for folder in spare)


def sweep_held(root: Path) -> tuple[str, ...]:
    """Remove from the engine the collections of which no store is kept; gives back their versions; the lock is the caller's."""
    engine = engine_of(root)
    if engine is None:
        return ()
    # Who asks the store served before is not cut off: it goes out of memory with the next publication.
    ready = set(available(root)[:READY])
    with suppress(StoreMissing, StoreDamaged):
        ready.add(read_pointer(root).version)
    try:
        return engine.sweep({folder.name for folder in stores(root).iterdir()}, ready)
    except StoreError:
        if (root / NEXT).exists():
            raise
        return ()  # what is served needs no engine, and one that does not answer is swept by a later run


def repair(root: Path) -> tuple[str, ...]:
    """Remove what killed runs left over and complete the history; says what it did."""
    if not root.is_dir():
        return ()
    with BuildLock(root):
        return repair_held(root)


def repair_held(root: Path) -> tuple[str, ...]:
    """As `repair`, where the caller holds the lock."""
    done = []
    with writing(root):
        for left in sorted([*(root / "aside").iterdir(), *root.glob("*.new")]):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
            done.append(f"removed {left.relative_to(root)}, left by an interrupted run")
        done += [
            f"removed the collection of {version}, left by an interrupted run" for version in sweep_held(root)
        ]
        with suppress(StoreMissing, StoreDamaged):
            pointer = read_pointer(root)
            past = history(root)
            if not past or past[-1].version != pointer.version:
                line = Publication(pointer.version, pointer.built, pointer.built, "build", "")
                known = [old for old in past if old.version == pointer.version]
                append_history(root, Publication(*_as_rollback(line)) if known else line)
                done.append(f"completed the history with {pointer.version}")
    return tuple(done)


def _as_rollback(line: Publication) -> tuple[str, str, str, str, str]:
    return line.version, line.built, line.at, "rollback", line.reason


def remove(root: Path, folder: Path) -> None:
    """Remove a store: first out of the place where stores are looked for, in one step, then its files."""
    trash = root / "aside" / f"removed-{uuid.uuid4().hex}"
    folder.rename(trash)
    sync_path(folder.parent)
    shutil.rmtree(trash)


def _holder(root: Path) -> str:
    try:
        said = msgspec.json.decode((root / "builder.json").read_bytes(), type=dict[str, str | int])
    except (OSError, msgspec.DecodeError, RecursionError):
        return "it does not say whose"
    return f"process {said.get('pid')} on {said.get('host')}, since {said.get('since')}"


def _write(path: Path, content: bytes) -> None:
    aside = path.with_name(f"{path.name}.{os.getpid()}.new")
    aside.write_bytes(content)
    aside.replace(path)
