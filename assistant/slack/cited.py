"""What the bot's messages cite: each document, with the status that stood there, so that a thread can be told of a later one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select

from assistant.slack.database import Database
from assistant.slack.schema import ANSWERS, CITED
from corpus.document import Document

UNKNOWN = ""
"""The status of what was cited before statuses were kept here."""
_OF = and_(CITED.c.workspace == bindparam("of"), CITED.c.key == bindparam("this"))
_FIND = select(CITED.c.document, CITED.c.status).where(_OF)
_FORGET = delete(CITED).where(_OF)
_KEEP = insert(CITED)
_PLACES = (
    select(
        ANSWERS.c.channel,
        func.coalesce(ANSWERS.c.thread, ANSWERS.c.answer_ts).label("thread"),
        CITED.c.status,
    )
    .join_from(CITED, ANSWERS, and_(CITED.c.workspace == ANSWERS.c.workspace, CITED.c.key == ANSWERS.c.key))
    .where(
        CITED.c.workspace == bindparam("of"),
        CITED.c.document == bindparam("document"),
        ANSWERS.c.answer_ts.is_not(None),
    )
)


@dataclass(frozen=True, slots=True)
class Place:
    """A thread in a channel."""

    channel: str
    thread: str


class Cited:
    """Which documents the answers given in a workspace cite."""

    def __init__(self, database: Database, workspace: str) -> None:
        """Those of a workspace."""
        self._database = database
        self._workspace = workspace

    def of(self, key: str) -> dict[str, str]:
        """What one answer cites, with the status that stood there."""
        found = self._database.read(_FIND, {"of": self._workspace, "this": key})
        return dict(sorted((row.document, row.status) for row in found))

    def places(self, document: str) -> Iterator[tuple[Place, str]]:
        """The threads with a message that cites a document, and the status that stood there.

        An answer that only its asker saw stands in no thread.
        """
        found = self._database.read(_PLACES, {"of": self._workspace, "document": document})
        for row in sorted(found, key=tuple):
            yield Place(row.channel, row.thread), row.status


def forget_cited(rows: Connection, workspace: str, key: str) -> None:
    """Forget what a message cites; within a transaction."""
    rows.execute(_FORGET, {"of": workspace, "this": key})


def keep_cited(rows: Connection, workspace: str, key: str, cited: Mapping[str, str]) -> None:
    """Keep what a message cites, that cited nothing before; within a transaction."""
    new = [
        {"workspace": workspace, "document": document, "key": key, "status": status}
        for document, status in sorted(cited.items())
    ]
    if new:
        rows.execute(_KEEP, new)


def cited_of(documents: Iterable[Document]) -> dict[str, str]:
    """Documents as they are cited: by id, with their status."""
    return {one.id: one.status.value for one in documents}
