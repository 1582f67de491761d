"""What bots did not answer: counted in their database by concept and month, read by `status`, gone with its workspace."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from answer_material import word_answerer
from bench_material import KNEE_JOINT, bench, knee_joint, library
from postgres import Postgres, postgres_or_skip
from slack_bench import Bench

from assistant.answering import Answerer
from assistant.commands.status import status_object
from assistant.indexing import index_library
from assistant.slack.counts import Counts, read_counts
from assistant.slack.database import Database
from assistant.slack.schema import UNANSWERED
from assistant.slack.settings import FILE
from assistant.slack.state import forget
from assistant.unanswered import count_unanswered

KNEE_IV = "Zebulon's aunt: IV bone marrow concentrate for knee osteoarthritis?"


def day(text: str) -> float:
    """A day as the bots' clock has it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL."""
    yield from postgres_or_skip()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """A file, and an address."""
    if request.param == "sqlite":
        return tmp_path / "state" / FILE
    address: str = request.getfixturevalue("server").fresh()
    return address


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """The answerer of a library of one trial."""
    folder = tmp_path_factory.mktemp("counts")
    return word_answerer(library(folder / "library", knee_joint(90000001)), folder / "stores")


def test_bots_count_together_by_concept(place: Path | str, answerer: Answerer) -> None:
    """Two workspaces of one database are added up, what is answered directly is not counted, and a workspace's counts go with it."""
    database, name = Database(place), answerer.answer(KNEE_IV).store.library
    for workspace, asked in (
        ("T1-U1", KNEE_IV),
        ("T1-U1", KNEE_JOINT),
        ("T2-U1", KNEE_IV),
        ("T2-U1", KNEE_IV),
    ):
        Counts(database, workspace).add(answerer.answer(asked), answerer.vocabulary, now=day("2026-01-02"))
    found = read_counts(place, name)
    assert sorted(one.count for one in found) == [1, 2]
    assert {tuple(one.facets.items()) for one in found} == {
        (
            ("intervention", ("bone-marrow-concentrate",)),
            ("route", ("intravenous",)),
            ("condition", ("knee-osteoarthritis",)),
        )
    }
    assert read_counts(place, "another library") == ()
    forget(database, "T2-U1")
    assert [one.count for one in read_counts(place, name)] == [1]
    database.close()


def test_counts_older_than_a_year_are_removed(place: Path | str, answerer: Answerer) -> None:
    """The first count of a month removes those of the same month of the year before, and of those before it."""
    database = Database(place)
    counts, answer = Counts(database, "T1-U1"), answerer.answer(KNEE_IV)
    for when in ("2025-01-31", "2025-02-01", "2025-12-31", "2026-01-01"):
        counts.add(answer, answerer.vocabulary, now=day(when))
    rows = database.read(UNANSWERED.select())
    assert sorted(row.month for row in rows) == ["2025-02", "2025-12", "2026-01"]
    database.close()


def test_a_bot_counts_what_it_answers_and_status_adds_it_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question asked of a bot is counted once, without a word of it, and `status` has it beside what `ask` counted."""
    of = bench(library(tmp_path / "library", knee_joint(90000001)))
    index_library(of)
    monkeypatch.setenv("FIRSTPASS_STATE", str(tmp_path / "state"))
    with of.open() as store:
        said = Answerer(of, store, of.encoders())
        count_unanswered(of.root, said.answer(KNEE_IV), of.vocabulary, "2026-01-02")
    with of.open() as store, Bench(tmp_path / "state", real=Answerer(of, store, of.encoders())) as asked:
        asked.slack.ask(KNEE_IV)
        asked.slack.wait(lambda: len(asked.slack.answers()) == 1, 20)
        asked.stop()
        (one,) = status_object(of, store)["unanswered"]
    assert (one["outcome"], one["count"]) == ("no-direct", 2)
    assert not any(
        b"Zebulon" in path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file()
    )


def test_a_database_that_cannot_be_read_is_said_and_status_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is no database costs the bots' counts, with a word that names it, and nothing else of `status`."""
    of = bench(library(tmp_path / "library", knee_joint(90000001)))
    index_library(of)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / FILE).write_bytes(b"this is no database, only some bytes that are long enough" * 40)
    monkeypatch.setenv("FIRSTPASS_STATE", str(tmp_path / "state"))
    with of.open() as store:
        assert not status_object(of, store)["unanswered"]
    assert FILE in capsys.readouterr().err
