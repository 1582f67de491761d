"""Migrations: a file of older bots is taken over whole, the schema is what its module says, and nobody spoils what is newer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from old_state import NOW, everything, set_back
from postgres import Postgres, postgres_or_skip
from state_material import announcements_of, file_in, given_of, inbox_in, sql

from assistant.errors import StateError
from assistant.slack.announcements import CHANGES, Served
from assistant.slack.cited import Place
from assistant.slack.database import Database
from assistant.slack.given import Given, Verdict
from assistant.slack.incoming import Asked, Way
from assistant.slack.migrating import FOLDER
from assistant.slack.schema import NEWEST, TABLES
from assistant.worklist import read_complaints
from corpus.vocabulary import load_vocabulary

PART = {"ask": "evidence", "facets": {"intervention": ["bone-marrow-concentrate"]}, "assumed": []}
SHOWN = {"part": 0, "document": "pmid:00000001", "start": 0, "end": 9, "score": 0.5, "direct": True}


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL for this file's tests."""
    yield from postgres_or_skip()


def asked(ts: str, text: str) -> Asked:
    """A question in a channel's thread."""
    return Asked("T1", "C1", ts, "U1", Way.MENTION, text, ("name",), thread=ts, response_url="https://x")


def lived(folder: Path) -> Path:
    """The file of a bot that has answered, is answering and has questions waiting, was judged, and has told and is to tell."""
    inbox = inbox_in(folder)
    given, said = given_of(inbox), announcements_of(inbox)
    for number in range(4):
        inbox.put(asked(f"{number}.0", f"synthetic question {number}"), now=float(number))
    for ts in ("9.1", "9.2"):
        question = inbox.take(now=10.0)
        assert question
        given.keep(
            Given(
                question.key,
                "C1",
                question.ts,
                ts,
                question.thread,
                (PART,),
                (SHOWN,),
                "a" * 16,
                {"pmid:00000001": ""},
            ),
            now=10.0,
        )
        assert inbox.done(question, ts)
    inbox.remove(asked("1.0", "").key)
    held = inbox.take(now=10.0)
    assert held
    assert inbox.posting(held)
    inbox.saw_direct("D1", now=5.0)
    found = given.find(asked("0.0", "").key)
    assert found
    given.judge(found, "U7", Verdict(("wrong-route",), question="typed"), now=11.0)
    for version in ("a", "b"):
        said.served(Served("Synthetic library", version, ""), channel="C9", still=lambda: True, now=12.0)
    said.tell(Place("C1", "0.0"), {"pmid:00000001": "retracted"}, version="b", now=13.0)
    inbox.database.close()
    inbox.owner.release()
    return file_in(folder)


def test_a_file_of_older_bots_is_taken_over_whole(tmp_path: Path) -> None:
    """Every row of every table is there afterwards, under the workspace of its folder, and the old tables and their pages are gone."""
    path = lived(tmp_path)
    with closing(sqlite3.connect(path)) as rows:
        rows.execute("UPDATE questions SET state = 'posting'  WHERE state = 'taken'")
        rows.commit()
    before = everything(path, *NOW.values())
    assert all(before.values()), "every table has rows"
    set_back(path)
    old = everything(path, *NOW)
    assert list(old.values()) == [before[name] for name in NOW.values()]
    inbox = inbox_in(tmp_path)
    assert everything(path, *NOW.values()) == before
    with closing(sqlite3.connect(path)) as rows:
        tables = {row[0] for row in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert not tables & NOW.keys()
    assert inbox.recover() == 1
    again = inbox.take(now=20.0)
    assert again
    assert (again.text, again.was) == ("synthetic question 2", "posting")
    question = inbox.take(now=20.0)
    assert question
    assert (question.text, question.masked, question.response_url) == (
        "synthetic question 3",
        ("name",),
        "https://x",
    )
    assert not inbox.put(asked("0.0", "asked again by Slack"), now=30.0)
    said = announcements_of(inbox)
    assert {one.kind for one in iter(lambda: said.take(now=20.0), None)} == {CHANGES, "status"}
    assert said.told_last("Synthetic library") == "b"
    inbox.close()


def test_a_fingerprint_of_before_still_tells_an_edit_that_changes_nothing(tmp_path: Path) -> None:
    """The salt is taken over too: an edit that leaves the text as it was before the move does not count."""
    set_back(lived(tmp_path))
    inbox = inbox_in(tmp_path)
    same = Asked("T1", "C1", "0.0", "U1", Way.MENTION, "synthetic question 0", ("name",), edited="3.3")
    other = Asked("T1", "C1", "0.0", "U1", Way.MENTION, "synthetic question 00", ("name",), edited="4.4")
    assert not inbox.edit(same, now=15.0)
    assert inbox.edit(other, now=15.0)
    inbox.close()


def test_what_people_said_is_read_out_of_a_file_of_older_bots_too(tmp_path: Path) -> None:
    """The worklist reads a file that no bot of this version has opened, the same as afterwards, and changes nothing in it."""
    path, names = lived(tmp_path), load_vocabulary()
    now = read_complaints(path, names)
    set_back(path)
    before = path.read_bytes()
    assert read_complaints(path, names) == now
    assert len(now) == 1
    assert path.read_bytes() == before


def test_no_bot_starts_beside_one_of_before(tmp_path: Path) -> None:
    """While a bot of before still runs on the file, which would go on writing where nobody reads, the file stays as it is."""
    path = lived(tmp_path)
    set_back(path)
    with (
        FileLock(path.parent / "owners" / "0123456789abcdef.lock", thread_local=False),
        pytest.raises(StateError, match="stop that one first"),
    ):
        inbox_in(tmp_path)
    assert everything(path, "question")["question"]
    inbox_in(tmp_path).close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_the_migrations_make_what_the_schema_says(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    """After the migrations the tables are those of `schema.py`, column by column, on both databases; Slack's own are another test's."""
    place = request.getfixturevalue("server").fresh() if kind == "postgres" else tmp_path / "slack.sqlite3"
    database = Database(place)
    with database.writing() as rows:
        ours = {"include_name": lambda name, kind, _: kind != "table" or not name.startswith("slack_")}
        assert compare_metadata(MigrationContext.configure(rows, opts=ours), TABLES) == []
    database.close()


def test_the_newest_migration_is_named(tmp_path: Path) -> None:
    """The name by which a start sees that nothing is to be done is that of the one newest migration."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_newer_database_is_left_alone(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    """A database that a newer firstpass has migrated is refused in words."""
    address = request.getfixturevalue("server").fresh() if kind == "postgres" else ""
    inbox = inbox_in(tmp_path, address)
    sql(inbox.database, "UPDATE alembic_version SET version_num = 'of_tomorrow'")
    inbox.close()
    with pytest.raises(StateError, match="newer firstpass"):
        inbox_in(tmp_path, address)


def test_an_open_database_needs_no_alembic(tmp_path: Path) -> None:
    """A start on a database that is as it should be changes nothing in it."""
    database = Database(tmp_path / "slack.sqlite3")
    database.close()
    before = (tmp_path / "slack.sqlite3").read_bytes()
    Database(tmp_path / "slack.sqlite3").close()
    assert (tmp_path / "slack.sqlite3").read_bytes() == before
