"""Several workspaces: each installs the bot and is answered with its own token; one that leaves is told nothing more, and nothing of it is kept."""

from __future__ import annotations

import html
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("uvicorn", reason="needs firstpass[server]")
pytest.importorskip("greenlet", reason="needs firstpass[server]")

from http_bench import HttpBench
from postgres import Postgres, postgres_or_skip
from slack_bench import FakeAnswering
from slack_http import SECRET, request
from slack_workspaces import CLIENT, CLIENT_SECRET, Workspaces, begin, end, install
from sqlalchemy import inspect, text

from assistant.slack import actions
from assistant.slack.checks import check
from assistant.slack.database import Database
from assistant.slack.installations import Kept, States
from assistant.slack.manifest import HISTORY, SCOPES
from assistant.slack.schema import OF_WORKSPACES
from assistant.slack.settings import FILE

QUESTION = "is IV BMC for knee OA real?"
ONE, TWO = "T1", "T2"


@contextmanager
def running(
    folder: Path, slack: Workspaces | None = None, **settings: Any
) -> Iterator[tuple[HttpBench, Workspaces]]:
    """A bot that workspaces install, and Slack with two of them that have done so."""
    client = {"client_id": CLIENT, "client_secret": CLIENT_SECRET}
    with ExitStack() as stack:
        shared = slack or stack.enter_context(Workspaces())
        yield stack.enter_context(HttpBench(folder, shared, token="", **client, **settings)), shared


def both(slack: Workspaces, bench: HttpBench) -> None:
    """The bot, installed in both."""
    for team in (ONE, TWO):
        assert install(slack, bench.port, team).status == 200


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL for this file's tests."""
    yield from postgres_or_skip()


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest) -> str:
    """Where the bots keep what they know: a new database, or empty for a file in their state folder."""
    return str(request.getfixturevalue("server").fresh()) if request.param == "postgres" else ""


def sql(folder: Path, address: str, *statements: str) -> list[Any]:
    """The first value that each statement gives in the bots' database."""
    database = Database(address or folder / FILE)
    try:
        with database.writing() as found:
            done = [found.execute(text(one)) for one in statements]
            return [one.scalar() if one.returns_rows else None for one in done]
    finally:
        database.close()


def rows(folder: Path, address: str = "") -> dict[str, int]:
    """How many rows of each table name a workspace of the first team; and how many installations it has."""
    places = {one.name: "workspace" for one in OF_WORKSPACES}
    places |= {"slack_bots": "team_id", "slack_installations": "team_id"}
    counts = [
        f"SELECT count(*) FROM {table} WHERE {column} LIKE '{ONE}%'"  # noqa: S608 - constants
        for table, column in places.items()
    ]
    return dict(zip(places, sql(folder, address, *counts), strict=True))


def test_two_workspaces_are_answered_each_with_its_own_token(tmp_path: Path, address: str) -> None:
    """The same message in a channel of the same id, at the same ts, is answered in each workspace, with no call in the other's name."""
    with running(tmp_path, database=address) as (bench, slack):
        both(slack, bench)
        one, two = slack.workspace(ONE), slack.workspace(TWO)
        two.ask(QUESTION, ts=one.ask(QUESTION))
        slack.all[ONE].wait(lambda: len(one.answers()) == 1)
        slack.all[TWO].wait(lambda: len(two.answers()) == 1)
        for workspace in (one, two):
            workspace.tell(QUESTION)
            command = workspace.slash(QUESTION)
            assert command.wait() < 3
        one.wait(lambda: len(one.answers()) == 2)
        two.wait(lambda: len(two.answers()) == 2)
        for workspace in (one, two):
            assert {slack.tokens[call.token].team for call in workspace.calls} == {workspace.team}
            assert not [call for call in workspace.calls if "!" in call.method]
        assert slack.stray == []


