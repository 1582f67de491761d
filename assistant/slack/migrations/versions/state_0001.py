"""The tables, each row with its workspace; what a file of the bots before them holds is taken over."""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import context, op

from assistant.errors import StateError

revision = "state_0001"
down_revision = None
branch_labels = None
depends_on = None

BEFORE = {
    "setting": ("settings", "name, value"),
    "question": (
        "questions",
        'key, team, channel, ts, thread, "user", way, text, masked, response_url, state, was, owner, not_before, received, tries, answer_ts, edited, fingerprint',
    ),
    "direct": ("directs", "channel, seen"),
    "answer": (
        "answers",
        "key, channel, ts, answer_ts, thread, parts, passages, version, shared, given",
    ),
    "feedback": (
        "verdicts",
        "key, person, given, reasons, part, paper, question, reading, passages, version",
    ),
    "cited": ("citations", "document, key, status"),
    "announcement": (
        "announcements",
        "key, kind, channel, thread, about, state, was, file, owner, not_before, made, tries",
    ),
    "told": ("told_statuses", "channel, thread, document, status, made"),
    "served": ("told_versions", "library, version"),
}
"""The tables of a file before this migration, each with the table and the columns that its rows go to."""


def upgrade() -> None:
    """Make the tables, and take over what a file of before holds."""
    _make()
    rows, file = op.get_bind(), context.config.attributes.get("file")
    old = [one for one in BEFORE if sa.inspect(rows).has_table(one)]
    if not old or file is None:
        return
    _refuse_while_one_runs(file)
    for name in old:
        table, columns = BEFORE[name]
        rows.execute(
            sa.text(f"INSERT INTO {table} (workspace, {columns}) SELECT :workspace, {columns} FROM {name}"),  # noqa: S608 - constants
            {"workspace": file.parent.name},
        )
    if "answer" in old and "cited" not in old:
        _cite_what_was_shown(rows, file.parent.name)
    for name in old:
        op.drop_table(name)


def _refuse_while_one_runs(file: Path) -> None:
    """A bot of before would go on writing where nobody reads."""
    from filelock import FileLock, Timeout

    for path in sorted((file.parent / "owners").glob("*.lock")):
        try:
            with FileLock(path, timeout=0):
                pass
        except Timeout:
            message = f"a bot of an older firstpass still uses {file}, so this one does not start; stop that one first"
            raise StateError(message) from None


def _cite_what_was_shown(rows: sa.Connection, workspace: str) -> None:
    """Files of long ago kept no citations; what an answer showed is cited, its status then unknown."""
    found = rows.execute(sa.text("SELECT key, passages FROM answer")).all()
    for key, passages in found:
        for document in sorted({str(one["document"]) for one in json.loads(passages)}):
            rows.execute(
                sa.text(
                    "INSERT INTO citations (workspace, document, key, status) VALUES (:workspace, :document, :key, '')"
                ),
                {"workspace": workspace, "document": document, "key": key},
            )


def _make() -> None:
    _table("settings", _key("name"), _text("value"))
    _table(
        "questions",
        *(_key("key"), _text("team"), _text("channel"), _text("ts"), _open("thread"), _text("user")),
        *(_text("way"), _open("text"), _text("masked"), _open("response_url"), _text("state")),
        *(_text("was", ""), _open("owner"), _whole("turn"), _time("not_before", "0"), _time("received")),
        *(_whole("tries"), _open("answer_ts"), _open("edited"), _open("fingerprint")),
    )
    op.create_index("questions_state", "questions", ["state", "not_before"])
    op.create_index("questions_thread", "questions", ["channel", "thread"])
    _table("directs", _key("channel"), _time("seen"))
    _table(
        "answers",
        *(_key("key"), _text("channel"), _open("ts"), _open("answer_ts"), _open("thread"), _text("parts")),
        *(_text("passages"), _text("version"), _whole("shared"), _time("given")),
    )
    _table("citations", _key("document"), _key("key"), _text("status"))
    op.create_index("citations_key", "citations", ["key"])
    _table(
        "verdicts",
        *(_key("key"), _key("person"), _time("given"), _text("reasons"), _whole("part"), _text("paper")),
        *(_open("question"), _text("reading"), _text("passages"), _text("version")),
    )
    _table(
        "announcements",
        *(_key("key"), _text("kind"), _text("channel"), _open("thread"), _text("about"), _text("state")),
        *(_text("was", ""), _open("file"), _open("owner"), _whole("turn"), _time("not_before", "0")),
        *(_time("made"), _whole("tries")),
    )
    op.create_index("announcements_state", "announcements", ["state", "not_before"])
    statuses = [_key(one) for one in ("channel", "thread", "document", "status")]
    _table("told_statuses", *statuses, _time("made"))
    _table("told_versions", _key("library"), _text("version"))
    owners = (_key("name"), _text("place"), _whole("beat"), _time("seen"))
    op.create_table("owners", *owners, sqlite_with_rowid=False)


def _table(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(name, *columns, _key("workspace"), sqlite_with_rowid=False)


def _key(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text, primary_key=True)


def _text(name: str, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def _open(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text)


def _whole(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def _time(name: str, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.Double, nullable=False, server_default=default)
