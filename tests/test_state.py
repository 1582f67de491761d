"""The bots' database: what it promises holds in an SQLite file and in a real PostgreSQL, by the same tests."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from postgres import Postgres, postgres_or_skip
from slack_bench import FakeAnswering
from state_material import WORKSPACE, announcements_of, count, given_of, sql

from assistant.slack.announcements import STATUS, Announcement, Served
from assistant.slack.cited import Place
from assistant.slack.counts import Counts
from assistant.slack.given import Given, Verdict
from assistant.slack.inbox import EDITABLE, KEPT, Inbox
from assistant.slack.incoming import Asked, Way
from assistant.slack.schema import OF_WORKSPACES
from assistant.slack.state import State, forget
from assistant.slack.verdicts import read_verdicts

QUESTION = "is IV BMC for knee OA real?"
ANSWER = Given("a", "C1", "1.1", "2.2", "1.1", (), (), "0123456789abcdef", {"pmid:00000001": "none-recorded"})
Open = Callable[[], Inbox]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL for this file's tests."""
    yield from postgres_or_skip()


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the inbox of one workspace, each time as a process of its own, over one database."""
    address = request.getfixturevalue("server").fresh() if request.param == "postgres" else ""
    made: list[Inbox] = []

    def open_(workspace: str = WORKSPACE) -> Inbox:
        made.append(State(tmp_path / WORKSPACE, address).inbox(workspace))
        return made[-1]

    yield open_
    for inbox in made:
        inbox.close()


def asked(ts: str = "1.1", text: str = QUESTION, **more: object) -> Asked:
    """A question as read from an event."""
    return Asked("T1", "C1", ts, "U1", Way.MENTION, text, (), thread=ts, **more)  # type: ignore[arg-type] # a test's own words


def at_once(deeds: Sequence[Callable[[], object]]) -> list[object]:
    """What the deeds gave back, all done at the same time."""
    found: list[object] = []
    ready = threading.Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> None:
        ready.wait()
        found.append(deed())

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_question_is_stored_once_and_taken_once(opened: Open) -> None:
    """Of processes that store the same question at the same time one does; of those that take it one gets it."""
    inboxes = [opened() for _ in range(3)]
    assert sorted(map(bool, at_once([partial(one.put, asked(), now=1.0) for one in inboxes * 3]))) == [
        *[False] * 8,
        True,
    ]
    taken = at_once([partial(one.take, now=2.0) for one in inboxes * 3])
    assert len([one for one in taken if one]) == 1
    assert inboxes[0].known(asked().key)
    assert inboxes[0].waiting() == 0


def test_many_workers_of_many_processes_take_each_question_once(opened: Open) -> None:
    """Of 120 questions, taken by nine threads of three processes as fast as they can, each is taken once and none is left."""
    inboxes = [opened() for _ in range(3)]
    for number in range(120):
        inboxes[0].put(asked(f"1.{number:06d}"), now=1.0 + number)
    taken: list[str] = []

    def work(inbox: Inbox) -> None:
        while question := inbox.take(now=1000.0):
            taken.append(question.key)
            assert inbox.posting(question)
            assert inbox.done(question, "9.9")
            inbox.let_go(question)

    at_once([partial(work, one) for one in inboxes * 3])
    assert len(taken) == len(set(taken)) == 120
    assert inboxes[0].open() == 0


def test_the_text_is_gone_once_answered(opened: Open) -> None:
    """Once a question is answered or deleted, no row holds its text, its response_url or, after a quarter of an hour, its fingerprint."""
    inbox = opened()
    for number in range(2):
        inbox.put(asked(f"1.{number}", response_url="https://x"), now=1.0)
    first = inbox.take(now=2.0)
    assert first
    assert inbox.done(first, "9.9")
    inbox.remove(asked("1.0" if first.ts == "1.1" else "1.1").key)
    assert count(inbox.database, "questions WHERE text IS NOT NULL OR response_url IS NOT NULL") == 0
    inbox.tidy(now=EDITABLE + 2)
    assert count(inbox.database, "questions WHERE fingerprint IS NOT NULL") == 0
    assert count(inbox.database, "questions") == 2
    inbox.tidy(now=KEPT + 2)
    assert count(inbox.database, "questions") == 0


def test_who_lost_a_question_changes_nothing_in_it(opened: Open) -> None:
    """A worker whose question was given to another, since its process was taken for dead, may neither post it nor put it back."""
    slow, other = opened(), opened()
    slow.put(asked(), now=1.0)
    lost = slow.take(now=2.0)
    assert lost
    sql(slow.database, "UPDATE questions SET state = 'waiting', owner = NULL")
    held = other.take(now=3.0)
    assert held
    assert not slow.posting(lost)
    slow.later(lost, 0.0)
    assert slow.waiting() == 0
    assert other.posting(held)
    assert other.done(held, "9.9")


def test_an_answer_that_was_posted_counts_whoever_holds_the_question_now(opened: Open) -> None:
    """Where the worker that lost a question had posted its answer, the next may not post another, nor put it back."""
    slow, other = opened(), opened()
    slow.put(asked(), now=1.0)
    lost = slow.take(now=2.0)
    assert lost
    sql(slow.database, "UPDATE questions SET state = 'waiting', owner = NULL")
    held = other.take(now=3.0)
    assert held
    assert slow.done(lost, "9.9")
    assert not other.posting(held)
    other.later(held, 0.0)
    assert other.waiting() == 0
    assert count(other.database, "questions WHERE state = 'done' AND answer_ts = '9.9'") == 1


def test_a_question_edited_while_it_is_answered_waits_again(opened: Open) -> None:
    """An edit that comes while the first text is answered is answered too, in the same message; one that comes once counts once."""
    inbox, other = opened(), opened()
    inbox.put(asked(), now=1.0)
    question = inbox.take(now=2.0)
    assert question
    edit = asked(text="and for hip OA?", edited="3.3")
    assert sum(map(bool, at_once([partial(one.edit, edit, now=3.0) for one in (inbox, other) * 3]))) == 1
    assert not inbox.posting(question)
    assert inbox.done(question, "9.9")
    again = other.take(now=4.0)
    assert again
    assert (again.text, again.answer_ts) == ("and for hip OA?", "9.9")


def test_a_question_that_no_worker_has_waits_again(opened: Open) -> None:
    """What a worker let go without its end, since the database broke off, waits again and knows that it was about to be posted; what it has stays its."""
    inbox = opened()
    for number in range(2):
        inbox.put(asked(f"1.{number}"), now=1.0 + number)
    left, held = inbox.take(now=9.0), inbox.take(now=9.0)
    assert left
    assert held
    assert inbox.posting(left)
    inbox.let_go(left)
    assert inbox.recover() == 1
    again = inbox.take(now=9.0)
    assert again
    assert (again.key, again.was) == (left.key, "posting")
    assert inbox.recover() == 0


def test_what_cannot_be_kept_as_it_is_does_not_hold_a_question_up(opened: Open) -> None:
    """A text with a NUL or half a character, which a database may not take, is stored with a mark in its place."""
    inbox = opened()
    assert inbox.put(asked(text="IV\x00 BMC \ud800?"), now=1.0)
    question = inbox.take(now=2.0)
    assert question
    assert question.text == "IV\N{REPLACEMENT CHARACTER} BMC \N{REPLACEMENT CHARACTER}?"
    verdict = Verdict(("missing",), paper="pmid\x00", question="\ud800")
    given_of(inbox).judge(ANSWER, "U1", verdict, now=1.0)
    (row,) = given_of(inbox).verdicts()
    assert "\x00" not in row["paper"] + row["question"]


def test_workspaces_share_a_database_and_nothing_in_it(opened: Callable[[str], Inbox]) -> None:
    """The same message, answer, verdict, channel, announcement and count of two workspaces are two, and forgetting one leaves the other."""
    first, second = opened("T1-U1"), opened("T2-U2")
    one = Announcement("one", STATUS, "C1", "1.1", {"statuses": {"pmid:00000001": "retracted"}})
    nobody = FakeAnswering()
    made = nobody.answer("rugby")
    none_direct = replace(made, parts=(replace(made.parts[0], outcome="no-direct"),))
    for inbox in (first, second):
        assert inbox.put(asked(), now=1.0)
        inbox.saw_direct("D1", now=1.0)
        given = given_of(inbox)
        given.keep(ANSWER, now=1.0)
        given.judge(ANSWER, "U1", Verdict(("missing",)), now=1.0)
        said = announcements_of(inbox)
        assert said.add(one, now=1.0)
        assert said.tell(Place("C1", "1.1"), {"pmid:00000001": "retracted"}, version="a", now=1.0)
        said.served(Served("Synthetic library", "a", ""), channel="C9", still=lambda: True, now=1.0)
        Counts(inbox.database, inbox.workspace).add(none_direct, nobody.vocabulary, now=1.0)
    question = first.take(now=2.0)
    assert question
    assert question.workspace == "T1-U1"
    assert first.take(now=2.0) is None
    assert second.waiting() == 1
    forget(first.database, "T1-U1")
    assert not first.posting(question)
    for table in OF_WORKSPACES:
        assert count(first.database, f"{table.name} WHERE workspace = 'T1-U1'") == 0
        assert count(first.database, f"{table.name} WHERE workspace = 'T2-U2'") > 0
    assert second.take(now=2.0)
    assert given_of(second).find("a") == ANSWER


def test_what_people_said_is_read_of_all_workspaces_at_once(opened: Callable[[str], Inbox]) -> None:
    """The worklist reads the verdicts of every workspace out of the database's file, or at its address, oldest first."""
    first, second = opened("T1-U1"), opened("T2-U2")
    given_of(second).judge(ANSWER, "U1", Verdict(("missing",)), now=2.0)
    given_of(first).judge(ANSWER, "U1", Verdict(("outdated",)), now=1.0)
    database = first.database
    place = database.path or database.engine.url.render_as_string(hide_password=False)
    assert [one["reasons"] for one in read_verdicts(place)] == ['["outdated"]', '["missing"]']


