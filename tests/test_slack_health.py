"""What is told of a bot by HTTP: whether it lives, is ready, and what it measured, in both modes; never a word of who asked what."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("uvicorn", reason="needs firstpass[server]")
pytest.importorskip("prometheus_client", reason="needs firstpass[server]")

from http_bench import ANYWHERE, HttpBench
from slack_bench import Bench, FakeAnswering
from slack_bolt import App
from slack_http import SECRET, request, signed
from slack_sdk import WebClient

from assistant.errors import AssistantError
from assistant.slack.door import LIMIT, Door
from assistant.slack.health import Health
from assistant.slack.http import Reply, Scope, plain
from assistant.slack.metrics import Metrics
from assistant.slack.outside import READY, STOPPING, Reachable, Stage
from assistant.slack.responder import Answering
from assistant.slack.run import Bot
from assistant.slack.serving import Served
from assistant.slack.settings import Address
from assistant.slack.web import Web

QUESTION = "is IV BMC for knee OA real?"
ROOT = Path(__file__).resolve().parents[1]


def port_of(bot: Bot | None) -> int:
    """Where a bot listens."""
    assert bot
    assert isinstance(bot.outside, Reachable)
    assert bot.outside.served
    return bot.outside.served.port


def told(body: str, name: str, **labels: str) -> float:
    """The value of a metric."""
    given = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    line = re.escape(f"{name}{{{given}}}" if labels else name)
    found = re.search(rf"^{line} (\S+)$", body, re.MULTILINE)
    assert found, body
    return float(found[1])


def test_socket_mode_tells_the_same_where_it_is_asked_to(tmp_path: Path) -> None:
    """With FIRSTPASS_HEALTH a bot in Socket Mode answers the three paths and no other, and is unready while no connection stands."""
    with Bench(tmp_path, health=ANYWHERE) as bench:
        port = port_of(bench.bot)
        assert request(port, "GET /healthz").status == 200
        assert request(port, "GET /readyz").body == "ready\n"
        bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: len(bench.slack.answers()) == 1)
        bench.quiet(0.1)
        body = request(port, "GET /metrics").body
        assert told(body, "firstpass_answer_seconds_count", way="mention") == 1
        assert request(port, "POST /slack/events").status == 404
        assert request(port, "GET /slack/install").status == 404


def test_nothing_of_it_is_there_by_default(tmp_path: Path) -> None:
    """In Socket Mode nothing listens, and neither the server nor the metrics are imported."""
    with Bench(tmp_path) as bench:
        assert bench.bot
        assert not isinstance(bench.bot.outside, Reachable)
    script = (
        "import sys; import assistant.slack.run, assistant.slack.opening\n"
        "print(sorted({'uvicorn', 'h11', 'prometheus_client', 'greenlet'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("asked", [["slack", "--http", "0"], ["slack"]], ids=["--http", "FIRSTPASS_HEALTH"])
def test_what_is_missing_is_named_with_the_command_that_installs_it(tmp_path: Path, asked: list[str]) -> None:
    """Where the extra is not installed, the command says what installs it, and exits 1."""
    script = "import sys; sys.modules['uvicorn'] = None; from assistant.cli import main; main()"
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_SIGNING_SECRET": SECRET}
    given = {**tokens, "FIRSTPASS_HEALTH": "0", "HOME": str(tmp_path), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", script, *asked],
        env=given,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 1
    assert "pip install 'firstpass[server]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_metrics_count_without_a_word_of_anybody(tmp_path: Path) -> None:
    """After questions, failures and refusals the three answers name ways, outcomes and Slack's codes, and no text, person, channel or team."""
    planted = {"text": "zyxwvutsrq", "user": "UPLANTED1", "channel": "CPLANTED1", "direct": "DPLANTED1"}
    with HttpBench(tmp_path) as bench:
        slack = bench.slack
        slack.ask(f"{QUESTION} {planted['text']}", channel=planted["channel"], user=planted["user"])
        slack.tell(f"PRP {planted['text']}?", channel=planted["direct"], user=planted["user"])
        slack.slash(f"PRP {planted['text']}?", channel=planted["channel"], user=planted["user"])
        slack.wait(lambda: len(slack.answers()) == 2 and slack.responses)
        slack.fail("chat.postMessage", "is_archived")
        slack.ask(QUESTION, channel=planted["channel"])
        slack.wait(lambda: slack.of("chat.postMessage!is_archived"))
        bench.quiet(0.1)
        bench.answering.error = RuntimeError(planted["text"])
        slack.ask(QUESTION, channel=planted["channel"])
        slack.wait(lambda: len(slack.answers()) == 3)
        bench.quiet(0.1)
        request(bench.port, f"GET /{planted['text']}")
        body = bench.get("/metrics").body
        every = body + bench.get("/readyz").body + bench.get("/healthz").body
    for word in (*planted.values(), "T1", "U0BOT", "xoxb", "knee", SECRET):
        assert word not in every
    assert told(body, "firstpass_questions_total", way="mention", outcome="failed") == 1
    assert told(body, "firstpass_questions_total", way="mention", outcome="refused") == 1
    assert told(body, "firstpass_slack_errors_total", kind="is_archived") == 1
    assert told(body, "firstpass_answer_seconds_count", way="slash") == 1
    assert told(body, "firstpass_queue_length") == 0
    assert told(body, "firstpass_store_info", version="0123456789abcdef") == 1
    assert told(body, "firstpass_store_age_seconds") > 0
    assert told(body, "firstpass_http_requests_total", route="other", status="404") == 1


