"""The real command against the stand-in: as a process, killed and stopped, on a library of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from slack_stand_in import SlackStandIn

QUESTION = "is IV BMC for knee OA real?"
COMMAND = [
    sys.executable,
    "-c",
    "from assistant.cli import COMMANDS, main; COMMANDS.setdefault('slack', ''); main()",
    "slack",
]
POST = """---
title: Synthetic post 1
url: https://example.org/1
---
Bone marrow concentrate was given by intravenous infusion to patients with knee osteoarthritis. Pain was measured.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of one post."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "library.toml").write_text('name = "Synthetic library"\n', "utf-8")
    (folder / "posts").mkdir()
    (folder / "posts" / "synthetic-1.md").write_text(POST, "utf-8")
    return folder


def environment(slack: SlackStandIn, state: Path, library: Path) -> dict[str, str]:
    """What the command needs, beside what is there."""
    return {
        **os.environ,
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_API_URL": slack.api_url,
        "FIRSTPASS_STATE": str(state),
        "FIRSTPASS_LIBRARY": str(library),
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
    }


@contextmanager
def started(slack: SlackStandIn, state: Path, library: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command, connected; killed at the end where it still runs."""
    before = sum(one.open for one in slack.sockets)
    log = (state / "log").open("ab")
    process = subprocess.Popen(COMMAND, env=environment(slack, state, library), stderr=log)
    try:
        slack.connected(before + 1, 180)
        yield process
    finally:
        process.kill()
        process.wait()
        log.close()


@pytest.mark.slow
@pytest.mark.model
def test_killed_and_stopped_in_the_middle_of_a_search_it_answers_once(tmp_path: Path, library: Path) -> None:
    """SIGKILL in the middle of a search, a restart and a redelivery make one answer; SIGTERM one, exit 0 and no status."""
    with SlackStandIn() as slack:
        slack.delays["assistant.threads.setStatus"] = 0.3
        with started(slack, tmp_path, library) as process:
            slack.ask(QUESTION)
            slack.wait(lambda: all(one.done.is_set() for one in slack.envelopes.values()))
            process.send_signal(signal.SIGKILL)
            process.wait()
        slack.wait(lambda: slack.sockets == [])
        assert slack.answers() == []
        with started(slack, tmp_path, library) as process:
            slack.redeliver(3)
            slack.wait(lambda: len(slack.answers()) == 1 and slack.statuses()[-1:] == [""], 30)
            slack.ask(f"{QUESTION} again")
            slack.wait(lambda: slack.statuses()[-1] != "")
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        assert len(slack.of("chat.postMessage")) == 2
        assert slack.statuses()[-1] == ""
        assert slack.refused == []
        assert "IV BMC" not in (tmp_path / "log").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.model
def test_a_frozen_connection_is_given_up_in_time(tmp_path: Path, library: Path) -> None:
    """With two processes, one question is answered once; with every connection frozen, both connect anew and answer again."""
    with SlackStandIn() as slack, started(slack, tmp_path, library), started(slack, tmp_path, library):
        slack.ask(QUESTION)
        slack.redeliver(2)
        slack.wait(lambda: len(slack.answers()) == 1, 30)
        slack.freeze()
        slack.connected(2, 30)
        slack.ask(f"{QUESTION} again")
        slack.wait(lambda: len(slack.answers()) == 2, 30)
        time.sleep(2)
        assert len(slack.of("chat.postMessage")) == 2


@pytest.mark.slow
@pytest.mark.model
def test_check_and_manifest_are_said_by_the_command(tmp_path: Path, library: Path) -> None:
    """`--check` finds a fit bot fit and exits 0, without a token 1; `--manifest` prints a manifest without any token."""
    with SlackStandIn() as slack:
        given = environment(slack, tmp_path, library)
        fit = subprocess.run([*COMMAND, "--check"], env=given, capture_output=True, text=True, check=False)
        assert fit.returncode == 0, fit.stdout + fit.stderr
        unfit = subprocess.run(
            [*COMMAND, "--check"],
            env=given | {"SLACK_BOT_TOKEN": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert unfit.returncode == 1
        assert "SLACK_BOT_TOKEN" in unfit.stderr
        bare = {name: value for name, value in given.items() if not name.startswith("SLACK_")}
        made = subprocess.run([*COMMAND, "--manifest"], env=bare, capture_output=True, text=True, check=True)
        assert json.loads(made.stdout)["settings"]["socket_mode_enabled"]
