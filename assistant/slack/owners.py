"""Owners: the processes of a bot, each with a lock that it holds as long as it lives, so that what a dead one left is known."""

from __future__ import annotations

import secrets
from pathlib import Path

from filelock import FileLock, Timeout

OLD = 24 * 3600  # seconds after which a dead process's lock is removed


class Owner:
    """This process among those that share a folder."""

    def __init__(self, folder: Path) -> None:
        """Take a name of its own, and the lock that says that it lives."""
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.name = secrets.token_hex(8)
        self._lock = FileLock(self._path(self.name), thread_local=False)
        self._lock.acquire(timeout=0)

    def release(self) -> None:
        """Say that it lives no longer."""
        self._lock.release()
        self._path(self.name).unlink(missing_ok=True)

    def is_dead(self, name: str) -> bool:
        """Whether a process holds its lock no longer."""
        if name == self.name:
            return False
        lock = FileLock(self._path(name), thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        lock.release()
        return True

    def forget(self, name: str) -> None:
        """Remove the lock of a dead process, once nothing is its any more."""
        self._path(name).unlink(missing_ok=True)

    def tidy(self, *, now: float) -> None:
        """Remove the locks of the long dead; a young one may be about to be locked."""
        for path in self._folder.glob("*.lock"):
            if path.stat().st_mtime < now - OLD and self.is_dead(path.stem):
                path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lock"
