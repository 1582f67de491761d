"""What a bot that runs for months must not pile up: statuses, and memory that was freed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from slack_bench import Bench
from slack_sdk import WebClient
from slack_stand_in import SlackStandIn

from assistant.slack.status import Statuses

FREED = """
from pathlib import Path
from assistant.slack.memory import give_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

assert give_back()
before, small = resident(), []
for _ in range(2):  # what was freed once must not change how the next is taken
    large = []
    for _ in range(40):
        large.append(bytearray(b"x") * 1_500_000)
        small.append(bytearray(b"x") * 400)
    assert resident() > before + 50
    del large
print(resident() - before)
"""
QUESTION = "is IV BMC for knee OA real?"


def test_a_status_that_comes_after_its_answer_leaves_nothing_behind() -> None:
    """A status begun for a question that was answered meanwhile is not shown, and its thread is not remembered."""
    with SlackStandIn() as slack:
        statuses = Statuses(WebClient(token="xoxb-1", base_url=slack.api_url))  # noqa: S106 - the stand-in's
        statuses.end("C1", "1.1", "key")
        statuses.begin("C1", "1.1", "key")
        assert slack.statuses() == []
        assert statuses._shown == {}


def test_a_status_that_slack_would_not_take_away_is_taken_away_later(tmp_path: Path) -> None:
    """Where the clearing of a status is limited, it is made again once the time that Slack asks for has passed."""
    with Bench(tmp_path) as bench:
        bench.answering.before = lambda: bench.slack.limit("assistant.threads.setStatus", 1)
        bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: bench.slack.statuses()[-1:] == [""])
        assert len(bench.slack.of("assistant.threads.setStatus!ratelimited")) == 1
        assert bench.bot is not None
        assert bench.bot.parts.statuses._owed == {}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator is Linux's")
def test_large_blocks_that_are_freed_go_back_to_the_system() -> None:
    """Of 60 MB in large blocks, taken among small ones that stay, the process keeps less than 5 MB once they are freed."""
    root = str(Path(__file__).resolve().parents[1])
    done = subprocess.run(
        [sys.executable, "-c", FREED],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout) < 5
