"""Killed at any moment, indexing through the gate, sweeping and going back never leave the channel without a whole store (FIRSTPASS_KILLS times)."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bench_material import KNEE_JOINT, asked, bench, hip_prp, knee_joint, library, question, write_records

from assistant.indexing import index_library
from corpus.statuses import read_statuses
from index.root import history

KILLS = int(os.environ.get("FIRSTPASS_KILLS", "10"))
SCRIPT = """
import sys
from pathlib import Path
from bench_material import bench, hip_prp, knee_joint, write_records
from assistant.indexing import index_library
from assistant.sweep import Sweep, sweep
from assistant.versions import roll_back
from corpus.retractions import Entry, Watch
folder = Path(sys.argv[1])
of = bench(folder)
print("ready", flush=True)
write_records(folder, knee_joint(90000001), knee_joint(90000002), hip_prp(90000003))
index_library(of)
event = Entry(2, "1", "retraction", "2023-01-01", "90000002", "", "", "")
for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
    sweep(of, Sweep(day, Watch((event,), "2023-01-01")))
roll_back(of, None)
"""


@pytest.mark.slow
def test_the_channel_always_has_a_whole_store(tmp_path: Path) -> None:
    """After each kill the served store answers and the record of checks can be read; one more index publishes or is unchanged."""
    judged = question(KNEE_JOINT, outcome="direct")
    of = bench(library(tmp_path, knee_joint(90000001), questions=judged))
    index_library(of)
    here = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": f"{here}{os.pathsep}{here.parent}"}
    rng = random.Random(5)  # noqa: S311 - moments to kill at, no secret
    for kill in range(KILLS):
        command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as run:
            assert run.stdout is not None
            assert run.stdout.readline() == b"ready\n"
            time.sleep(rng.uniform(0, 2.5))
            run.kill()
        (part,) = asked(of, KNEE_JOINT)["parts"]
        assert part["outcome"] == "direct"
        read_statuses(of.statuses)
        write_records(tmp_path, knee_joint(90000001), *[hip_prp(90000010 + number) for number in range(kill)])
        done = index_library(of)
        assert not done.refused
        with of.open() as store:
            assert store.version == done.report.version == history(of.root)[-1].version
        assert list((of.root / "aside").iterdir()) == []
