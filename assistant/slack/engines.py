"""Engines: an SQLite file or a PostgreSQL server, each opened as the bots need it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakSet

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExceptionContext,
    Executable,
    QueuePool,
    Row,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError, InterfaceError, InternalError, OperationalError, SQLAlchemyError

from assistant.errors import SettingsError, StateError

Given = TypeVar("Given")
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON", "cache_size=-128")
"""The last: kilobytes of the file that a connection remembers; SQLite's own 2 MB would add up over some twenty of them."""
CONNECTING = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}
POOL = {"pool_size": 5, "max_overflow": 15, "pool_timeout": 5.0}
"""At most twenty connections of a bot: PostgreSQL allows a hundred, if nobody says otherwise."""
READ_ONLY = "25006"
"""What a server says that another has taken over from: its connections are given up, and the address is asked again."""
AWAY = ("08", "53", "57")
"""Classes of such codes: no connection, no room, an operator's deed. No code at all: nobody answered."""
SERVERS = ("postgresql", "postgresql+psycopg")


def engine_of(address: Path | str) -> tuple[Engine, Path | None]:
    """The engine for a file or an address, and its file where it has one.

    Raises:
        SettingsError: the address is none, or what speaks to such a server is not installed.
        StateError: the file cannot be made.
    """
    if isinstance(address, Path):
        return _file(address), address
    url = _url(address)
    if url.drivername in SERVERS:
        return _server(url), None
    path = Path(url.database or "").expanduser()
    return _file(path), path


def is_away(error: SQLAlchemyError) -> bool:
    """Whether a server was not reached, or takes nobody now: it starts, stops, is full, or another takes over from it.

    A wrong password counts too: libpq gives no code with what a server says before it lets anybody in, and its words are of any language.
    """
    if not isinstance(error, OperationalError | InterfaceError | InternalError):
        return False
    state = getattr(error.orig, "sqlstate", "")
    return state is None or state == READ_ONLY or state[:2] in AWAY


def only_read(path: Path) -> Engine:
    """A file that is there, read and never written."""
    query = {"mode": "ro", "uri": "true"}
    return create_engine(URL.create("sqlite", database=path.resolve().as_uri(), query=query))


@contextmanager
def begun(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes. SQLite has one writer, and none may come between what a transaction reads and what it writes."""
    with engine.connect() as rows:
        if engine.dialect.name == "sqlite":
            rows.exec_driver_sql("BEGIN IMMEDIATE")
        yield rows
        rows.commit()


class Borrowing:
    """Connections to a server, each borrowed for as long as a statement or a transaction takes."""

    def __init__(self, engine: Engine) -> None:
        """Of this engine."""
        self._engine = engine
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")

    def read(self, statement: Executable, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
        """The rows of one statement."""
        with self._reading.connect() as rows:
            return rows.execute(statement, values).all()

    def write(self, deed: Callable[[Connection], Given]) -> Given:
        """What a deed gives back, done in a transaction."""
        with begun(self._engine) as rows:
            return deed(rows)

    def close(self) -> None:
        """Close those that are open."""
        self._engine.dispose()


class Keeping:
    """Connections to a file, one for each thread as long as it lives: they are cheap to keep, and borrowing costs as much as a statement."""

    def __init__(self, engine: Engine) -> None:
        """Of this engine."""
        self._engine = engine
        self._threads = threading.local()
        self._open: WeakSet[Connection] = WeakSet()

    def _own(self) -> Connection:
        found: Connection | None = getattr(self._threads, "rows", None)
        if found is None or found.closed:
            found = self._threads.rows = self._engine.connect()
            self._open.add(found)
        return found

    def read(self, statement: Executable, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
        """The rows of one statement."""
        rows = self._own()
        inside = rows.in_transaction()
        try:
            return rows.execute(statement, values).all()
        finally:
            if not inside:
                rows.rollback()

    def write(self, deed: Callable[[Connection], Given]) -> Given:
        """What a deed gives back, done in a transaction."""
        rows = self._own()
        try:
            rows.exec_driver_sql("BEGIN IMMEDIATE")
            given = deed(rows)
            rows.commit()
        except BaseException:
            rows.rollback()
            raise
        return given

    def close(self) -> None:
        """Close those of all threads; a thread that comes later opens a new one."""
        for one in tuple(self._open):
            one.close()
        self._engine.dispose()


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError:
        url = None
    if url is None or not (url.drivername in SERVERS or (url.drivername == "sqlite" and url.database)):
        message = (
            "FIRSTPASS_DATABASE is no address of a database, so nothing is read or written; write"
            " postgresql+psycopg://USER:PASSWORD@HOST/NAME or sqlite:///FILE, or unset it for a file in the state folder"
        )
        raise SettingsError(message)
    return url


def _file(path: Path) -> Engine:
    """A file that only its owner may read, what is deleted in it overwritten."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
    except OSError as error:
        message = f"the bots' database {path} cannot be written ({error.strerror}), so no bot starts; set FIRSTPASS_STATE"
        raise StateError(message) from error
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        hide_parameters=True,  # as below
        poolclass=QueuePool,
        pool_size=20,
        max_overflow=-1,
        pool_use_lifo=True,
        connect_args={"timeout": 20, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: object) -> None:  # noqa: ARG001 - SQLAlchemy gives it
        connection.isolation_level = None  # or Python would begin transactions of its own
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _server(url: URL) -> Engine:
    given = {name: value for name, value in CONNECTING.items() if name not in url.query}
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            hide_parameters=True,  # an error would else show a question's text
            pool_pre_ping=True,
            pool_use_lifo=True,
            connect_args={"application_name": "firstpass", **given},
            **POOL,
        )
    except ImportError as error:
        message = (
            "FIRSTPASS_DATABASE names a PostgreSQL, and what speaks to one is not installed, so no bot starts;"
            " run: pip install 'firstpass[server]'"
        )
        raise SettingsError(message) from error

    @event.listens_for(engine, "handle_error")
    def failed(context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
            context.is_disconnect = True

    return engine