def test_buttons_views_and_threads_stay_in_their_workspace(tmp_path: Path) -> None:
    """A button, a follow-up in a thread and the answer's removal act in the workspace that they are in."""
    with running(tmp_path) as (bench, slack):
        both(slack, bench)
        two = slack.workspace(TWO)
        ts = two.ask(QUESTION)
        two.wait(lambda: two.statuses()[-1:] == [""])
        answer = {**two.answers()[0], "channel": "C1"}
        why = [
            element
            for block in answer["blocks"]
            for element in block.get("elements", [])
            if actions.matching(actions.WHY).match(str(element.get("action_id", "")))
        ]
        two.click(why[0], answer)
        two.wait(lambda: two.of("views.open"))
        two.ask("and for hip OA?", thread=ts)
        two.wait(lambda: len(two.answers()) == 2 and two.of("conversations.replies"))
        two.remove("C1", ts)
        two.wait(lambda: two.of("chat.delete"))
        assert [call.method for call in slack.workspace(ONE).calls] == ["auth.test"]  # of its installation
        assert bench.answering.asked[-1][1] == (QUESTION,)


def test_a_workspace_that_leaves_is_told_nothing_and_nothing_of_it_is_kept(
    tmp_path: Path, address: str
) -> None:
    """After one of two leaves, what waited there is not answered, no call is made there, no row of it is left; the other is answered."""
    with running(tmp_path, workers=1, database=address) as (bench, slack):
        both(slack, bench)
        one, two = slack.workspace(ONE), slack.workspace(TWO)
        one.ask(QUESTION)
        one.wait(lambda: one.statuses()[-1:] == [""])
        bench.answering.seconds = 0.15
        two.ask(QUESTION)
        for number in range(4):
            one.ask(f"{QUESTION} {number}")
        one.wait(lambda: all(envelope.done.is_set() for envelope in one.envelopes.values()))
        left = slack.remove(ONE, event="tokens_revoked" if address else "app_uninstalled")
        assert left.wait() < 3
        before = len(one.answers())
        two.ask(f"{QUESTION} again")
        two.wait(lambda: len(two.answers()) == 2)
        bench.quiet(0.5)
        assert len(one.answers()) == before
        two.wait(
            lambda: set(rows(tmp_path, address).values()) == {0}
        )  # what was in hand is forgotten once it is let go
        held = len(slack.stray)
        one.ask("and now?")
        one.slash("and now?")
        two.ask("PRP for hip OA?")
        two.wait(lambda: len(two.answers()) == 3)
        bench.quiet(0.3)
        assert len(slack.stray) == held
        assert set(rows(tmp_path, address).values()) == {0}


def test_a_leaving_that_could_not_be_done_is_told_again(tmp_path: Path) -> None:
    """Where the database fails when a workspace leaves, Slack is told 500, sends the event again, and nothing is kept in the end."""
    with running(tmp_path) as (bench, slack):
        both(slack, bench)
        one = slack.workspace(ONE)
        one.ask(QUESTION)
        one.wait(lambda: one.statuses()[-1:] == [""])
        bench.quiet(0.1)
        assert bench.bot
        database = bench.bot.state.database
        bench.bot.state.database = None  # type: ignore[assignment] # a database that fails at every touch
        left = slack.remove(ONE)
        one.wait(lambda: one.told(left)[:1] == [500])
        bench.bot.state.database = database
        assert left.wait() > 0
        assert set(rows(tmp_path).values()) == {0}


@pytest.mark.parametrize(("follow_up", "asked"), [("mention", False), ("thread", True)])
def test_a_workspace_is_asked_for_what_is_needed(tmp_path: Path, follow_up: str, asked: bool) -> None:
    """The page asks for the manifest's scopes, and for reading channels only where replies in threads are questions."""
    with running(tmp_path, follow_up=follow_up) as (bench, _):
        page = html.unescape(bench.get("/slack/install").body)
        address = page.partition("https://slack.com/oauth/")[2].partition('"')[0]
        (scopes,) = parse_qs(urlsplit(address).query)["scope"]
        assert set(SCOPES) <= set(scopes.split(","))
        assert (set(HISTORY) <= set(scopes.split(","))) is asked


def test_a_revoked_token_of_a_person_changes_nothing(tmp_path: Path) -> None:
    """Where only people's tokens are revoked, the workspace is answered as before."""
    with running(tmp_path) as (bench, slack):
        both(slack, bench)
        one = slack.workspace(ONE)
        one.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}).wait()
        one.ask(QUESTION)
        one.wait(lambda: len(one.answers()) == 1)


