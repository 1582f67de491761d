"""The database: all that the bots keep, in one SQLite file or in a PostgreSQL that is shared; its errors are translated here.

On SQLite, what is deleted is overwritten at once in the file, and by `truncate` in its log. PostgreSQL has no such thing: what is
deleted is read by no query any more, and `truncate` gives its place in the table free, but its bytes stay there until they are
written over, and in the server's log and backups until those are recycled.
"""

from __future__ import annotations

import json
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
from assistant.slack.engines import Borrowing, Keeping, begun, engine_of
from assistant.slack.migrating import migrate

Given = TypeVar("Given")
PATIENCE = 2.0
"""Seconds for which what cannot be reached is tried again: Slack waits three for an acknowledgement."""
FIRST, LONGEST = 0.02, 0.5
"""Seconds between two tries, doubled each time."""
NOTHING: Mapping[str, Any] = {}


class Database:
    """One database, for all threads of this process.

    Attributes:
        path: its file; None where it is a server's.
        engine: SQLAlchemy's.
    """

    def __init__(self, address: Path | str) -> None:
        """Open it, a file or what an address names; make it where it is new, and bring it to the newest schema.

        Raises:
            SettingsError: the address is none.
            StateError: it cannot be reached or used.
        """
        self.engine, self.path = engine_of(address)
        self._connections = Keeping(self.engine) if self.path else Borrowing(self.engine)
        self._inserts: dict[tuple[str, tuple[str, ...] | None], Insert] = {}
        try:
            migrate(self.engine, file=self.path)
        except StateError:
            self.close()
            raise

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
        until, pause = time.monotonic() + PATIENCE, FIRST
        while True:
            try:
                return deed()
            except SQLAlchemyError as error:
                if not self._is_passing(error):
                    raise
                if self.path or time.monotonic() + pause > until:  # SQLite itself has waited for the file
                    raise self._translated(error) from error
            time.sleep(pause)
            pause = min(2 * pause, LONGEST)

    def _is_passing(self, error: SQLAlchemyError) -> bool:
        """Whether it is the database's state, not a fault of ours."""
        if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
            return True
        return isinstance(error, DBAPIError) and (
            error.connection_invalidated or type(error) is DatabaseError
        )

    def _translated(self, error: SQLAlchemyError) -> StateError:
        cause = error.orig if isinstance(error, DBAPIError) else error
        message = (
            f"the bots' database {self.name} cannot be used ({' '.join(str(cause).split())}), so nothing is taken in or answered"
            " until it can; the bot then goes on by itself"
        )
        return StateError(message)


def as_json(value: object) -> str:
    """The value as stored in a column."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
