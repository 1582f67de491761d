"""The database: all that the bots keep, in one SQLite file or in a PostgreSQL that is shared; its errors are translated here.

On SQLite, what is deleted is overwritten at once in the file, and by `truncate` in its log. PostgreSQL has no such thing: what is
deleted is read by no query any more, and `truncate` gives its place in the table free, but its bytes stay there until they are
written over, and in the server's log and backups until those are recycled.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Row, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.sql.dml import Insert

from assistant.errors import StateError
from assistant.slack.engines import Borrowing, Keeping, begun, engine_of, is_away
from assistant.slack.logs import log
from assistant.slack.migrating import migrate

Given = TypeVar("Given")
PATIENCE = 2.0
"""Seconds for which what cannot be reached is tried again: Slack waits three for an acknowledgement."""
FIRST, LONGEST = 0.02, 0.5
"""Seconds between two tries, doubled each time."""
NOT_NOW = ", so nothing is taken in or answered until it can; the bot then goes on by itself"
NOT_READY = ", so the bot does not start; it needs a database of its own, which answers and in which it may create tables"
NOTHING: Mapping[str, Any] = {}


class Database:
    """One database, for all threads of this process.

    Attributes:
        path: its file; None where it is a server's.
        engine: SQLAlchemy's.
    """

    def __init__(
        self, address: Path | str, *, patience: float = PATIENCE, stop: threading.Event | None = None
    ) -> None:
        """Open it, a file or what an address names; make it where it is new, and bring it to the newest schema.

        Args:
            address: of a server, or the file.
            patience: seconds for which a server that cannot be reached is tried again, until `hurry`.
            stop: once set, nothing is waited for.

        Raises:
            SettingsError: the address is none.
            StateError: it cannot be reached or used.
        """
        self.engine, self.path = engine_of(address)
        self._patience = patience
        self._stop = stop or threading.Event()
        self._connections = Keeping(self.engine) if self.path else Borrowing(self.engine)
        self._inserts: dict[tuple[str, tuple[str, ...] | None], Insert] = {}
        try:
            self._again(lambda: migrate(self.engine, file=self.path), is_away)
        except DBAPIError as error:
            self.close()
            message = f"{self._said(error)}{NOT_READY}"
            raise StateError(message) from error
        except StateError:
            self.close()
            raise

    def hurry(self) -> None:
        """From now on wait no longer for a server than Slack waits for an answer."""
        self._patience = PATIENCE

    @property
    def name(self) -> str:
        """Its file, or its address without a password."""
        return str(self.path) if self.path else self.engine.url.render_as_string(hide_password=True)

    def read(self, statement: Executable, values: Mapping[str, Any] = NOTHING) -> Sequence[Row[Any]]:
        """The rows of a statement.

        Raises:
            StateError: the database cannot be reached, not even after some time.
        """
        return self._patiently(lambda: self._connections.read(statement, values))

    def write(self, deed: Callable[[Connection], Given]) -> Given:
        """What a deed gives back, done in a transaction of its own.

        It is done a second time where the connection broke and nobody knows whether it was done: that must come to the same.

        Raises:
            StateError: as for `read`.
        """
        return self._patiently(lambda: self._connections.write(deed))

    def change(self, statement: Executable, values: Mapping[str, Any] = NOTHING) -> int:
        """How many rows a statement changed, in a transaction of its own.

        Raises:
            StateError: as for `read`.
        """
        return self.write(lambda rows: rows.execute(statement, values).rowcount)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, tried once, its errors as they come."""
        with begun(self.engine) as rows:
            yield rows

    def insert(self, table: Table, *, changed: Collection[str] | None = None) -> Insert:
        """A statement that adds a row; where its key is there already, nothing, or these columns changed to the row's."""
        key = (table.name, None if changed is None else tuple(changed))
        if key not in self._inserts:
            made = self._insert(table, changed)
            self._inserts[key] = made.execution_options(preserve_rowcount=True)
        return self._inserts[key]

    def _insert(self, table: Table, changed: Collection[str] | None) -> Insert:
        made = sqlite.insert(table) if self.path else postgresql.insert(table)
        if changed is None:
            return made.on_conflict_do_nothing()
        new = {name: made.excluded[name] for name in changed}
        return made.on_conflict_do_update(index_elements=list(table.primary_key), set_=new)

    def ping(self) -> None:
        """Ask whether it answers.

        Raises:
            StateError: it does not.
        """
        self.read(text("SELECT 1"))

    def truncate(self, table: Table) -> None:
        """Take what was overwritten or deleted out of the log or of the table's pages, as far as the database lets us."""
        if self.path:
            self.read(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            return

        def vacuum() -> None:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as rows:
                rows.execute(text(f"VACUUM (SKIP_LOCKED) {table.name}"))

        self._patiently(vacuum)

    def close(self) -> None:
        """Close the connections of all threads; a thread that comes later opens a new one."""
        self._connections.close()

    def _patiently(self, deed: Callable[[], Given]) -> Given:
        try:
            return self._again(deed, _is_passing)
        except SQLAlchemyError as error:
            if not _is_passing(error):
                raise
            message = f"{self._said(error)}{NOT_NOW}"
            raise StateError(message) from error

    def _again(self, deed: Callable[[], Given], is_passing: Callable[[SQLAlchemyError], bool]) -> Given:
        """What a deed gives back, tried as long as patience lasts; the last error as it comes."""
        until, pause = time.monotonic() + self._patience, FIRST
        while True:
            try:
                return deed()
            except SQLAlchemyError as error:
                over = self._stop.is_set() or time.monotonic() + pause > until
                if self.path or over or not is_passing(error):  # SQLite itself has waited for the file
                    raise
                if pause == FIRST and self._patience > PATIENCE:
                    log.warning("%s; it is tried again for %.0f s", self._said(error), self._patience)
            self._stop.wait(pause)
            pause = min(2 * pause, LONGEST)

    def _said(self, error: SQLAlchemyError) -> str:
        cause = error.orig if isinstance(error, DBAPIError) else error
        return f"the bots' database {self.name} cannot be used ({' '.join(str(cause).split())})"


def _is_passing(error: SQLAlchemyError) -> bool:
    """Whether it is the database's state, not a fault of ours."""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return True
    return isinstance(error, DBAPIError) and (error.connection_invalidated or type(error) is DatabaseError)


def as_json(value: object) -> str:
    """The value as stored in a column."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