def test_two_folders_on_one_file_share_the_locks_beside_it(tmp_path: Path) -> None:
    """Bots that are given the same file by its address know each other's lives, whatever their own folders."""
    address = f"sqlite:///{tmp_path / 'bots.sqlite3'}"
    one, other = (State(tmp_path / name, address).inbox(WORKSPACE) for name in ("one", "other"))
    one.put(asked(), now=1.0)
    assert one.take(now=2.0)
    assert other.recover() == 0
    one.owner.release()
    assert other.recover() == 1
    one.database.close()
    other.close()


def test_a_version_is_found_once(opened: Open) -> None:
    """Of processes that find the same version at the same time one stores that it is to be told; what was told is told once."""
    each = [announcements_of(opened()) for _ in range(3)]
    for version, times in (("a", 0), ("b", 1)):
        found = Served("Synthetic library", version, "")
        tell = [partial(one.served, found, channel="C9", still=lambda: True, now=1.0) for one in each * 2]
        assert sum(map(bool, at_once(tell))) == times
    taken = [one for one in at_once([partial(one.take, now=2.0) for one in each * 2]) if one]
    assert len(taken) == 1


def test_an_answer_is_shared_once_and_kept_as_its_edit_left_it(opened: Open) -> None:
    """Of many that share an answer one does; an answer kept again keeps its message, and cites what it cites now."""
    given, other = given_of(opened()), given_of(opened())
    given.keep(ANSWER, now=1.0)
    other.keep(
        Given("a", "C1", "1.1", None, "1.1", (), (), "f" * 16, {"pmid:00000002": "corrected"}), now=2.0
    )
    found = given.find("a")
    assert found
    assert (found.answer_ts, found.version, dict(found.cited)) == (
        "2.2",
        "f" * 16,
        {"pmid:00000002": "corrected"},
    )
    assert sum(map(bool, at_once([partial(one.share, "a") for one in (given, other) * 4]))) == 1


def test_three_processes_that_start_at_once_migrate_once(opened: Open, tmp_path: Path) -> None:
    """Three processes that open a new database at the same time all open it, and its schema is made once."""
    inbox = opened()
    address = "" if inbox.database.path else inbox.database.engine.url.render_as_string(hide_password=False)
    of_slack = "slack_bots, slack_installations, slack_oauth_states"
    drop = f"DROP TABLE {', '.join(one.name for one in OF_WORKSPACES)}, {of_slack}, owners, alembic_version"
    inbox.close()
    for statement in drop.replace(", ", "; DROP TABLE ").split("; ") if not address else (drop,):
        sql(inbox.database, statement)
    inbox.database.close()
    root = str(Path(__file__).resolve().parents[1])
    script = (
        "import sys; sys.path[:0] = [sys.argv[1], sys.argv[1] + '/tests']\n"
        "from pathlib import Path; from state_material import inbox_in; input()\n"
        "inbox = inbox_in(Path(sys.argv[2]), sys.argv[3]); print(inbox.waiting()); inbox.close()"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, root, str(tmp_path), address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    assert [one.communicate("\n", timeout=60)[0].strip() for one in started] == ["0", "0", "0"]
    assert count(inbox.database, "alembic_version") == 1
