"""Announcements: what the bot says that nobody asked for just now, each once, over restarts and processes; in the inbox's file.

What is to be said is stored before it is said, under a key of its own, so that two processes that find the same thing store
it once. One process takes it; what a dead one had taken waits again.

    waiting → taken → posting → done
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.slack.cited import Place
from assistant.slack.database import Database, as_json
from assistant.slack.given import KEPT
from assistant.slack.owners import Owner

_COLUMNS = "key, kind, channel, thread, about, was, file, made, tries"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS announcement (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, channel TEXT NOT NULL, thread TEXT, about TEXT NOT NULL, state TEXT NOT NULL,
    was TEXT NOT NULL DEFAULT '', file TEXT, owner TEXT, not_before REAL NOT NULL DEFAULT 0, made REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS announcement_state ON announcement (state, not_before);
CREATE TABLE IF NOT EXISTS told (
    channel TEXT NOT NULL, thread TEXT NOT NULL, document TEXT NOT NULL, status TEXT NOT NULL, made REAL NOT NULL,
    PRIMARY KEY (channel, thread, document, status)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS served (library TEXT PRIMARY KEY, version TEXT NOT NULL) WITHOUT ROWID;
"""
CHANGES, STATUS, MAP = "changes", "status", "map"
"""Kinds: what changed with a store, a cited paper's new status, and the picture of a map."""


