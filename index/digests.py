"""Digests remembered: files that were not touched since they were hashed are not hashed again.

A model has some 90 MB; hashing it would take longer than answering. "Not touched" is: same size, same times of
writing and of change, same place on disk. What is served is still refused when a file of it was written to.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

NAME = "digests.json"


class Digests:
    """Digests of folders by their path, kept in a file.

    Args:
        file: where they are kept; it may be absent, and where it cannot be written nothing is remembered.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def of(self, folder: Path, files: Iterable[Path], digest: Callable[[], str]) -> str:
        """The digest of the files of a folder: as remembered where none was touched since, else made anew."""
        stamp = _stamp(files)
        known = self._read()
        stated, kept = known.get(str(folder), ("", ""))
        if stated == stamp:
            return kept
        made = digest()
        self._write({**known, str(folder): (stamp, made)})
        return made

    def _read(self) -> dict[str, tuple[str, str]]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, tuple[str, str]])
        except (OSError, msgspec.MsgspecError):
            return {}

    def _write(self, known: dict[str, tuple[str, str]]) -> None:
        aside = self._file.with_name(f"{self._file.name}.{os.getpid()}.new")
        with suppress(OSError):  # then the next process hashes again
            self._file.parent.mkdir(parents=True, exist_ok=True)
            aside.write_bytes(msgspec.json.encode(dict(sorted(known.items()))))
            aside.replace(self._file)


def _stamp(files: Iterable[Path]) -> str:
    lines = []
    for file in sorted(files):
        stat = file.stat()
        lines.append(f"{file} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}")
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
