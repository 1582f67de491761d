"""The documents of a library while it is read: on disk, so that memory does not grow with the library."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

import msgspec

from corpus.document import Document
from corpus.errors import LibraryError, UnreadableError
from corpus.spool import Spool

ON_DISK = Path("/var/tmp")  # noqa: S108 - the file there has no name
"""Where there is such a folder it lies on a disk; /tmp is kept in memory by many systems."""


class DocumentSpool(Spool[Document]):
    """Documents in the order they were added, in a file without a name in the folder that TMPDIR names, or the system's own for it."""

    def __init__(self) -> None:
        super().__init__(_folder(), msgspec.json.encode, _decoded)

    def add(self, thing: Document) -> None:
        """Put a document at the end.

        Raises:
            UnreadableError: it holds what no file can.
            LibraryError: the disk is full.
        """
        try:
            with _told():
                super().add(thing)
        except (ValueError, OverflowError) as error:
            reason = f"{thing.id} cannot be stored ({error})"
            raise UnreadableError(reason, "correct its text") from error

    def settle(self) -> None:
        """Have on the disk what is still in memory, if anything is on the disk; LibraryError where it is full."""
        with _told():
            super().settle()


def _decoded(line: bytes) -> Document:
    return msgspec.json.decode(line, type=Document)


def _folder() -> Path:
    if not os.environ.get("TMPDIR") and ON_DISK.is_dir() and os.access(ON_DISK, os.W_OK):
        return ON_DISK
    return Path(gettempdir())


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        msg = f"{_folder()} cannot be written ({error.strerror or error}), where a library too large for the memory is kept while it is read, so it was not read; free space there, or name another folder in TMPDIR"
        raise LibraryError(msg) from error