def test_a_workspace_that_comes_back_is_answered_again(tmp_path: Path, address: str) -> None:
    """Installed again after it left, with another token, it is answered; the old event sent again does not undo that."""
    with running(tmp_path, database=address) as (bench, slack):
        both(slack, bench)
        one = slack.workspace(ONE)
        then = "SET installed_at = '2000-01-01 00:00:00.000000'"
        sql(tmp_path, address, f"UPDATE slack_bots {then}", f"UPDATE slack_installations {then}")
        left = slack.remove(ONE, at=time.time() - 5)  # Slack tells in whole seconds when it left
        left.wait()
        assert install(slack, bench.port, ONE).status == 200
        slack.workspace(ONE).send(left, 1, "http_timeout")
        one.ask(QUESTION)
        one.wait(lambda: len(one.answers()) == 1)
        assert slack.stray == []


def test_an_installation_that_is_repeated_gives_the_token_of_now(tmp_path: Path) -> None:
    """Installed a second time, the first token revoked, a workspace is answered with the second."""
    with running(tmp_path) as (bench, slack):
        both(slack, bench)
        one = slack.workspace(ONE)
        (old,) = [token for token, of in slack.tokens.items() if of is one]
        one.ask(QUESTION)
        one.wait(lambda: one.statuses()[-1:] == [""])
        bench.quiet(0.1)
        install(slack, bench.port, ONE)
        slack._revoke(old)
        bench.quiet(0.1)
        one.ask(QUESTION)
        one.wait(lambda: len(one.answers()) == 2)
        assert [call.method for call in slack.stray] == []


def test_a_state_is_good_once_and_for_its_browser_only(tmp_path: Path, address: str) -> None:
    """A state used before, one that another browser got, one made up and one that is too old install nothing."""
    with running(tmp_path, database=address) as (bench, slack):
        begun = begin(bench.port)
        assert end(bench.port, begun, slack.code(ONE)).status == 200
        assert end(bench.port, begun, slack.code(TWO)).status == 401
        assert end(bench.port, (begin(bench.port)[0], ""), slack.code(TWO)).status == 400
        assert end(bench.port, (begin(bench.port)[0], begin(bench.port)[1]), slack.code(TWO)).status == 400
        made_up = ("0000", "slack-app-oauth-state=0000")
        assert end(bench.port, made_up, slack.code(TWO)).status == 401
        late = begin(bench.port)
        sql(tmp_path, address, "UPDATE slack_oauth_states SET expire_at = '2000-01-01 00:00:00.000000'")
        assert end(bench.port, late, slack.code(TWO)).status == 401
        assert end(bench.port, begin(bench.port), "code-made-up").status == 401
        assert {workspace.team for workspace in slack.tokens.values()} == {ONE}


def test_a_whole_organisation_is_refused_in_words(tmp_path: Path) -> None:
    """An installation for a whole organisation is refused with what to do; its token is given back and not kept."""
    with running(tmp_path) as (bench, slack):
        slack.whole_organisation = True
        told = install(slack, bench.port, ONE)
        assert told.status == 403
        assert "one workspace" in told.body
        assert slack.tokens == {}
        assert set(rows(tmp_path).values()) == {0}


def test_tokens_that_expire_are_refused_in_words(tmp_path: Path) -> None:
    """An app whose tokens are rotated would fall silent within half a day, so that its installation is refused, with what to do."""
    with running(tmp_path) as (bench, slack):
        slack.rotating = True
        told = install(slack, bench.port, ONE)
        assert told.status == 403
        assert "token rotation" in told.body
        assert slack.tokens == {}
        assert set(rows(tmp_path).values()) == {0}


def test_only_the_workspaces_that_are_named_may_install(tmp_path: Path) -> None:
    """With FIRSTPASS_WORKSPACES another workspace is refused, its token given back."""
    with running(tmp_path, teams=frozenset({TWO})) as (bench, slack):
        told = install(slack, bench.port, ONE)
        assert told.status == 403
        assert install(slack, bench.port, TWO).status == 200
        assert {workspace.team for workspace in slack.tokens.values()} == {TWO}


def test_a_workspace_that_never_installed_it_is_told_nothing(tmp_path: Path) -> None:
    """What comes from a workspace without an installation is acknowledged, stored nowhere, and calls nothing."""
    with running(tmp_path) as (bench, slack):
        install(slack, bench.port, TWO)
        one = slack.workspace(ONE)
        one.ask(QUESTION)
        bench.quiet(0.3)
        assert one.calls == []
        assert slack.stray == []
        assert set(rows(tmp_path).values()) == {0}


