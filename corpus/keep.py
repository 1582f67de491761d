"""Keep: files written into a library so that nothing of it is lost, whatever is killed when.

A file is written aside, flushed to the disk, then put in its place in one step; what lies there already is never
written over. Nothing is written through a link that leads out of the library.
"""

from __future__ import annotations

import errno
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from corpus.errors import LibraryError

OWN = ".firstpass/pull"
_LONG_ENDINGS = (".xml.gz", ".nbib.gz", ".ris.gz", ".meta.toml")
_LONGEST_NAME = 255
_ROOM = "-99999"
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


@contextmanager
def held_alone(folder: Path) -> Iterator[None]:
    """The right to write into the library, held until the block ends or the process does; what was left aside is removed.

    Raises:
        LibraryError: another run holds it, or the folder cannot be written.
    """
    own = folder / OWN
    try:
        own.mkdir(parents=True, exist_ok=True)
        _inside(folder, own)
        lock = FileLock(own / "lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        msg = f"another add or pull is at work in {folder}, so nothing was changed; wait for it to end"
        raise LibraryError(msg) from error
    except OSError as error:
        msg = f"{folder} cannot be written ({error.strerror or error}), so nothing was changed; mend its permissions"
        raise LibraryError(msg) from error
    try:
        for left in own.glob("aside-*"):
            with suppress(OSError):
                left.unlink()
        yield
    finally:
        lock.release()


def put_new(folder: Path, name: str, content: bytes) -> None:
    """Put a file into the library under a name that is free.

    Raises:
        LibraryError: there is a file of that name, the name leads out of the library, or it cannot be written.
    """
    target = folder / name
    with _told(name):
        aside = _written_aside(folder, target, content)
        try:
            _linked(aside, target)
        finally:
            aside.unlink(missing_ok=True)
        _flush_folder(target.parent)


def put_again(folder: Path, name: str, content: bytes) -> None:
    """Put a file of firstpass's own into the library, in place of an earlier one of that name.

    Raises:
        LibraryError: the name leads out of the library, or it cannot be written.
    """
    target = folder / name
    with _told(name):
        aside = _written_aside(folder, target, content)
        try:
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
        _flush_folder(target.parent)


def append_line(folder: Path, name: str, line: str) -> None:
    """Add a line to a file of the library; one that broke off before it is closed first, and kept.

    Raises:
        LibraryError: the file cannot be written.
    """
    path = folder / name
    with _told(name):
        _inside(folder, path.resolve())
        with path.open("a+b") as file:
            end = file.seek(0, os.SEEK_END)
            if end:
                file.seek(end - 1)
            torn = bool(end) and file.read(1) != b"\n"
            file.write(b"\n" * torn + line.encode("utf-8") + b"\n")
            file.flush()
            os.fsync(file.fileno())


def divided(name: str) -> tuple[str, str]:
    """A file's name without its ending, and the ending."""
    for ending in _LONG_ENDINGS:
        if name.lower().endswith(ending):
            return name[: -len(ending)], name[-len(ending) :]
    ending = Path(name).suffix
    return name.removesuffix(ending), ending


def shortened(name: str, beside: str = "") -> str:
    """The name with its last part cut to what file systems take, with room for a number and for the ending `beside`."""
    inside, slash, last = name.rpartition("/")
    stem, ending = divided(last)
    room = _LONGEST_NAME - len((_ROOM + ending + beside).encode("utf-8"))
    return inside + slash + stem.encode("utf-8")[:room].decode("utf-8", "ignore") + ending


def sidecar_text(stated: Mapping[str, Any]) -> str:
    """The values as TOML: texts, true and false, lists of texts, and tables of these."""
    plain = [
        f"{_key(key)} = {_value(value)}" for key, value in stated.items() if not isinstance(value, Mapping)
    ]
    tables = [
        f"\n[{_key(key)}]\n" + "\n".join(f"{_key(inner)} = {_value(one)}" for inner, one in value.items())
        for key, value in stated.items()
        if isinstance(value, Mapping)
    ]
    return "\n".join((*plain, *tables)) + "\n"


def _key(key: str) -> str:
    return key if key and set(key) <= _BARE else _value(key)


def _value(value: Any) -> str:
    """A TOML value. JSON's strings are TOML's basic strings but for DEL and lone surrogates."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        msg = f"{name} is there already, so it was not written over; move one of the two"
        raise LibraryError(msg) from error
    except OSError as error:
        msg = f"{name} cannot be written ({error.strerror or error}); mend the folder's permissions or free some space, and run it again"
        raise LibraryError(msg) from error


def _inside(folder: Path, path: Path) -> None:
    if not path.resolve().is_relative_to(folder.resolve()):
        msg = f"{path} leads out of the library {folder}, so nothing is written there; remove the link"
        raise LibraryError(msg)


def _written_aside(folder: Path, target: Path, content: bytes) -> Path:
    """The content in a file of its own, on the disk, in the library's own folder for work."""
    _inside(folder, target.parent)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, "its folder is a file") from error
    own = folder / OWN
    own.mkdir(parents=True, exist_ok=True)
    aside = own / f"aside-{uuid.uuid4().hex}"
    with aside.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return aside


def _linked(aside: Path, target: Path) -> None:
    """Give the file its place, unless there is one already; where the file system knows no links, by renaming."""
    try:
        os.link(aside, target)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(target):
            raise FileExistsError(str(target)) from None
        aside.rename(target)


def _flush_folder(folder: Path) -> None:
    """Put the folder's own entries on the disk, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
