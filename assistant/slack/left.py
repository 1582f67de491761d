"""What bots left in a database: read by a maintainer's commands, whichever bots use it and how old they are, and left as it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Executable, inspect
from sqlalchemy.exc import SQLAlchemyError

from assistant.errors import StateError
from assistant.slack.engines import engine_of, only_read


def rows_left(place: Path | str, asked: Mapping[str, Executable]) -> list[dict[str, Any]]:
    """The rows of the first of these tables that is there, as they are stored; none where none of them is.

    Args:
        place: a file, or the address of a database.
        asked: the statement for each table.

    Raises:
        SettingsError: the address is none.
        StateError: it cannot be read as the bots' database.
    """
    engine = only_read(place) if isinstance(place, Path) else engine_of(place)[0]
    try:
        return _rows(engine, asked)
    except SQLAlchemyError as error:
        name = place if isinstance(place, Path) else engine.url.render_as_string(hide_password=True)
        cause = " ".join(str(getattr(error, "orig", None) or error).split())
        message = (
            f"{name} cannot be read as the bots' database ({cause}), so nothing is listed; name the bots' folder with"
            " FIRSTPASS_STATE, or their database with FIRSTPASS_DATABASE"
        )
        raise StateError(message) from error
    finally:
        engine.dispose()


def _rows(engine: Engine, asked: Mapping[str, Executable]) -> list[dict[str, Any]]:
    there = set(inspect(engine).get_table_names())
    statement = next((statement for table, statement in asked.items() if table in there), None)
    if statement is None:
        return []
    with engine.connect() as rows:
        return [row._asdict() for row in rows.execute(statement)]
