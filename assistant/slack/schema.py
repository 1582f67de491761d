"""The schema: every table of the bots' database, as the newest migration leaves it.

One database holds the bots of any number of workspaces: each row names its workspace ("T…-U…": the team's id and the bot's
user id). A process belongs to no workspace; it is in `owners`. Times are seconds since 1970; lists and objects are JSON.
"""

from __future__ import annotations

import re

from sqlalchemy import Column, Dialect, Double, Index, Integer, MetaData, Table, Text
from sqlalchemy.types import TypeDecorator

NEWEST = "counts_0001"
"""The migration after which the tables are as they stand here."""
TABLES = MetaData()

UNKEPT = re.compile("[\x00\ud800-\udfff]")
"""NUL, which PostgreSQL takes in no text, and halves of characters, which are no UTF-8."""


class Words(TypeDecorator[str]):
    """Text as people write it: what no database can keep has a mark in its place, and never keeps the rest from being stored."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy gives it
        """The text as it can be kept."""
        return UNKEPT.sub("\N{REPLACEMENT CHARACTER}", value) if value else value


def _keyed(name: str, *columns: Column[object] | Index) -> Table:
    """A table of rows that are each a workspace's. It is the last of the key: in the index, what tells rows apart goes first."""
    return Table(name, TABLES, *columns, Column("workspace", Text, primary_key=True), sqlite_with_rowid=False)


def _key(name: str) -> Column[object]:
    return Column(name, Text, primary_key=True)


def _text(name: str, default: str | None = None) -> Column[object]:
    return Column(name, Text, nullable=False, server_default=default)


def _whole(name: str) -> Column[object]:
    return Column(name, Integer, nullable=False, server_default="0")


def _time(name: str, default: str | None = None) -> Column[object]:
    return Column(name, Double, nullable=False, server_default=default)


SETTINGS = _keyed("settings", _key("name"), _text("value"))
QUESTIONS = _keyed(
    "questions",
    _key("key"),
    _text("team"),
    _text("channel"),
    _text("ts"),
    Column("thread", Text),
    _text("user"),
    _text("way"),
    Column("text", Words),
    _text("masked"),
    Column("response_url", Text),
    _text("state"),
    _text("was", ""),
    Column("owner", Text),
    _whole("turn"),
    _time("not_before", "0"),
    _time("received"),
    _whole("tries"),
    Column("answer_ts", Text),
    Column("edited", Text),
    Column("fingerprint", Text),
    Index("questions_state", "state", "not_before"),
    Index("questions_thread", "channel", "thread"),
)
"""`turn` counts how often a question was taken: who holds an earlier turn holds it no longer, and changes nothing any more."""
DIRECTS = _keyed("directs", _key("channel"), _time("seen"))
ANSWERS = _keyed(
    "answers",
    _key("key"),
    _text("channel"),
    Column("ts", Text),
    Column("answer_ts", Text),
    Column("thread", Text),
    Column("parts", Words, nullable=False),
    _text("passages"),
    _text("version"),
    _whole("shared"),
    _time("given"),
)
CITED = _keyed("citations", _key("document"), _key("key"), _text("status"), Index("citations_key", "key"))
VERDICTS = _keyed(
    "verdicts",
    _key("key"),
    _key("person"),
    _time("given"),
    _text("reasons"),
    _whole("part"),
    Column("paper", Words, nullable=False),
    Column("question", Words),
    Column("reading", Words, nullable=False),
    _text("passages"),
    _text("version"),
)
ANNOUNCEMENTS = _keyed(
    "announcements",
    _key("key"),
    _text("kind"),
    _text("channel"),
    Column("thread", Text),
    _text("about"),
    _text("state"),
    _text("was", ""),
    Column("file", Text),
    Column("owner", Text),
    _whole("turn"),
    _time("not_before", "0"),
    _time("made"),
    _whole("tries"),
    Index("announcements_state", "state", "not_before"),
)
TOLD = _keyed(
    "told_statuses", _key("channel"), _key("thread"), _key("document"), _key("status"), _time("made")
)
SERVED = _keyed("told_versions", _key("library"), _text("version"))
UNANSWERED = _keyed(
    "unanswered",
    _key("month"),
    _key("library"),
    _key("outcome"),
    _key("facets"),
    _whole("count"),
    _text("last"),
)
"""How often concepts were asked for in a month, and no study answers directly; `last` is the latest day."""
OWNERS = Table(
    "owners", TABLES, _key("name"), _text("place"), _whole("beat"), _time("seen"), sqlite_with_rowid=False
)
"""The processes that run now. `beat` counts up as long as one lives; `place` tells those whose locks can be tried."""
OF_WORKSPACES = tuple(one for one in TABLES.sorted_tables if "workspace" in one.c)
