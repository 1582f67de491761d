"""Killed at any moment, a build never leaves half a store served, and the next run repairs (FIRSTPASS_KILLS times)."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from store_material import records, tools

from index.build import build
from index.root import history
from index.store import open_store

KILLS = int(os.environ.get("FIRSTPASS_KILLS", "20"))
SCRIPT = """
import sys
from pathlib import Path
from store_material import records, tools
from index.build import build
from index.publish import rollback
print("ready", flush=True)
for count in (40, 30, 45):
    build(records(count), tools=tools(), root=Path(sys.argv[1]))
rollback(Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_a_killed_build_leaves_a_whole_store(tmp_path: Path) -> None:
    """After each kill what is served opens whole, and one more run publishes and completes the history."""
    build(records(20), tools=tools(), root=tmp_path)
    here = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": f"{here}{os.pathsep}{here.parent}"}
    rng = random.Random(3)  # noqa: S311 - moments to kill at, no secret
    for kill in range(KILLS):
        command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as run:
            assert run.stdout is not None
            assert run.stdout.readline() == b"ready\n"
            time.sleep(rng.uniform(0, 0.7))
            run.kill()
        with open_store(tmp_path) as store:
            assert store.documents in {20, 30, 40, 45, *range(50, 50 + kill)}
        build(records(50 + kill), tools=tools(), root=tmp_path)
        with open_store(tmp_path) as store:
            assert store.documents == 50 + kill
            assert history(tmp_path)[-1].version == store.version
        assert list((tmp_path / "aside").iterdir()) == []
