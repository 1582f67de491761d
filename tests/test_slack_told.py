"""What the real command tells unasked, as a process beside another, killed and started again, on a library that is indexed anew."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from announcement_material import CHANNEL, GAPS, HIP, JOINT, RETRACTED, said, with_status
from bench_material import KNEE_JOINT, hip_prp, knee_joint, library, write_records
from slack_stand_in import SlackStandIn
from test_slack_command import environment, started

FIRSTPASS = [sys.executable, "-c", "from assistant.cli import main; main()"]


@pytest.mark.slow
@pytest.mark.model
def test_two_processes_tell_a_channel_and_a_thread_once_whatever_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two bots, one killed at the moment of publishing and started again: one note, one word in the thread, one picture."""
    monkeypatch.setenv("FIRSTPASS_CHANGES_CHANNEL", CHANNEL)
    curated = library(tmp_path / "library", knee_joint(JOINT), hip_prp(HIP))
    state = tmp_path / "state"
    state.mkdir()
    with SlackStandIn() as slack:
        with started(slack, state, curated) as one, started(slack, state, curated):
            thread = slack.ask(KNEE_JOINT)
            gaps = slack.ask(GAPS, channel="C2")
            slack.wait(lambda: len(slack.answers()) == 3, 60)
            write_records(curated, with_status(knee_joint(JOINT), RETRACTED), hip_prp(HIP))
            given = environment(slack, state, curated)
            subprocess.run([*FIRSTPASS, "index"], env=given, check=True, capture_output=True)
            one.send_signal(signal.SIGKILL)
            one.wait()
            slack.wait(lambda: sum(socket.open for socket in slack.sockets) == 1)
            slack.wait(lambda: len(slack.answers()) == 5, 60)
            with started(slack, state, curated) as again:
                time.sleep(5)
                again.send_signal(signal.SIGTERM)
                assert again.wait(60) == 0
        told = {one["ts"]: (one["channel"], one.get("thread_ts")) for one in slack.answers()}
        assert sorted(told.values(), key=str) == sorted(
            [("C1", thread), ("C1", thread), ("C2", gaps), ("C2", gaps), (CHANNEL, None)], key=str
        )
        (note,) = slack.answers(CHANNEL)
        (_, word) = slack.answers("C1")
        assert "RETRACTED" in said(note)
        assert "RETRACTED" in said(word)
        assert slack.answers("C2")[1]["files"]
        assert slack.refused == []
        assert KNEE_JOINT not in (state / "log").read_text("utf-8")
