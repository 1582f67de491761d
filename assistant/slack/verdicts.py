"""Verdicts: what people said of answers, read out of a database that is left as it is, whichever bots use it and how old they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Executable, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from assistant.errors import StateError
from assistant.slack.engines import engine_of, only_read
from assistant.slack.schema import VERDICTS

_BEFORE = text("SELECT * FROM feedback")
"""The table of files that no bot of this firstpass has opened yet."""


def read_verdicts(place: Path | str) -> list[dict[str, Any]]:
    """The rows of all workspaces, oldest first, as they are stored; none where no answer was ever given.

    Args:
        place: a file, or the address of a database.

    Raises:
        SettingsError: the address is none.
        StateError: it cannot be read as the bots' database.
    """
    engine = only_read(place) if isinstance(place, Path) else engine_of(place)[0]
    try:
        rows = _rows(engine)
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
    return sorted(rows, key=lambda one: (one["given"], one["key"], one["person"]))


def _rows(engine: Engine) -> list[dict[str, Any]]:
    there = set(inspect(engine).get_table_names())
    if VERDICTS.name in there:
        statement: Executable = select(VERDICTS)
    elif "feedback" in there:
        statement = _BEFORE
    else:
        return []
    with engine.connect() as rows:
        return [row._asdict() for row in rows.execute(statement)]
