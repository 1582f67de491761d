"""A bot's file as it was before its rows named their workspace: the schema of then, and what it held."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

SCHEMA = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE question (
    key TEXT PRIMARY KEY, team TEXT NOT NULL, channel TEXT NOT NULL, ts TEXT NOT NULL, thread TEXT, user TEXT NOT NULL,
    way TEXT NOT NULL, text TEXT, masked TEXT NOT NULL, response_url TEXT, state TEXT NOT NULL, was TEXT NOT NULL DEFAULT '',
    owner TEXT, not_before REAL NOT NULL DEFAULT 0, received REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    answer_ts TEXT, edited TEXT, fingerprint TEXT) WITHOUT ROWID;
CREATE INDEX question_state ON question (state, not_before);
CREATE INDEX question_thread ON question (channel, thread);
CREATE TABLE direct (channel TEXT PRIMARY KEY, seen REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE answer (
    key TEXT PRIMARY KEY, channel TEXT NOT NULL, ts TEXT, answer_ts TEXT, thread TEXT, parts TEXT NOT NULL, passages TEXT NOT NULL,
    version TEXT NOT NULL, shared INTEGER NOT NULL DEFAULT 0, given REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE feedback (
    key TEXT NOT NULL, person TEXT NOT NULL, given REAL NOT NULL, reasons TEXT NOT NULL, part INTEGER NOT NULL, paper TEXT NOT NULL,
    question TEXT, reading TEXT NOT NULL, passages TEXT NOT NULL, version TEXT NOT NULL,
    PRIMARY KEY (key, person)) WITHOUT ROWID;
CREATE TABLE announcement (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, channel TEXT NOT NULL, thread TEXT, about TEXT NOT NULL, state TEXT NOT NULL,
    was TEXT NOT NULL DEFAULT '', file TEXT, owner TEXT, not_before REAL NOT NULL DEFAULT 0, made REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX announcement_state ON announcement (state, not_before);
CREATE TABLE told (
    channel TEXT NOT NULL, thread TEXT NOT NULL, document TEXT NOT NULL, status TEXT NOT NULL, made REAL NOT NULL,
    PRIMARY KEY (channel, thread, document, status)) WITHOUT ROWID;
CREATE TABLE served (library TEXT PRIMARY KEY, version TEXT NOT NULL) WITHOUT ROWID;
"""
CITED = """
CREATE TABLE cited (document TEXT NOT NULL, key TEXT NOT NULL, status TEXT NOT NULL, PRIMARY KEY (document, key)) WITHOUT ROWID;
CREATE INDEX cited_key ON cited (key);
"""
NOW = {
    "setting": "settings",
    "question": "questions",
    "direct": "directs",
    "answer": "answers",
    "feedback": "verdicts",
    "announcement": "announcements",
    "told": "told_statuses",
    "served": "told_versions",
    "cited": "citations",
}
"""The tables of then, and those of now."""


def set_back(path: Path, *, cited: bool = True) -> None:
    """Make a bot's file what it would be if an old bot had written it; without what it cites where it was older still."""
    with closing(sqlite3.connect(path, isolation_level=None)) as rows:
        rows.executescript(SCHEMA + (CITED if cited else ""))
        for then, now in NOW.items():
            if then != "cited" or cited:
                names = ", ".join(f'"{row[1]}"' for row in rows.execute(f"PRAGMA table_info({then})"))
                rows.execute(f"INSERT INTO {then} ({names}) SELECT {names} FROM {now}")  # noqa: S608 - its own words
            rows.execute(f"DROP TABLE {now}")
        for later in ("owners", "slack_bots", "slack_installations", "slack_oauth_states", "unanswered"):
            rows.execute(f"DROP TABLE {later}")
        rows.execute("DROP TABLE alembic_version")


def everything(path: Path, *tables: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of these tables, in order, without the columns that the old ones had not."""
    found = {}
    with closing(sqlite3.connect(path)) as rows:
        for name in tables:
            names = [row[1] for row in rows.execute(f"PRAGMA table_info({name})")]
            kept = sorted(f'"{one}"' for one in names if one not in ("workspace", "turn"))
            found[name] = sorted(rows.execute(f"SELECT {', '.join(kept)} FROM {name}"), key=repr)  # noqa: S608
    return found
