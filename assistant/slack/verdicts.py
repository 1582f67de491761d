"""Verdicts: what people said of answers, read out of a database that is left as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from assistant.slack.left import rows_left
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
    rows = rows_left(place, {VERDICTS.name: select(VERDICTS), "feedback": _BEFORE})
    return sorted(rows, key=lambda one: (one["given"], one["key"], one["person"]))
