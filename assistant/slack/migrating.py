"""Migrating: a database brought to the newest schema when a bot starts, by one of those that start at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from assistant.errors import StateError
from assistant.slack.engines import begun
from assistant.slack.schema import NEWEST

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x66697273747061  # "firstpa": the advisory lock's number, the same for all bots of one database
VERSIONS = "alembic_version"


def migrate(engine: Engine, *, file: Path | None) -> None:
    """Bring the tables of this database to what the code needs; nothing where they are so.

    Args:
        engine: the database.
        file: its file, where it is one. A file of bots before there were workspaces in its rows is its folder's workspace.

    Raises:
        StateError: it is newer than this code.
        DBAPIError: it cannot be reached or changed.
    """
    if version(engine) == NEWEST:
        return
    with _alone(engine, file) as rows:
        _upgrade(rows, file)


def version(engine: Engine) -> str | None:
    """The migration that a database was left at; None before the first."""
    with engine.connect() as rows:
        return _version(rows)


def _version(rows: Connection) -> str | None:
    if not inspect(rows).has_table(VERSIONS):
        return None
    found = rows.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar()  # noqa: S608 - a constant
    return str(found) if found else None


@contextmanager
def _alone(engine: Engine, file: Path | None) -> Iterator[Connection]:
    """A transaction that no other process that starts has at the same time."""
    if file is None:
        with begun(engine) as rows:
            rows.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK})
            yield rows
        return
    from filelock import FileLock

    with FileLock(file.parent / "open.lock"), begun(engine) as rows:
        yield rows


def _upgrade(rows: Connection, file: Path | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": rows, "file": file})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    known = {one.revision for one in ScriptDirectory.from_config(config).walk_revisions()}
    found = _version(rows)
    if found is not None and found not in known:
        message = (
            f"the bot's database was last used by a newer firstpass (its schema is {found}), so this one leaves it alone and"
            " does not start; install that version, or give this one another FIRSTPASS_DATABASE or FIRSTPASS_STATE"
        )
        raise StateError(message)
    command.upgrade(config, "head")
