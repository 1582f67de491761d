"""The database: one SQLite file for all that a bot of one workspace keeps, shared by its processes."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CACHE = "cache_size=-128"
"""Kilobytes of the file that a connection remembers: some fifty threads have one each, and SQLite's own 2 MB would add up."""


class Database:
    """One SQLite file, a connection for each thread; what is deleted is overwritten."""

    def __init__(self, path: Path) -> None:
        """Open or make it; only its owner may read it."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        self.path = path
        self._threads = threading.local()
        self._opened: list[sqlite3.Connection] = []

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        found: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if found is None:
            found = sqlite3.connect(
                self.path, timeout=20, isolation_level=None, check_same_thread=False
            )  # each thread has its own; only `close` touches another's
            found.row_factory = sqlite3.Row
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON", CACHE):
                found.execute(f"PRAGMA {pragma}")
            self._threads.connection = found
            self._opened.append(found)
        return found

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that no other process can cut into."""
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def close(self) -> None:
        """Close the connections of all threads; a thread that comes later opens a new one."""
        self._threads = threading.local()
        while self._opened:
            self._opened.pop().close()

    def truncate(self) -> None:
        """Empty the write-ahead log, which still holds what was overwritten."""
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def as_json(value: object) -> str:
    """The value as stored in a column."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
