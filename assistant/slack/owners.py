"""Owners: the processes of the bots, and which of them live, so that what a dead one left is known.

Each holds a lock on a file as long as it lives: where others reach that file, on the same machine, its death is seen at once.
Elsewhere it is seen by its beat, which it counts up in the database: who sees the same beat for `LEASE` seconds, looking all the
while, takes it for dead. No two machines' clocks are compared, and a database that was away for a while kills nobody.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import bindparam, delete, select, update

from assistant.errors import StateError
from assistant.slack.database import Database
from assistant.slack.schema import OWNERS

LEASE = 15.0  # seconds
GAP = 7.5  # seconds between two looks after which the time seen before counts no longer
OLD = 24 * 3600  # seconds after which a dead process's lock is removed
BOOT = Path("/proc/sys/kernel/random/boot_id")
_BEAT = (
    update(OWNERS)
    .where(OWNERS.c.name == bindparam("owner"))
    .values(beat=OWNERS.c.beat + 1, seen=bindparam("now"))
)
_FIND = select(OWNERS.c.place, OWNERS.c.beat).where(OWNERS.c.name == bindparam("owner"))
_FORGET = delete(OWNERS).where(OWNERS.c.name == bindparam("owner"))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A beat, when it was seen first and when last."""

    beat: int
    first: float
    last: float


class Owner:
    """This process among those that share a database."""

    def __init__(
        self, database: Database, folder: Path, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take a name of its own, and the lock in a folder that says that it lives."""
        self._database = database
        self._folder = folder
        self._clock = clock
        self._seen: dict[str, _Seen] = {}
        self._guard = threading.Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.name = secrets.token_hex(8)
        self._place = "" if database.path else _place(folder)
        self._lock = FileLock(self._path(self.name), thread_local=False)
        self._lock.acquire(timeout=0)
        self.beat()

    def beat(self) -> None:
        """Say that it lives."""
        now = time.time()
        if not self._database.change(_BEAT, {"owner": self.name, "now": now}):
            row = {"name": self.name, "place": self._place, "beat": 0, "seen": now}
            self._database.change(self._database.insert(OWNERS), row)

    def release(self) -> None:
        """Say that it lives no longer."""
        with suppress(StateError):
            self._database.change(_FORGET, {"owner": self.name})
        self._lock.release()
        self._path(self.name).unlink(missing_ok=True)

    def is_dead(self, name: str) -> bool:
        """Whether a process lives no longer, or, on another machine, was not heard of for long."""
        if name == self.name:
            return False
        try:
            found = self._database.read(_FIND, {"owner": name})
        except StateError:
            with self._guard:
                self._seen.clear()
            raise
        if not found or found[0].place == self._place:
            return self._is_unlocked(name)
        return self._is_silent(name, found[0].beat)

    def _is_silent(self, name: str, beat: int) -> bool:
        now = self._clock()
        with self._guard:
            before = self._seen.get(name)
            if before is None or before.beat != beat or now - before.last > GAP:
                before = _Seen(beat, now, now)
            self._seen[name] = _Seen(beat, before.first, now)
        return now - before.first >= LEASE

    def _is_unlocked(self, name: str) -> bool:
        lock = FileLock(self._path(name), thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        lock.release()
        return True

    def forget(self, name: str) -> None:
        """Forget a dead process, once nothing is its any more."""
        self._database.change(_FORGET, {"owner": name})
        self._path(name).unlink(missing_ok=True)
        with self._guard:
            self._seen.pop(name, None)

    def tidy(self, *, now: float) -> None:
        """Forget the long dead; a young lock may be about to be taken."""
        self._database.change(delete(OWNERS).where(OWNERS.c.seen < now - OLD))
        for path in self._folder.glob("*.lock"):
            with suppress(FileNotFoundError):  # another process tidies too
                if (
                    path.stat().st_mtime < now - OLD
                    and path.stem != self.name
                    and self._is_unlocked(path.stem)
                ):
                    path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lock"


def _place(folder: Path) -> str:
    """A name for a folder on one running system: a folder that two machines share is two places, since their locks may not meet."""
    path = folder / "place"
    with FileLock(folder / "placing"):
        if not path.exists():
            path.write_text(secrets.token_hex(8), encoding="ascii")
        name = path.read_text(encoding="ascii")
    boot = BOOT.read_text(encoding="ascii").strip() if BOOT.exists() else ""
    return f"{name} {boot}"
