"""When a process dies or the database is away: what was taken in is answered once, and nobody has to start anything again."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import Postgres, postgres_or_skip
from slack_bench import Bench
from state_material import WORKSPACE, file_in, inbox_in, sql

from assistant.errors import SettingsError, StateError
from assistant.slack.database import Database
from assistant.slack.incoming import Asked, Way
from assistant.slack.owners import GAP, LEASE, Owner
from assistant.wording import say

QUESTION = "is IV BMC for knee OA real?"
ASKED = Asked("T1", "C1", "1.1", "U1", Way.MENTION, QUESTION, (), thread="1.1")
TAKES = """
import sys, time
sys.path[:0] = [sys.argv[2], sys.argv[2] + "/tests"]
from pathlib import Path
from state_material import inbox_in
inbox = inbox_in(Path(sys.argv[1]), sys.argv[3])
assert inbox.take(now=time.time())
print("taken", flush=True)
time.sleep(60)
"""


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A PostgreSQL that the test may stop."""
    yield from postgres_or_skip()


@pytest.fixture(scope="module")
def steady() -> Iterator[Postgres]:
    """A PostgreSQL that no test stops."""
    yield from postgres_or_skip()


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def elsewhere(database: Database, folder: Path) -> tuple[Owner, Owner, Clock]:
    """Two processes whose locks do not meet, as on two machines, and the clock of the second."""
    clock = Clock()
    return Owner(database, folder / "here"), Owner(database, folder / "there", clock=clock), clock


def looks(of: Owner, name: str, clock: Clock, seconds: float) -> list[bool]:
    """What one sees of another, looking every three seconds for so long."""
    found = []
    until = clock.now + seconds
    while clock.now < until:
        clock.now += 3.0
        found.append(of.is_dead(name))
    return found


def test_a_process_elsewhere_is_dead_once_its_beat_was_the_same_for_long(
    steady: Postgres, tmp_path: Path
) -> None:
    """A process on another machine lives while it beats, and is dead once it did not for the time of a lease; a beat makes it live again."""
    database = Database(steady.fresh())
    one, other, clock = elsewhere(database, tmp_path)
    for _ in range(8):
        assert looks(other, one.name, clock, 3.0) == [False]
        one.beat()
    assert looks(other, one.name, clock, LEASE) == [False] * 5
    assert looks(other, one.name, clock, 3.0) == [True]
    other.forget(one.name)
    one.beat()
    assert looks(other, one.name, clock, LEASE) == [False] * 5
    database.close()


def test_nobody_is_dead_who_was_not_looked_at(steady: Postgres, tmp_path: Path) -> None:
    """After a pause in looking, in which the database may have been away, the time seen before does not count."""
    database = Database(steady.fresh())
    one, other, clock = elsewhere(database, tmp_path)
    looks(other, one.name, clock, LEASE - 3.0)
    clock.now += GAP + 1
    assert looks(other, one.name, clock, LEASE) == [False] * 5
    database.close()


def test_a_process_that_said_goodbye_is_dead_at_once(steady: Postgres, tmp_path: Path) -> None:
    """A process of another machine that ended as it should leaves what it had to the next look."""
    database = Database(steady.fresh())
    one, other, clock = elsewhere(database, tmp_path)
    assert looks(other, one.name, clock, 3.0) == [False]
    one.release()
    assert looks(other, one.name, clock, 3.0) == [True]
    database.close()


def test_a_process_killed_on_this_machine_is_seen_at_once(steady: Postgres, tmp_path: Path) -> None:
    """Where its lock can be tried, what a killed process had taken waits again at the next look, whatever the database."""
    address = steady.fresh()
    inbox = inbox_in(tmp_path, address)
    inbox.put(ASKED, now=1.0)
    root = str(Path(__file__).resolve().parents[1])
    process = subprocess.Popen(
        [sys.executable, "-c", TAKES, str(tmp_path), root, address], stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"taken\n"
    assert inbox.recover() == 0
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert inbox.recover() == 1
    inbox.close()


def test_what_cannot_be_stored_is_not_acknowledged(server: Postgres, tmp_path: Path) -> None:
    """A question that comes while the database is away is not acknowledged, so that Slack sends it again; then it is answered, once."""
    with Bench(tmp_path, database=server.fresh()) as bench:
        slack = bench.slack
        slack.ask(QUESTION)
        slack.wait(lambda: len(slack.answers()) == 1)
        bench.quiet(0.1)
        server.stop()
        ts = slack.ask(QUESTION)
        command = slack.slash(QUESTION)
        time.sleep(3)
        assert not any(
            one.done.is_set() for one in slack.envelopes.values() if one is command or ts in str(one.frame)
        )
        server.start()
        slack.redeliver(2)
        slack.wait(lambda: len(slack.answers()) == 2, 20)
        time.sleep(0.5)  # for what must not come
        assert len(slack.of("chat.postMessage")) == 2
        assert not slack.responses, "a command that Slack called failed was not taken in"


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_database_that_restarts_in_the_middle_loses_no_question(
    server: Postgres, tmp_path: Path, how: signal.Signals
) -> None:
    """Where the server stops or crashes while questions are searched for and answered, each is answered once, none with a word of failure."""
    with Bench(tmp_path, database=server.fresh()) as bench:
        slack = bench.slack
        stopped = threading.Event()
        bench.answering.seconds = 0.05

        def stop() -> None:
            if len(bench.answering.asked) == 3 and not stopped.is_set():
                stopped.set()
                server.stop(how)

        bench.answering.before = stop
        for number in range(8):
            slack.ask(f"{QUESTION} {number}", channel=f"C{number}")
        assert stopped.wait(10)
        time.sleep(3)
        server.start()
        for _ in range(20):
            if len(slack.answers()) == 8:
                break
            slack.redeliver(1)
            time.sleep(1)
        bench.quiet(1)
        assert [len(slack.answers(f"C{number}")) for number in range(8)] == [1] * 8
        assert say("slack-failed") not in {one["text"] for one in slack.answers()}


@pytest.mark.slow
def test_a_word_of_failure_is_said_once_though_the_database_was_away(
    server: Postgres, tmp_path: Path
) -> None:
    """Where an answer fails while the database is away, its asker is told so once, after it is back."""
    with Bench(tmp_path, database=server.fresh()) as bench:
        bench.answering.error = RuntimeError("synthetic fault")
        bench.answering.before = server.stop
        bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: bench.answering.asked)
        time.sleep(3)
        assert bench.slack.answers() == []
        bench.answering.before = lambda: None
        server.start()
        bench.slack.wait(bench.slack.answers, 20)
        bench.quiet(1)
        assert [one["text"] for one in bench.slack.answers()] == [say("slack-failed")]


