"""Pull: saved searches brought up to date; nothing is lost and nothing is fetched twice, whatever goes wrong."""

from __future__ import annotations

import gzip
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from eutils_stand_in import Entry, StandIn, entries, stand_in

from assistant.commands.pull import command
from corpus import keep
from corpus.errors import LibraryError
from corpus.eutils import Access, Eutils, pmids_of
from corpus.fetch import Fetcher
from corpus.library import open_library, read_library
from corpus.pull import LOG, Run, Sources, last_runs, pull, runs
from corpus.pull_records import Round

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SETTINGS = 'name = "Synthetic"\n[[search]]\nname = "All of it"\nsource = "pubmed"\nquery = "synthetic"\n'
LATER = date(2026, 11, 23)


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A stand-in with 1,234 records, which answers as often as it is asked."""
    with stand_in(entries(1_234)) as state:
        state.limit = 10_000
        yield state


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library with one saved search and one file of the curator's."""
    (tmp_path / "library.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "own.md").write_text("# Synthetic post\n\nThe curator's own words stand here.\n", "utf-8")
    return tmp_path


def pulled(server: StandIn, library: Path, *, dry_run: bool = False, now: datetime = NOW) -> Run:
    """The run of the library's one search, without the pauses."""
    local = Fetcher(allow_private=True)
    sources = Sources(Eutils(local, Access(server.address), sleep=lambda _: None), local)
    (run,) = pull(open_library(library).searches, sources, Round(library, now, dry_run=dry_run))
    return run


def held(library: Path) -> list[int]:
    """The PMIDs in the library's pulled files, sorted, each as often as it is there."""
    bodies = [gzip.decompress(path.read_bytes()) for path in sorted((library / "pulled").rglob("*.gz"))]
    return sorted(int(pmid) for body in bodies for pmid in pmids_of(body))


def test_every_record_is_taken_as_received(server: StandIn, library: Path) -> None:
    """Each record found is in the library once, in PubMed's own bytes, and the library reads every one."""
    run = pulled(server, library)
    assert (run.complete, run.count, run.listed, run.held, run.new, run.lacking) == (
        True,
        1_234,
        1_234,
        0,
        1_234,
        (),
    )
    assert held(library) == list(range(1, 1_235))
    body = gzip.decompress((library / run.files[0]).read_bytes()).decode()
    assert body.startswith("<?xml")
    assert server.records[-1].xml() in body
    reading = read_library(open_library(library))
    assert (len(reading.documents), reading.problems) == (1_235, ())


def test_a_second_pull_takes_only_what_is_new(server: StandIn, library: Path) -> None:
    """No record that the library holds is fetched again, wherever the new ones stand in the search's order."""
    pulled(server, library)
    server.records += [Entry(5_001, LATER, LATER), Entry(5_002, date(2003, 1, 1), LATER)]
    run = pulled(server, library)
    assert (run.count, run.held, run.new) == (1_236, 1_234, 2)
    assert set(server.given.values()) == {1}
    assert held(library) == [*range(1, 1_235), 5_001, 5_002]


def test_a_third_pull_with_nothing_new_writes_only_its_line(server: StandIn, library: Path) -> None:
    """Where nothing is new, the run is still written down: it proves that there was nothing."""
    pulled(server, library)
    before = sorted(path for path in (library / "pulled").rglob("*"))
    assert pulled(server, library).new == 0
    assert sorted(path for path in (library / "pulled").rglob("*")) == before
    assert [run.new for run in runs(library)] == [1_234, 0]


def test_a_run_that_failed_is_gone_on_with(server: StandIn, library: Path) -> None:
    """Where PubMed gives up half-way, what came is kept, the run proves nothing, and the next takes only the rest."""
    server.faults = dict.fromkeys(range(3, 20), "500")
    run = pulled(server, library)
    assert (run.complete, run.count) == (False, None)
    assert "answers 500" in run.error
    assert 0 < len(held(library)) < 1_234
    server.faults = {}
    assert pulled(server, library).complete
    assert held(library) == list(range(1, 1_235))
    assert set(server.given.values()) == {1}
    assert [one.complete for one in runs(library)] == [False, True]


@pytest.mark.parametrize("fault", ["429", "truncate", "drop", "error"])
def test_faults_on_the_way_leave_no_trace(server: StandIn, library: Path, fault: str) -> None:
    """With every third request going wrong, each record is in the library once."""
    server.faults = dict.fromkeys(range(0, 60, 3), fault)
    run = pulled(server, library)
    assert (run.complete, run.error) == (True, "")
    assert held(library) == list(range(1, 1_235))


def test_a_history_that_lapsed_is_made_up_for_by_pmid(server: StandIn, library: Path) -> None:
    """Where PubMed has forgotten the search's history, the records are fetched by their PMIDs."""
    server.forget = True
    assert pulled(server, library).complete
    assert held(library) == list(range(1, 1_235))


def test_what_is_listed_but_not_given_is_told(server: StandIn, library: Path) -> None:
    """A record that PubMed lists and does not give is named as lacking, and asked for again by the next run."""
    server.withheld = {7, 1_000}
    assert sorted(pulled(server, library).lacking) == ["1000", "7"]
    server.withheld = {7}
    assert pulled(server, library).lacking == ("7",)
    assert held(library) == [number for number in range(1, 1_235) if number != 7]


def test_each_run_is_written_down(server: StandIn, library: Path) -> None:
    """Query, PubMed's reading of it, count and date are in searches.jsonl, one line a run, as are counts of nothing."""
    pulled(server, library)
    (library / "library.toml").write_text(SETTINGS.replace('"synthetic"', '"nothing"'), "utf-8")
    assert pulled(server, library, now=datetime(2026, 12, 1, tzinfo=UTC)).count == 0
    first, second = (json.loads(line) for line in (library / LOG).read_text("utf-8").splitlines())
    assert (first["query"], first["query_translation"], first["count"]) == (
        "synthetic",
        '("synthetic"[All Fields])',
        1_234,
    )
    assert (first["date"], second["date"]) == ("2026-11-24T12:00:00Z", "2026-12-01T00:00:00Z")
    assert (second["count"], second["complete"]) == (0, True)
    assert last_runs(open_library(library)) == {"All of it": runs(library)[-1]}


def test_a_run_of_an_earlier_query_proves_nothing_for_the_one_of_today(
    server: StandIn, library: Path
) -> None:
    """Once the query is changed in library.toml, the runs of the earlier one are not its last run."""
    pulled(server, library)
    (library / "library.toml").write_text(SETTINGS.replace('"synthetic"', '"other"'), "utf-8")
    assert last_runs(open_library(library)) == {}


def test_a_torn_line_hides_no_other(server: StandIn, library: Path) -> None:
    """A line that broke off is left as it is, and the next run is written on a line of its own."""
    (library / LOG).write_text('{"name": "All of it", "sou', "utf-8")
    run = pulled(server, library)
    assert runs(library) == (run,)
    assert (library / LOG).read_text("utf-8").startswith('{"name": "All of it", "sou\n')


def test_the_memory_of_what_was_seen_may_be_lost_or_wrong(server: StandIn, library: Path) -> None:
    """The state file only saves time: without it, or with nonsense in it, nothing is fetched twice."""
    pulled(server, library)
    state = library / keep.OWN / "seen.json"
    for content in (None, b"nonsense", b'{"a": 1}', b"[]"):
        state.unlink() if content is None else state.write_bytes(content)
        assert pulled(server, library).new == 0
    assert set(server.given.values()) == {1}


def test_a_damaged_file_is_told_and_made_up_for(server: StandIn, library: Path) -> None:
    """Records of a pulled file that can no longer be read are fetched again, each run saying which file is damaged."""
    first = pulled(server, library).files[0]
    whole = (library / first).read_bytes()
    (library / first).write_bytes(whole[: len(whole) // 2])
    run = pulled(server, library)
    assert run.new == 500
    assert any(first in said for said in run.warnings)
    assert (library / first).read_bytes() == whole[: len(whole) // 2]


def test_a_dry_run_fetches_and_writes_nothing(server: StandIn, library: Path) -> None:
    """A dry run counts what is new; no record is fetched and the library stays as it is."""
    before = sorted(library.rglob("*"))
    assert pulled(server, library, dry_run=True).new == 1_234
    assert sorted(library.rglob("*")) == before
    assert not server.given


def test_two_at_once_are_refused(server: StandIn, library: Path) -> None:
    """A second pull into the same library is refused with what to do, and changes nothing."""
    with keep.held_alone(library), pytest.raises(LibraryError, match="wait for it"):
        pulled(server, library)
    assert server.arrivals == []


@pytest.mark.parametrize("place", ["pulled", "pulled/all-of-it", ".firstpass", LOG])
def test_nothing_is_written_through_a_link(
    server: StandIn, library: Path, tmp_path_factory: pytest.TempPathFactory, place: str
) -> None:
    """A link that leads out of the library is refused, and nothing is written where it leads."""
    outside = tmp_path_factory.mktemp("outside")
    target = outside / "log" if place == LOG else outside
    if place == LOG:
        target.write_text("", "utf-8")
    (library / place).parent.mkdir(exist_ok=True)
    (library / place).symlink_to(target)
    with pytest.raises(LibraryError):
        pulled(server, library)
    assert [path for path in outside.rglob("*") if path.is_file() and path.read_bytes()] == []


def killed_pulls(server: StandIn, library: Path, times: int, growth: tuple[int, int]) -> None:
    """Pull again and again in a process of its own, each killed after a random time; the library stays whole throughout."""
    chance = random.Random(20261124)  # noqa: S311 - chance for a test, not for a secret
    own = (library / "own.md").read_bytes()
    program = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from corpus.eutils import Access, Eutils; from corpus.fetch import Fetcher; from corpus.library import open_library\n"
        "from corpus.pull import Sources, pull; from corpus.pull_records import Round\n"
        "local = Fetcher(allow_private=True); eutils = Eutils(local, Access(sys.argv[1]), sleep=lambda _: None)\n"
        "print(flush=True)\n"
        "library = open_library(Path(sys.argv[2]))\n"
        "pull(library.searches, Sources(eutils, local), Round(library.folder, datetime.now(UTC)))\n"
    )
    whole: dict[Path, tuple[str, ...]] = {}
    for time_ in range(times):
        first = max(one.pmid for one in server.records) + 1
        server.records += entries(chance.randint(*growth), start=first, first=date(2020, 1, 1), days=400)
        with subprocess.Popen(
            [sys.executable, "-c", program, server.address, str(library)], stdout=subprocess.PIPE
        ) as run:
            assert run.stdout is not None
            run.stdout.readline()
            time.sleep(chance.uniform(0, 0.25))
            run.send_signal(signal.SIGKILL)
        assert (library / "own.md").read_bytes() == own, time_
        for path in set(library.glob("pulled/*/*.gz")) - whole.keys():
            whole[path] = pmids_of(gzip.decompress(path.read_bytes()))  # fails where a file is not whole
        present = [pmid for pmids in whole.values() for pmid in pmids]
        assert len(present) == len(set(present))


@pytest.mark.parametrize(
    ("times", "growth"), [(3, (300, 1_200)), pytest.param(200, (20, 120), marks=pytest.mark.slow)]
)
def test_a_pull_that_is_killed_loses_nothing(library: Path, times: int, growth: tuple[int, int]) -> None:
    """Killed at random times while records come in, a pull leaves only whole files; in the end each record is there once."""
    with stand_in(entries(1_234)) as server:
        server.limit = 1_000_000
        killed_pulls(server, library, times, growth)
        assert pulled(server, library).complete
    assert held(library) == sorted(one.pmid for one in server.records)
    assert not list((library / keep.OWN).glob("aside-*"))
    assert read_library(open_library(library)).problems == ()


@pytest.mark.slow
def test_twenty_five_thousand_records_are_pulled_in_slices_at_ncbi_s_pace(library: Path) -> None:
    """25,000 records with a 429 and a body that breaks off on the way: each is taken once, no second sees more than 3 requests."""
    with stand_in(entries(25_000)) as server:
        server.faults = {9: "429", 20: "truncate", 33: "drop", 41: "error"}
        local = Fetcher(allow_private=True)
        sources = Sources(Eutils(local, Access(server.address)), local)
        (run,) = pull(open_library(library).searches, sources, Round(library, NOW))
        assert (run.complete, run.count, run.new, run.lacking) == (True, 25_000, 25_000, ())
        server.records += entries(10, start=90_000, first=LATER, days=1)
        (again,) = pull(open_library(library).searches, sources, Round(library, NOW))
    assert (again.held, again.new) == (25_000, 10)
    assert set(server.given.values()) == {1}
    assert held(library) == sorted(one.pmid for one in server.records)
    pairs = zip(server.arrivals, server.arrivals[3:], strict=False)
    assert all(later - earlier >= 1 for earlier, later in pairs)
    assert server.refused == 0


def run_command(*arguments: str, **variables: str) -> tuple[int, str, str]:
    """The command's exit, standard output and standard error."""
    outcome = CliRunner().invoke(command, list(arguments), env={"NCBI_API_KEY": "secret", **variables})
    return outcome.exit_code, outcome.stdout, outcome.stderr


def test_the_command_tells_what_it_did(server: StandIn, library: Path) -> None:
    """Counts go to standard output, the query's reading to standard error; --json prints one object; the exit is 0."""
    place = {"FIRSTPASS_EUTILS_URL": server.address, "NCBI_EMAIL": "curator@example.org"}
    code, out, err = run_command("--library", str(library), **place)
    assert (code, out) == (
        0,
        "All of it: 1,234 records found, 0 here already, 1,234 new\nnext: firstpass index\n",
    )
    assert err == 'All of it: read as ("synthetic"[All Fields])\n'
    code, out, _ = run_command("--library", str(library), "--json", **place)
    assert code == 0
    assert json.loads(out)["runs"][0]["held"] == 1_234


def test_the_command_fails_where_a_search_did_not_finish(library: Path) -> None:
    """Where PubMed cannot be reached the exit is 1, the reason and the cure are told, and the key is not."""
    with stand_in([]) as server:
        server.pages["/esearch.fcgi"] = (400, {}, b'{"error":"API key invalid","api-key":"secret"}')
        code, out, err = run_command("--library", str(library), FIRSTPASS_EUTILS_URL=server.address)
    assert (code, out) == (1, "")
    assert "not finished" in err
    assert "answers 400 (API key invalid)" in err
    assert "NCBI_EMAIL" in err
    assert "secret" not in err + (library / LOG).read_text("utf-8")


def test_a_feed_on_this_machine_is_refused_unless_the_setting_allows_it(library: Path) -> None:
    """A feed's address cannot reach this machine, until allow_private_addresses is set in library.toml."""
    with stand_in([]) as server:
        server.pages["/feed"] = (200, {}, b"<rss><channel/></rss>")
        feed = f'name = "x"\n[[search]]\nname = "Blog"\nsource = "feed"\nurl = "{server.address}/feed"\n'
        (library / "library.toml").write_text(feed, "utf-8")
        code, _, err = run_command("--library", str(library))
        assert (code, server.visited) == (1, [])
        assert "allow_private_addresses" in err
        (library / "library.toml").write_text(feed + "[settings]\nallow_private_addresses = true\n", "utf-8")
        assert run_command("--library", str(library))[0] == 0
        assert server.visited == ["/feed"]
