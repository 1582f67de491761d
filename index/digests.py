"""Digests remembered: files that were not touched since they were hashed are not hashed again.

A model has some 90 MB, a store of a million passages several GB; hashing them would take longer than answering.
"Not touched" is: same size, same times of writing and of change, same place on disk. Any write, also one that leaves the size and sets
the time of writing back, moves the time of change, which no program can set; so does a file put in the place of another. A file is
remembered only once the file system's clock has moved on from its last change: what is written after it was hashed is then always told.
What is served is so still refused when a file of it was written to. What changes without any write (a disk that rots) is told where every byte is
read: while building, on `firstpass rollback` and, the export of the model too, by `firstpass status --verify`.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from index.sealed import read_sealed, write_sealed

NAME = "digests.json"
KEPT = 1000
"""Files and folders remembered at most, those hashed last: some dozens of stores."""
TICK = 0.004
TICKS = 25
"""How long the file system's clock is waited for, in seconds and times."""


class Digests:
    """Digests of files and folders, kept in a file.

    Args:
        file: where they are kept; it may be absent, and where it cannot be written nothing is remembered.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def of(self, folder: Path, files: Iterable[Path], digest: Callable[[], str]) -> str:
        """The digest of the files of a folder: as remembered where none was touched since, else made anew."""
        stamps = [(str(file), file.stat()) for file in sorted(files)]
        stamp = hashlib.sha256("\n".join(_stamp(*one) for one in stamps).encode("utf-8", "surrogateescape"))
        stated, kept = self._read().get(str(folder), ("", ""))
        if stated == stamp.hexdigest():
            return kept
        settled = self._settled(stat.st_ctime_ns for _, stat in stamps)
        made = digest()
        if settled:
            self._remember({str(folder): (stamp.hexdigest(), made)})
        return made

    def sha256(self, folder: Path, names: Sequence[str]) -> tuple[str, ...]:
        """The SHA-256 of files of a folder: as remembered where a file was not touched since, wherever the folder was moved to."""
        stats = [(folder / name).stat() for name in names]
        keys = [f"{name} {stat.st_ino}" for name, stat in zip(names, stats, strict=True)]
        stamps = [_stamp(name, stat) for name, stat in zip(names, stats, strict=True)]
        known = self._read()
        new = [at for at, key in enumerate(keys) if known.get(key, ("", ""))[0] != stamps[at]]
        if new:
            settled = self._settled(stats[at].st_ctime_ns for at in new)
            fresh = {keys[at]: (stamps[at], sha256(folder / names[at])) for at in new}
            known |= fresh
            if settled:
                self._remember(fresh)
        return tuple(known[key][1] for key in keys)

    def _settled(self, changed: Iterable[int]) -> bool:
        """Whether the file system's clock has moved on from these changes, so that the next one will bear another time."""
        last = max(changed, default=0)
        aside = self._file.with_name(f"{self._file.name}.{uuid.uuid4().hex}.new")
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                for _ in range(TICKS):
                    aside.write_bytes(b"")
                    if aside.stat().st_ctime_ns > last:
                        return True
                    time.sleep(TICK)
            finally:
                aside.unlink(missing_ok=True)
        return False

    def _read(self) -> dict[str, tuple[str, str]]:
        return read_sealed(self._file, dict[str, tuple[str, str]]) or {}

    def _remember(self, fresh: dict[str, tuple[str, str]]) -> None:
        known = {key: kept for key, kept in self._read().items() if key not in fresh} | fresh
        with suppress(OSError):  # then the next process hashes again
            write_sealed(self._file, dict(list(known.items())[-KEPT:]))


def sha256(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _stamp(name: str, stat: os.stat_result) -> str:
    return f"{name} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"
