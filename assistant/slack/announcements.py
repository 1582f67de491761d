"""Announcements: what the bot says that nobody asked for just now, each once, over restarts and processes.

What is to be said is stored before it is said, under a key of its own, so that two processes that find the same thing store
it once. One process takes it; what a dead one had taken waits again.

    waiting → taken → posting → done
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from assistant.errors import StateError
from assistant.slack import announcement_statements as statements
from assistant.slack.cited import Place
from assistant.slack.database import Database, as_json
from assistant.slack.given import KEPT
from assistant.slack.owners import Owner
from assistant.slack.schema import ANNOUNCEMENTS, SERVED, TOLD
from assistant.slack.sending import NotYet

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
    turn: int = 0


class Announcements:
    """What is to be said in a workspace, and what was."""

    def __init__(self, database: Database, owner: Owner, workspace: str) -> None:
        """Those of a workspace, taken as this process."""
        self._database = database
        self._owner = owner
        self._workspace = workspace

    def add(self, announcement: Announcement, *, now: float) -> bool:
        """Store it, to be said; False where that was done before."""
        return self._database.write(lambda rows: self._add(rows, announcement, now))

    def _add(self, rows: Connection, one: Announcement, now: float, *, state: str = "waiting") -> bool:
        row = {
            "workspace": self._workspace,
            "key": one.key,
            "kind": one.kind,
            "channel": one.channel,
            "thread": one.thread,
            "about": as_json(dict(one.about)),
            "state": state,
            "made": now,
        }
        return bool(rows.execute(self._database.insert(ANNOUNCEMENTS), row).rowcount)

    def told_last(self, library: str) -> str | None:
        """The version of a library that was told last, or that the telling began with; None before that."""
        found = self._database.read(statements.LAST, {"of": self._workspace, "library": library})
        return str(found[0].version) if found else None

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
        version = {"workspace": self._workspace, "library": found.library, "version": found.version}

        def deed(rows: Connection) -> bool:
            self._alone(rows)
            last = rows.execute(
                statements.LAST, {"of": self._workspace, "library": found.library}
            ).one_or_none()
            if (last and last.version == found.version) or not still():
                return False
            rows.execute(self._database.insert(SERVED, changed=("version",)), version)
            known = rows.execute(statements.KNOWN, self._of(key)).one_or_none()
            about = {"before": last.version if last else None, "after": found.version, "again": bool(known)}
            name = key_of(CHANGES, found.library, found.version, found.at) if known else key
            made = Announcement(name, CHANGES, channel, None, about)
            return self._add(rows, made, now, state="waiting" if last else "done") and last is not None

        return self._database.write(deed)

    def _alone(self, rows: Connection) -> None:
        """Have the transaction that finds a version go before or after any other that finds one, never beside it."""
        if self._database.path is None:  # SQLite's stand alone as they are
            rows.execute(statements.ALONE)

    def told_of(self, place: Place) -> set[tuple[str, str]]:
        """The documents, each with the status, that a thread was told of."""
        found = self._database.read(statements.WAS_TOLD, self._in(place))
        return {(row.document, row.status) for row in found}

    def tell(self, place: Place, statuses: Mapping[str, str], *, version: str, now: float) -> bool:
        """Store that a thread is to be told of documents' statuses, those that it was not told of; whether there are any.

        Args:
            place: the thread.
            statuses: by document.
            version: the store in which they are so.
            now: the time.
        """

        def deed(rows: Connection) -> bool:
            fresh = {}
            for document, status in sorted(statuses.items()):
                row = {
                    "workspace": self._workspace,
                    "channel": place.channel,
                    "thread": place.thread,
                    "document": document,
                    "status": status,
                    "made": now,
                }
                if rows.execute(self._database.insert(TOLD), row).rowcount:
                    fresh[document] = status
            key = key_of(STATUS, place.channel, place.thread, as_json(fresh))
            about = {"statuses": fresh, "version": version}
            made = Announcement(key, STATUS, place.channel, place.thread, about)
            return bool(fresh) and self._add(rows, made, now)

        return self._database.write(deed)

    def withdraw(self, announcement: Announcement) -> None:
        """Forget that a thread was to be told of statuses, since they are so no longer; it may be told of them later."""
        place = self._in(Place(announcement.channel, announcement.thread or ""))

        def deed(rows: Connection) -> None:
            for document, status in announcement.about["statuses"].items():
                rows.execute(statements.UNTELL, {**place, "paper": document, "then": status})
            rows.execute(statements.REMOVE, self._of(announcement.key))

        self._database.write(deed)

    def take(self, *, now: float) -> Announcement | None:
        """The next that waits, now this process's; None where none does."""
        values = {"of": self._workspace, "now": now}
        if not self._database.read(statements.ANY, values):
            return None  # told without a lock, since it is asked all the time

        def deed(rows: Connection) -> Announcement | None:
            found = rows.execute(statements.NEXT, values).one_or_none()
            if found is None:
                return None
            row = found._asdict() | {"tries": found.tries + 1, "turn": found.turn + 1}
            changed = {"by": self._owner.name, "try": row["tries"], "at": row["turn"]}
            rows.execute(statements.TAKE, {**self._of(found.key), **changed})
            return Announcement(**{**row, "about": json.loads(row["about"])})

        return self._database.write(deed)

    def posting(self, announcement: Announcement, *, file: str | None = None) -> None:
        """Note that it is about to be said, with the file that is about to be shared.

        Raises:
            NotYet: this process was taken for dead, so that another says it.
        """
        if not self._database.change(statements.POSTING, {**self._turn(announcement), "shared": file}):
            raise NotYet

    def done(self, announcement: Announcement) -> None:
        """Note that it was said, or never will be."""
        self._database.change(statements.DONE, self._of(announcement.key))

    def later(
        self, announcement: Announcement, not_before: float, *, was: str = "", counts: bool = True
    ) -> None:
        """Let it wait again, until then at least; `counts` where the try that failed is one of the few it has."""
        values = {"until": not_before, "said": was, "fewer": 0 if counts else 1}
        self._database.change(statements.LATER, {**self._turn(announcement), **values})

    def again(self, announcement: Announcement, not_before: float) -> None:
        """Let it wait after a fault of ours, until then at least."""
        self._database.change(statements.RELEASE, {**self._turn(announcement), "until": not_before})

    def pause(self, channel: str, until: float) -> None:
        """Let all that waits for a channel wait until then: answers to questions go first."""
        self._database.change(statements.PAUSE, {"of": self._workspace, "place": channel, "until": until})

    def recover(self) -> None:
        """Let wait again what processes that died had taken, and, since nothing is being said now, what this one has."""
        self._release(lambda owner: owner in (None, self._owner.name) or self._owner.is_dead(owner))

    def release(self) -> None:
        """Let go of what this process had taken, for another or the next start; whatever state the database is in."""
        with suppress(StateError):
            self._release(lambda owner: owner == self._owner.name)

    def _release(self, lost: Callable[[str], bool]) -> None:
        for row in self._database.read(statements.HELD, {"of": self._workspace}):
            if lost(row.owner):
                values = {**self._of(row.key), "at": row.turn, "until": 0.0}
                self._database.change(statements.RELEASE, values)

    def tidy(self, *, now: float) -> None:
        """Forget what can be said no second time, since the answers that it was about are forgotten; versions told are remembered."""

        def deed(rows: Connection) -> None:
            for statement in statements.OLD:
                rows.execute(statement, {"of": self._workspace, "now": now - KEPT, "kept": CHANGES})

        self._database.write(deed)

    def _of(self, key: str) -> dict[str, str]:
        return {"of": self._workspace, "this": key}

    def _turn(self, announcement: Announcement) -> dict[str, Any]:
        return {**self._of(announcement.key), "at": announcement.turn}

    def _in(self, place: Place) -> dict[str, str]:
        return {"of": self._workspace, "place": place.channel, "within": place.thread}


def key_of(*names: str) -> str:
    """A key of 24 letters and digits for what these names say."""
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()[:24]
