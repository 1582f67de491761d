"""The real command by HTTP, as processes: killed, stopped, behind a balancer, installed by two workspaces, and under another server."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("uvicorn", reason="needs firstpass[server]")
pytest.importorskip("prometheus_client", reason="needs firstpass[server]")
pytest.importorskip("greenlet", reason="needs firstpass[server]")

from slack_http import SECRET, HttpStandIn, request
from slack_workspaces import CLIENT, CLIENT_SECRET, Workspaces, install
from test_slack_command import POST

pytestmark = [pytest.mark.slow, pytest.mark.model]

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "is IV BMC for knee OA real?"
COMMAND = [sys.executable, "-c", "from assistant.cli import main; main()", "slack", "--http", "0"]
ONE_WORKSPACE = {"SLACK_BOT_TOKEN": "xoxb-1"}
SEVERAL = {"SLACK_CLIENT_ID": CLIENT, "SLACK_CLIENT_SECRET": CLIENT_SECRET}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of one post."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "library.toml").write_text('name = "Synthetic library"\n', "utf-8")
    (folder / "posts").mkdir()
    (folder / "posts" / "synthetic-1.md").write_text(POST, "utf-8")
    return folder


def environment(slack: HttpStandIn, state: Path, library: Path, signed_in: dict[str, str]) -> dict[str, str]:
    """What the command needs, beside what is there."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SLACK_")},
        **signed_in,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack.api_url,
        "FIRSTPASS_STATE": str(state),
        "FIRSTPASS_LIBRARY": str(library),
        "FIRSTPASS_LEAVE": "1",
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def started(
    slack: HttpStandIn, state: Path, library: Path, signed_in: dict[str, str], *, command: list[str] = COMMAND
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The command, ready, and its port, to which requests go too; killed at the end where it still runs."""
    path = state / f"log-{time.monotonic_ns()}"
    with path.open("ab") as log:
        process = subprocess.Popen(
            command, env=environment(slack, state, library, signed_in), stderr=log, stdout=log, cwd=ROOT
        )
    port = 0
    try:
        deadline = time.monotonic() + 180
        while not port or request(port, "GET /readyz").status != 200:
            assert process.poll() is None, path.read_text("utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.1)
            found = re.search(
                r"listening at \S+ port (\d+)|running on http://127.0.0.1:(\d+)", path.read_text("utf-8")
            )
            port = int(found[1] or found[2]) if found else 0
        slack.ports.append(port)
        yield process, port
    finally:
        if port in slack.ports:
            slack.ports.remove(port)
        process.kill()
        process.wait()


def test_killed_and_stopped_it_answers_once(tmp_path: Path, library: Path) -> None:
    """SIGKILL in the middle of a search, a restart and Slack's retries make one answer; SIGTERM first 503, then one answer and exit 0."""
    with HttpStandIn() as slack:
        slack.delays["assistant.threads.setStatus"] = 0.5
        slack.retries = ()
        with started(slack, tmp_path, library, ONE_WORKSPACE) as (process, _):
            slack.ask(QUESTION)
            slack.wait(lambda: all(one.done.is_set() for one in slack.envelopes.values()))
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert slack.answers() == []
        with started(slack, tmp_path, library, ONE_WORKSPACE) as (process, port):
            slack.redeliver(3)
            slack.wait(lambda: len(slack.answers()) == 1 and slack.statuses()[-1:] == [""], 30)
            slack.ask(f"{QUESTION} again")
            slack.wait(lambda: slack.statuses()[-1] != "")
            process.send_signal(signal.SIGTERM)
            deadline = time.monotonic() + 1
            while (seen := request(port, "GET /readyz").status) == 200 and time.monotonic() < deadline:
                time.sleep(0.01)
            assert seen == 503
            assert process.wait(60) == 0
        assert len(slack.of("chat.postMessage")) == 2
        assert slack.statuses()[-1] == ""
        assert slack.refused == []
        assert not any("IV BMC" in one.read_text("utf-8") for one in tmp_path.glob("log-*"))


def test_behind_a_balancer_one_is_killed_and_every_question_answered_once(
    tmp_path: Path, library: Path
) -> None:
    """Of two processes over one database one is killed amid sixty questions; Slack's retries find the other, and each is answered once."""
    with (
        HttpStandIn() as slack,
        started(slack, tmp_path, library, ONE_WORKSPACE),
        started(slack, tmp_path, library, ONE_WORKSPACE) as (process, _),
    ):
        for number in range(60):
            slack.ask(f"{QUESTION} {number}", channel=f"C{number % 7}")
            if number == 30:
                process.send_signal(signal.SIGKILL)
        slack.wait(lambda: len(slack.answers()) == 60, 90)
        time.sleep(1)
        posted = [call.args["metadata"]["event_payload"]["question"] for call in slack.of("chat.postMessage")]
        assert len(posted) == len(set(posted)) == 60
        assert any(told.status == 0 for _, _, told in slack.tries)
        assert any(attempt for _, attempt, _ in slack.tries)


def test_two_workspaces_install_the_real_command_and_one_leaves(tmp_path: Path, library: Path) -> None:
    """Installed by two workspaces, both are answered by their own tokens; after one left it is told nothing, the other is answered."""
    with Workspaces() as slack, started(slack, tmp_path, library, SEVERAL) as (process, port):
        one, two = slack.workspace("T1"), slack.workspace("T2")
        assert install(slack, port, "T1").status == install(slack, port, "T2").status == 200
        for workspace in (one, two):
            workspace.ask(QUESTION)
        one.wait(lambda: one.statuses()[-1:] == [""], 30)
        two.wait(lambda: two.statuses()[-1:] == [""], 30)
        for workspace in (one, two):
            assert len(workspace.answers()) == 1
            assert {slack.tokens[call.token].team for call in workspace.calls} == {workspace.team}
        slack.remove("T1").wait()
        one.ask(f"{QUESTION} again")
        two.ask(f"{QUESTION} again")
        two.wait(lambda: len(two.answers()) == 2, 30)
        time.sleep(0.5)
        assert len(one.answers()) == 1
        assert slack.stray == []
        body = request(port, "GET /metrics").body
        assert "firstpass_encoding_seconds_count 0" not in body
        assert not re.search("T1|T2|xoxb|knee", body)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_another_server_serves_it(tmp_path: Path, library: Path) -> None:
    """Under uvicorn's own command the bot begins and stops with the server, and what is in hand is answered."""
    command = [sys.executable, "-m", "uvicorn", "--factory", "assistant.slack.asgi:app", "--port", "0"]
    with (
        HttpStandIn() as slack,
        started(slack, tmp_path, library, ONE_WORKSPACE, command=command) as (process, _),
    ):
        slack.ask(QUESTION)
        slack.wait(slack.statuses)
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        assert len(slack.answers()) == 1
        assert slack.statuses()[-1] == ""


def test_what_is_wrong_with_the_settings_is_said_by_another_server(tmp_path: Path, library: Path) -> None:
    """Without the signing secret the factory says so, and the server does not start."""
    with HttpStandIn() as slack:
        given = environment(slack, tmp_path, library, ONE_WORKSPACE)
        del given["SLACK_SIGNING_SECRET"]
        done = subprocess.run(
            [sys.executable, "-m", "uvicorn", "--factory", "assistant.slack.asgi:app", "--port", "0"],
            env=given,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
        assert done.returncode != 0
        assert "SLACK_SIGNING_SECRET" in done.stderr