class Closed(FakeAnswering):
    """An answerer whose store cannot be used."""

    @property
    def sources(self) -> Any:
        """None."""
        raise OSError


@pytest.mark.parametrize("fails", ["hangs", "breaks"])
def test_a_database_that_does_not_answer_is_said(fails: str) -> None:
    """A database that hangs or breaks makes the bot unready, named in one word, within seconds; it is ready again once it answers."""
    held = threading.Event()
    well = threading.Event()

    def waiting() -> int:
        if well.is_set():
            return 0
        if fails == "breaks":
            raise OSError
        held.wait(20)
        return 0

    health = Health(Stage(READY), Metrics(), patience=0.2)
    health.watch(FakeAnswering(), waiting)
    assert health.reason() == "database"
    assert b"firstpass_queue_length NaN" in health.metrics()
    held.set()
    well.set()
    deadline = time.monotonic() + 10
    while health.reason() != READY and time.monotonic() < deadline:
        time.sleep(0.01)
    assert health.reason() == READY
    health.close()


def test_each_reason_is_named() -> None:
    """Not begun, no connection, no store and stopping are each one word; only a whole bot is ready."""
    stage = Stage()
    health = Health(stage, Metrics())

    def reason(answering: Answering) -> str:
        health.watch(answering, lambda: 0)
        return health.reason()

    assert reason(FakeAnswering()) == "starting"
    stage.now = READY
    assert reason(Closed()) == "store"
    assert reason(FakeAnswering()) == READY
    stage.connected = False
    assert reason(FakeAnswering()) == "connection"
    stage.now = STOPPING
    assert reason(FakeAnswering()) == "stopping"
    health.close()


def test_an_address_in_use_is_said() -> None:
    """Where something listens already, the message names the address, and nothing is served."""
    web = Web(Health(Stage(), Metrics()), Metrics())
    first = Served(web, ANYWHERE)
    first.open()
    with pytest.raises(AssistantError, match=rf"127\.0\.0\.1:{first.port}"):
        Served(web, Address("127.0.0.1", first.port)).open()
    first.close()


# ---- limits


def test_headers_that_do_not_come_end_the_connection() -> None:
    """A connection that sends nothing, half a request, or half a second one is closed after a while; after a whole one it stays open."""
    web = Web(Health(Stage(), Metrics()), Metrics())
    served = Served(web, ANYWHERE, patience=0.3)
    served.open()
    whole = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    for first, second in ((b"", b""), (b"GET /healthz HT", b""), (whole, b""), (whole, b"GET /")):
        with socket.create_connection(("127.0.0.1", served.port), timeout=5) as connection:
            connection.settimeout(1.5)
            connection.sendall(first)
            got = b""
            while first == whole and b"alive" not in got:
                got += connection.recv(65536)
            connection.sendall(second)
            try:
                ended = connection.recv(65536) == b""
            except TimeoutError:
                ended = False
            assert ended is ((first, second) != (whole, b"")), (first, second)
    served.close()
    assert not served.alive


def enter(door: Door, scope: Scope, pieces: list[bytes], *, ends: bool = True) -> tuple[Reply, int]:
    """What the door tells of a request whose body comes in pieces, and how many of them it read; without an end it hangs."""
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        if read == len(pieces):
            await asyncio.sleep(30)
        read += 1
        more = read < len(pieces) or not ends
        return {"type": "http.request", "body": pieces[read - 1], "more_body": more}

    reply = asyncio.run(door.enter(scope, receive))
    return reply, read


def scope_of(headers: dict[str, str]) -> Scope:
    """A request to the door."""
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": "POST", "path": "/slack/events", "query_string": b"", "headers": raw}


@pytest.fixture
def door() -> Door:
    """A door that waits briefly, before an app that takes nothing."""
    app = App(client=WebClient(token="xoxb-1"), token_verification_enabled=False, signing_secret="x")  # noqa: S106 - the test's own
    return Door(app, SECRET, seconds=0.2)


def test_a_body_is_read_to_the_limit_and_no_further(door: Door) -> None:
    """A body in pieces, its length not said, is let go at the piece that passes the limit."""
    piece = b"x" * (LIMIT // 4)
    reply, read = enter(door, scope_of(signed("")), [piece] * 40)
    assert (reply.status, read) == (413, 5)
    assert reply.headers["connection"] == ["close"]


def test_a_body_that_does_not_come_is_not_waited_for(door: Door) -> None:
    """A body whose rest does not come is told 408, and a length that is no number 400."""
    assert enter(door, scope_of(signed("")), [b"{"], ends=False)[0].status == 408
    assert enter(door, scope_of({**signed(""), "Content-Length": "-1"}), [b""])[0].status == 400


def test_a_closed_door_sends_slack_to_another(door: Door) -> None:
    """Once closed, a signed request is told 503, so that Slack sends it again."""
    door.close()
    assert enter(door, scope_of(signed("{}")), [b"{}"])[0].status == 503


def test_one_that_fails_ends_no_other() -> None:
    """A path that fails is told 500, and the next request is answered."""
    web = Web(Health(Stage(), Metrics()), Metrics())
    fail: Callable[..., Any] = lambda scope, receive: 1 / 0  # noqa: E731, ARG005 - the smallest that fails

    async def well(scope: Scope, receive: object) -> Reply:
        return plain(200, "well")

    web.add("GET", "/fails", fail)
    web.add("GET", "/well", well)
    served = Served(web, ANYWHERE)
    served.open()
    assert request(served.port, "GET /fails").status == 500
    assert request(served.port, "GET /well").body == "well\n"
    served.close()