def test_tokens_are_in_no_log_and_no_answer_and_only_the_owner_may_read_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Installation, answers and leaving write no token and no secret to the log; the database is its owner's alone."""
    with running(tmp_path) as (bench, slack), caplog.at_level("DEBUG", logger="firstpass"):
        both(slack, bench)
        tokens = list(slack.tokens)
        two = slack.workspace(TWO)
        two.ask(QUESTION)
        two.wait(lambda: len(two.answers()) == 1)
        slack.remove(ONE).wait()
        told = bench.get("/metrics").body + bench.get("/readyz").body
    for secret in (*tokens, CLIENT_SECRET, SECRET):
        assert secret not in caplog.text
        assert secret not in told
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_two_bots_share_the_installations(tmp_path: Path) -> None:
    """What was installed through one bot is answered by the other too, and left through one it is left in both."""
    with running(tmp_path) as (bench, slack), running(tmp_path, slack) as (other, _):
        both(slack, bench)
        one, two = slack.workspace(ONE), slack.workspace(TWO)
        for number in range(4):
            one.ask(f"{QUESTION} {number}")
            two.ask(f"{QUESTION} {number}")
        one.wait(lambda: len(one.answers()) == 4)
        two.wait(lambda: len(two.answers()) == 4)
        slack.remove(ONE).wait()
        for number in range(4):
            one.ask(f"{QUESTION} {number}")
            two.ask(f"{QUESTION} {number}")
        two.wait(lambda: len(two.answers()) == 8)
        bench.quiet(0.3)
        assert len(one.answers()) == 4
        assert set(rows(tmp_path).values()) == {0}
        assert other.get("/readyz").status == 200


def test_the_tables_are_those_that_slack_s_stores_read(tmp_path: Path, address: str) -> None:
    """The migration makes the tables of Slack's own stores, column by column."""
    database = Database(address or tmp_path / FILE)
    kept, states = Kept(CLIENT, database), States(database)
    for table in (kept.store.bots, kept.store.installations, states.oauth_states):
        found = {one["name"]: one for one in inspect(database.engine).get_columns(table.name)}
        assert list(found) == [one.name for one in table.c]
        for column in table.c:
            assert found[column.name]["nullable"] is column.nullable
            assert str(found[column.name]["type"].as_generic()) == str(column.type)
    database.close()


def test_checks_name_the_workspace_whose_token_is_not_taken(tmp_path: Path) -> None:
    """`--check` counts the workspaces that installed the bot, and names one whose token Slack takes no more."""
    with running(tmp_path) as (bench, slack):
        fit = list(check(bench.settings, FakeAnswering))
        assert [one.fit for one in fit] == [None, True, None, True]
        assert "0 workspaces" in fit[2].line
        both(slack, bench)
        (token,) = [token for token, of in slack.tokens.items() if of.team == ONE]
        slack._revoke(token)
        found = list(check(bench.settings, FakeAnswering))
        assert [one.line for one in found if one.fit is False] == [
            "workspace T1: Slack does not take its token (SlackApiError: token_revoked); install the bot there again"
        ]
        assert any("installed in 2 workspaces" in one.line for one in found)


def test_checks_by_http_for_one_workspace(tmp_path: Path) -> None:
    """By HTTP `--check` signs in, opens no socket, and says what only an event can tell."""
    with HttpBench(tmp_path) as bench:
        found = list(check(bench.settings, FakeAnswering))
        assert not [one for one in found if one.fit is False]
        assert any("SLACK_SIGNING_SECRET" in one.line for one in found)
        assert bench.slack.of("apps.connections.open") == []


def test_what_is_served_for_one_workspace_is_not_served_for_several(tmp_path: Path) -> None:
    """With a token of one workspace there is no page to install the bot; with several there is."""
    with HttpBench(tmp_path / "one") as bench:
        assert bench.get("/slack/install").status == 404
    with running(tmp_path / "several") as (bench, _):
        assert bench.get("/slack/install").status == 200
        assert request(bench.port, "POST /slack/install").status == 405
