"""Counts: what was asked in a workspace and has no direct study, as concepts and months; never a word of a question."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, and_, bindparam, delete, select, update

from assistant.asked import FACETS_ASKED
from assistant.slack.database import Database, as_json
from assistant.slack.left import rows_left
from assistant.slack.schema import UNANSWERED
from assistant.unanswered import MONTHS, Unanswered, without_answer

if TYPE_CHECKING:
    from assistant.answer import Answer
    from corpus.vocabulary import Vocabulary

_KEY = ("workspace", "month", "library", "outcome", "facets")
_COUNT = (
    update(UNANSWERED)
    .where(and_(*(UNANSWERED.c[name] == bindparam(f"of_{name}") for name in _KEY)))
    .values(count=UNANSWERED.c.count + 1, last=bindparam("day"))
)
_OLD = delete(UNANSWERED).where(
    UNANSWERED.c.workspace == bindparam("of"), UNANSWERED.c.month <= bindparam("gone")
)


class Counts:
    """What a workspace asked and was not answered directly."""

    def __init__(self, database: Database, workspace: str) -> None:
        """Of a workspace."""
        self._database = database
        self._workspace = workspace

    def add(self, answer: Answer, vocabulary: Vocabulary, *, now: float) -> None:
        """Count the parts of an answer that have no direct study; what is older than a year is removed.

        Raises:
            StateError: the database is away.
        """
        day = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}"
        found = without_answer(answer, vocabulary, day)
        if not found:
            return
        keys = [
            {
                "workspace": self._workspace,
                "month": day[:7],
                "library": answer.store.library,
                "outcome": one.outcome,
                "facets": as_json(one.facets),
            }
            for one in found
        ]

        def deed(rows: Connection) -> None:
            for key in keys:
                if rows.execute(self._database.insert(UNANSWERED), {**key, "count": 0, "last": day}).rowcount:
                    rows.execute(_OLD, {"of": self._workspace, "gone": a_year_before(day[:7])})
                rows.execute(_COUNT, {**{f"of_{name}": value for name, value in key.items()}, "day": day})

        self._database.write(deed)


def a_year_before(month: str) -> str:
    """The latest month (ISO 8601) that is not kept in a month."""
    return f"{int(month[:4]) - MONTHS // 12}{month[4:]}"


def read_counts(place: Path | str, library: str) -> tuple[Unanswered, ...]:
    """What the bots of a database did not answer from a library; it is left as it is.

    Args:
        place: a file, or the address of a database.
        library: its name.

    Raises:
        SettingsError: the address is none.
        StateError: it cannot be read as the bots' database.
    """
    asked = select(UNANSWERED).where(UNANSWERED.c.library == library)
    return tuple(
        Unanswered(one["outcome"], _in_order(json.loads(one["facets"])), one["count"], one["last"])
        for one in rows_left(place, {UNANSWERED.name: asked})
    )


def _in_order(facets: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """The facets in the order of all facets, as `ask` counts them: only so are the two added up."""
    return {facet: tuple(facets[facet]) for facet in FACETS_ASKED if facet in facets}