@pytest.mark.slow
def test_a_stopping_bot_does_not_wait_for_a_database_that_is_away(server: Postgres, tmp_path: Path) -> None:
    """Asked to stop while the database is away, the bot stops; what it had taken is taken by the next."""
    address = server.fresh()
    with Bench(tmp_path, database=address) as bench:
        bench.answering.before = server.stop
        bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: bench.answering.asked)
        assert bench.bot
        object.__setattr__(bench.bot.settings, "drain", 1.0)
        bench.stop()
        server.start()
        bench.answering.before = lambda: None
        bench.start()
        bench.slack.wait(lambda: len(bench.slack.answers()) == 1, 20)


def test_a_start_waits_for_a_database_that_starts_again(server: Postgres, tmp_path: Path) -> None:
    """A bot that starts while its database is away comes up with it, and answers."""
    address = server.fresh()
    with Bench(tmp_path, database=address) as bench:
        bench.stop()
        server.stop()
        back = threading.Timer(3.0, server.start)  # longer than what is tried again once a bot has started
        back.start()
        bench.start()
        back.join()
        bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: len(bench.slack.answers()) == 1, 20)


class Stop(threading.Event):
    """An event that counts the pauses that are begun after it was set."""

    def __init__(self) -> None:
        super().__init__()
        self.later = 0

    def wait(self, timeout: float | None = None) -> bool:
        """As an event does."""
        self.later += self.is_set()
        return super().wait(timeout)


def test_a_start_that_is_asked_to_stop_waits_for_nothing() -> None:
    """A bot that waits for its database ends when it is asked to, and says why it did not start."""
    pytest.importorskip("psycopg", reason="what speaks to PostgreSQL is not installed (firstpass[server])")
    stop = Stop()
    threading.Timer(0.5, stop.set).start()
    with pytest.raises(StateError, match="does not start"):
        Database("postgresql://u@127.0.0.1:1/x", patience=5, stop=stop)
    assert stop.is_set()
    assert stop.later == 0


def test_a_server_that_another_took_over_from_is_asked_again(steady: Postgres, tmp_path: Path) -> None:
    """A connection to a server that only reads, since another has taken over from it, is given up; once one writes there, all goes on."""
    address = steady.fresh()
    inbox, keeper = inbox_in(tmp_path, address), Database(address)
    name = address.rpartition("/")[2]
    sql(keeper, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    inbox.database.close()
    with pytest.raises(StateError):
        inbox.put(ASKED, now=1.0)
    sql(keeper, f"ALTER DATABASE {name} RESET default_transaction_read_only")
    assert inbox.put(ASKED, now=1.0)
    inbox.close()
    keeper.close()


def test_a_wrong_address_is_said_without_its_password(tmp_path: Path) -> None:
    """An address that is none is an error with its cure, and shows no password."""
    for address in ("nonsense", "mysql://u:secret@127.0.0.1/x", "sqlite://"):
        with pytest.raises(SettingsError, match="FIRSTPASS_DATABASE") as wrong:
            Database(address)
        assert "secret" not in str(wrong.value)


def test_a_database_that_nobody_serves_is_said_without_its_password(tmp_path: Path) -> None:
    """Nothing answers there: the error names the machine, and shows no password."""
    pytest.importorskip("psycopg", reason="what speaks to PostgreSQL is not installed (firstpass[server])")
    with pytest.raises(StateError) as nobody:
        Database("postgresql://u:secret@127.0.0.1:1/x")
    assert "127.0.0.1" in str(nobody.value)
    assert "secret" not in str(nobody.value)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    """A file that is something else is left as it is, and named."""
    path = file_in(tmp_path)
    path.parent.mkdir()
    path.write_bytes(b"this is no database, only some bytes that are long enough to be taken for one" * 20)
    before = path.read_bytes()
    with pytest.raises(StateError, match=WORKSPACE):
        inbox_in(tmp_path)
    assert path.read_bytes() == before
