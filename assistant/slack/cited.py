"""What the bot's messages cite: each document, with the status that stood there, so that a thread can be told of a later one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from assistant.slack.database import Database
from corpus.document import Document

UNKNOWN = ""
"""The status of what was cited before statuses were kept here."""
_SCHEMA = """
CREATE TABLE cited (document TEXT NOT NULL, key TEXT NOT NULL, status TEXT NOT NULL, PRIMARY KEY (document, key)) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A thread in a channel."""

    channel: str
    thread: str


class Cited:
    """Which documents the answers given cite, in the inbox's file, beside the answers."""

    def __init__(self, database: Database) -> None:
        """Open the table; where it is new, with what the answers kept so far showed."""
        self._database = database
        with database.writing() as rows:
            if rows.execute("SELECT 1 FROM sqlite_master WHERE name = 'cited'").fetchone():
                return
            rows.execute(_SCHEMA)
            rows.execute("CREATE INDEX cited_key ON cited (key)")
            for row in rows.execute("SELECT key, passages FROM answer").fetchall():
                shown = {str(one["document"]): UNKNOWN for one in json.loads(row["passages"])}
                keep_cited(rows, row["key"], shown)

    def of(self, key: str) -> dict[str, str]:
        """What one answer cites, with the status that stood there."""
        found = self._database.connection.execute(
            "SELECT document, status FROM cited WHERE key = ? ORDER BY document", (key,)
        )
        return {row["document"]: row["status"] for row in found}

    def places(self, document: str) -> Iterator[tuple[Place, str]]:
        """The threads with a message that cites a document, and the status that stood there.

        An answer that only its asker saw stands in no thread.
        """
        found = self._database.connection.execute(
            "SELECT channel, coalesce(thread, answer_ts) AS thread, status FROM cited JOIN answer USING (key)"
            " WHERE document = ? AND answer_ts IS NOT NULL ORDER BY channel, thread, status",
            (document,),
        )
        for row in found.fetchall():
            yield Place(row["channel"], row["thread"]), row["status"]


def keep_cited(rows: sqlite3.Connection, key: str, cited: Mapping[str, str]) -> None:
    """Put what a message cites in place of what it cited before; within a transaction."""
    rows.execute("DELETE FROM cited WHERE key = ?", (key,))
    rows.executemany(
        "INSERT INTO cited (document, key, status) VALUES (?, ?, ?)",
        [(document, key, status) for document, status in sorted(cited.items())],
    )


def cited_of(documents: Iterable[Document]) -> dict[str, str]:
    """Documents as they are cited: by id, with their status."""
    return {one.id: one.status.value for one in documents}