@dataclass(frozen=True, slots=True)
class Served:
    """A version of a library's store that is served; `at` is when it was published last (ISO 8601)."""

    library: str
    version: str
    at: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something to be said once.

    Attributes:
        thread: the thread in the channel; None for the channel itself.
        about: what it is about, by the names that its kind gives.
        was: "posting" where nobody saw the end of an earlier try, "denied" where Slack called it failed; else empty.
        file: the id of the file that an earlier try was about to share.
        made: when it was stored.
        tries: how often it was taken.
    """

    key: str
    kind: str
    channel: str
    thread: str | None
    about: Mapping[str, Any]
    was: str = ""
    file: str | None = None
    made: float = 0.0
    tries: int = 0


class Announcements:
    """What is to be said, and what was."""

    def __init__(self, database: Database, owner: Owner) -> None:
        """Open them, as this process."""
        self._database = database
        self._owner = owner
        database.connection.executescript(_SCHEMA)

    def add(self, announcement: Announcement, *, now: float) -> bool:
        """Store it, to be said; False where that was done before."""
        with self._database.writing() as rows:
            return _add(rows, announcement, now)

    def told_last(self, library: str) -> str | None:
        """The version of a library that was told last, or that the telling began with; None before that."""
        found = self._database.connection.execute("SELECT version FROM served WHERE library = ?", (library,))
        row = found.fetchone()
        return str(row["version"]) if row else None

    def served(self, found: Served, *, channel: str, still: Callable[[], bool], now: float) -> bool:
        """Store that a channel is to be told of a newly served version; whether there is anything to tell.

        The version that a bot finds at its first look was told by nobody and is told by nobody later: it is where the
        telling begins. A version that comes back is told as that, once for each time.

        Args:
            found: what is served.
            channel: where it is told.
            still: whether that is served at this moment: another process may have found the next meanwhile.
            now: the time.
        """
        key = key_of(CHANGES, found.library, found.version)
        with self._database.writing() as rows:
            last = rows.execute("SELECT version FROM served WHERE library = ?", (found.library,)).fetchone()
            if (last and last["version"] == found.version) or not still():
                return False
            rows.execute("REPLACE INTO served VALUES (?, ?)", (found.library, found.version))
            known = rows.execute("SELECT 1 FROM announcement WHERE key = ?", (key,)).fetchone()
            about = {
                "before": last["version"] if last else None,
                "after": found.version,
                "again": bool(known),
            }
            key = key_of(CHANGES, found.library, found.version, found.at) if known else key
            made = Announcement(key, CHANGES, channel, None, about)
            return _add(rows, made, now, state="waiting" if last else "done") and last is not None

    def told_of(self, place: Place) -> set[tuple[str, str]]:
        """The documents, each with the status, that a thread was told of."""
        found = self._database.connection.execute(
            "SELECT document, status FROM told WHERE channel = ? AND thread = ?",
            (place.channel, place.thread),
        )
        return {(row["document"], row["status"]) for row in found}

    def tell(self, place: Place, statuses: Mapping[str, str], *, version: str, now: float) -> bool:
        """Store that a thread is to be told of documents' statuses, those that it was not told of; whether there are any.

        Args:
            place: the thread.
            statuses: by document.
            version: the store in which they are so.
            now: the time.
        """
        with self._database.writing() as rows:
            fresh = {}
            for document, status in sorted(statuses.items()):
                row = (place.channel, place.thread, document, status, now)
                if rows.execute("INSERT OR IGNORE INTO told VALUES (?, ?, ?, ?, ?)", row).rowcount:
                    fresh[document] = status
            key = key_of(STATUS, place.channel, place.thread, as_json(fresh))
            made = Announcement(
                key, STATUS, place.channel, place.thread, {"statuses": fresh, "version": version}
            )
            return bool(fresh) and _add(rows, made, now)

    def withdraw(self, announcement: Announcement) -> None:
        """Forget that a thread was to be told of statuses, since they are so no longer; it may be told of them later."""
        with self._database.writing() as rows:
            for document, status in announcement.about["statuses"].items():
                rows.execute(
                    "DELETE FROM told WHERE channel = ? AND thread IS ? AND document = ? AND status = ?",
                    (announcement.channel, announcement.thread, document, status),
                )
            rows.execute("DELETE FROM announcement WHERE key = ?", (announcement.key,))

    def take(self, *, now: float) -> Announcement | None:
        """The next that waits, now this process's; None where none does."""
        waiting = "SELECT 1 FROM announcement WHERE state = 'waiting' AND not_before <= ? LIMIT 1"
        if self._database.connection.execute(waiting, (now,)).fetchone() is None:
            return None  # told without a lock, since it is asked all the time
        with self._database.writing() as rows:
            row = rows.execute(
                f"UPDATE announcement SET state = 'taken', owner = ?, tries = tries + 1 WHERE key = (SELECT key FROM announcement"  # noqa: S608 - the columns are a constant
                f" WHERE state = 'waiting' AND not_before <= ? ORDER BY made, key LIMIT 1) RETURNING {_COLUMNS}",
                (self._owner.name, now),
            ).fetchone()
        return Announcement(**{**dict(row), "about": json.loads(row["about"])}) if row else None

    def posting(self, announcement: Announcement, *, file: str | None = None) -> None:
        """Note that it is about to be said, with the file that is about to be shared."""
        with self._database.writing() as rows:
            rows.execute(
                "UPDATE announcement SET state = 'posting', file = ? WHERE key = ?", (file, announcement.key)
            )

    def done(self, announcement: Announcement) -> None:
        """Note that it was said, or never will be."""
        with self._database.writing() as rows:
            rows.execute(
                "UPDATE announcement SET state = 'done', owner = NULL, was = '' WHERE key = ?",
                (announcement.key,),
            )

    def later(
        self, announcement: Announcement, not_before: float, *, was: str = "", counts: bool = True
    ) -> None:
        """Let it wait again, until then at least; `counts` where the try that failed is one of the few it has."""
        with self._database.writing() as rows:
            rows.execute(
                "UPDATE announcement SET state = 'waiting', owner = NULL, not_before = ?, was = ?, tries = tries - ? WHERE key = ?",
                (not_before, was, 0 if counts else 1, announcement.key),
            )

    def again(self, announcement: Announcement, not_before: float) -> None:
        """Let it wait after a fault of ours, until then at least."""
        self._release(self._owner.name, announcement.key, not_before)

    def pause(self, channel: str, until: float) -> None:
        """Let all that waits for a channel wait until then: answers to questions go first."""
        with self._database.writing() as rows:
            rows.execute(
                "UPDATE announcement SET not_before = max(not_before, ?) WHERE channel = ? AND state = 'waiting'",
                (until, channel),
            )

    def recover(self) -> None:
        """Let wait again what processes that died had taken."""
        found = self._database.connection.execute(
            "SELECT DISTINCT owner FROM announcement WHERE state IN ('taken', 'posting') AND owner IS NOT NULL"
        ).fetchall()
        for owner in [row["owner"] for row in found if self._owner.is_dead(row["owner"])]:
            self._release(owner)

    def release(self) -> None:
        """Let go of what this process had taken, for another or the next start."""
        self._release(self._owner.name)

    def _release(self, owner: str, key: str | None = None, not_before: float = 0.0) -> None:
        with self._database.writing() as rows:
            rows.execute(
                "UPDATE announcement SET was = CASE state WHEN 'posting' THEN state ELSE was END, state = 'waiting', owner = NULL,"
                " not_before = ? WHERE owner = ? AND state IN ('taken', 'posting') AND key = coalesce(?, key)",
                (not_before, owner, key),
            )

    def tidy(self, *, now: float) -> None:
        """Forget what can be said no second time, since the answers that it was about are forgotten; versions told are remembered."""
        with self._database.writing() as rows:
            rows.execute(
                "DELETE FROM announcement WHERE state = 'done' AND kind != ? AND made < ?",
                (CHANGES, now - KEPT),
            )
            rows.execute("DELETE FROM told WHERE made < ?", (now - KEPT,))


def key_of(*names: str) -> str:
    """A key of 24 letters and digits for what these names say."""
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()[:24]


def _add(rows: sqlite3.Connection, one: Announcement, now: float, *, state: str = "waiting") -> bool:
    done = rows.execute(
        "INSERT OR IGNORE INTO announcement (key, kind, channel, thread, about, state, made) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (one.key, one.kind, one.channel, one.thread, as_json(dict(one.about)), state, now),
    )
    return bool(done.rowcount)
