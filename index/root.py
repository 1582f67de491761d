"""The root of a library's stores: where it is, which store is served, and what was published before.

root/current            one line: version, when it was built, a hash of the two; replaced in one step
root/history.jsonl      one line a publication, oldest first
root/stores/VERSION/    never changed once it is there
root/aside/             what is being built or removed; nothing in it is ever served
root/work               vectors of an interrupted build
root/lock, root/builder.json
root/engine.json        which engine holds the vectors and words of stores; absent where none does (index/engine.py)
root/next               as current, written before the engine's alias is moved; absent where what is served lies on disk alone
root/digests.json       hashes of stores' files that were not touched since; may be removed
root/statuses.jsonl     a copy of what retraction checks found (corpus/statuses.py); it holds where the library's own is lost
root/vocabulary.kept    the vocabulary as questions are read with it, a copy with its hash; may be removed
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from index.digests import NAME as DIGESTS
from index.digests import Digests
from index.engine import COLLECTION, engine_of
from index.errors import StoreDamaged, StoreError, StoreMissing
from index.manifest import CURE, DIGITS, sync_path

FOLDER = ".firstpass"
NEXT = "next"
VARIABLE = "FIRSTPASS_STORES"
_VERSION = re.compile(rf"[0-9a-f]{{{DIGITS}}}")
_POINTER = re.compile(rf"([0-9a-f]{{{DIGITS}}}) (\S+) ([0-9a-f]{{{DIGITS}}})\n")


def store_root(library: Path, *, shipped: bool = False) -> Path:
    """The root of a library's stores: within it, or in the user's own folder where it ships or cannot be written.

    FIRSTPASS_STORES, where set, names the root itself.
    """
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser()
    inside = library / FOLDER
    writable = os.access(inside if inside.is_dir() else library, os.W_OK)
    if not shipped and (writable or (inside / "current").is_file()):
        return inside
    from platformdirs import user_data_path

    key = hashlib.sha256(str(library.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:DIGITS]
    return user_data_path("firstpass") / key


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which store is served, and when it was built (ISO 8601, UTC)."""

    version: str
    built: str


@dataclass(frozen=True, slots=True)
class Publication:
    """One line of the history.

    Attributes:
        act: "build" or "rollback".
        at: when it was published; `built` is when the store was first built.
    """

    version: str
    built: str
    at: str
    act: str
    reason: str
    check: str = ""


def stores(root: Path) -> Path:
    """The folder of published stores."""
    return root / "stores"


def remembered(root: Path) -> Digests:
    """The hashes of stores' files that were not touched since."""
    return Digests(root / DIGESTS)


def is_version(name: str) -> bool:
    """Whether a name is that of a store; whatever else lies beside stores is not firstpass's."""
    return _VERSION.fullmatch(name) is not None


def read_pointer(root: Path) -> Pointer:
    """What is served.

    Raises:
        StoreMissing: nothing was published yet.
        StoreDamaged: the pointer was altered.
        StoreError: the engine that holds the stores does not answer.
    """
    engine = engine_of(root) if (root / NEXT).exists() else None
    served = None if engine is None else engine.served()
    return _read(root / "current") if served is None else _aliased(root, served)


def _aliased(root: Path, version: str) -> Pointer:
    """The pointer to the store whose collection is served: as written before or after that step, else as last published."""
    for name in (NEXT, "current"):
        with suppress(StoreMissing, StoreDamaged):
            pointer = _read(root / name)
            if pointer.version == version:
                return pointer
    for line in reversed(history(root)):
        if line.version == version:
            return Pointer(version, line.built)
    message = f"the engine serves store {version} and {root} knows nothing of it; no store is served; {CURE} or name a version ('firstpass rollback')"
    raise StoreDamaged(message)


def _read(path: Path) -> Pointer:
    root = path.parent
    try:
        line = path.read_bytes().decode("ascii")
    except FileNotFoundError as error:
        message = (
            f"there is no published store in {root}; nothing can be searched; build one ('firstpass index')"
        )
        raise StoreMissing(message) from error
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read ({error}); no store is served; {CURE} or name a version ('firstpass rollback')"
        raise StoreDamaged(message) from error
    found = _POINTER.fullmatch(line)
    if not found or found[3] != _check(found[1], found[2]):
        message = f"{path} was altered or truncated; no store is served; {CURE} or name a version ('firstpass rollback')"
        raise StoreDamaged(message)
    return Pointer(found[1], found[2])


def current_version(root: Path) -> str | None:
    """The version that is served, None where nothing was published; cheap enough to ask before every question."""
    try:
        return read_pointer(root).version
    except StoreMissing:
        return None


def write_pointer(root: Path, pointer: Pointer) -> None:
    """Make a store the one that is served, in one step.

    Where an engine holds the store, the step is moving its alias; `next` then says when the store was built. Where none does
    it is replacing `current`, or, where the store served until now is in an engine, removing `next`: then no alias counts.
    """
    engine = engine_of(root)
    if engine is not None and (stores(root) / pointer.version / COLLECTION).is_file():
        engine.served()  # asked first: an engine that does not answer must leave what is served as it is
        _write(root, NEXT, pointer)
        engine.serve(pointer.version)
        _write(root, "current", pointer)
        return
    _write(root, "current", pointer)
    if (root / NEXT).exists():
        (root / NEXT).unlink()
        sync_path(root)
    if engine is not None:
        with suppress(StoreError):  # nobody asks the alias any more
            engine.release()


def _write(root: Path, name: str, pointer: Pointer) -> None:
    aside = root / f"{name}.{os.getpid()}.new"
    with aside.open("wb") as stream:
        stream.write(
            f"{pointer.version} {pointer.built} {_check(pointer.version, pointer.built)}\n".encode("ascii")
        )
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(root / name)
    sync_path(root)


def history(root: Path) -> tuple[Publication, ...]:
    """All publications whose lines are whole, oldest first; a line that a power cut tore is no publication.

    Raises:
        StoreDamaged: it cannot be read at all.
    """
    path = root / "history.jsonl"
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return ()
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}); what is served stays, and no other store can be named; grant the right to read it, or move it away and build again ('firstpass index')"
        raise StoreDamaged(message) from error
    found = []
    for line in lines:
        try:
            publication = msgspec.json.decode(line, type=Publication)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if publication.check == _publication_check(publication):
            found.append(publication)
    return tuple(found)


def append_history(root: Path, publication: Publication) -> None:
    """Add a publication to the history."""
    line = msgspec.json.encode(replace(publication, check=_publication_check(publication)))
    path = root / "history.jsonl"
    with path.open("ab") as stream:
        stream.write(b"\n" + line + b"\n" if stream.tell() else line + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def _publication_check(publication: Publication) -> str:
    return _check(publication.version, publication.built, publication.at, publication.act, publication.reason)


def _check(*parts: str) -> str:
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:DIGITS]
