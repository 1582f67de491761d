"""Bots at size: three bots by HTTP over one real PostgreSQL, one killed every minute and the database restarted, answer each question once.

FIRSTPASS_BOTS sets how many questions (5,000; 300 where FIRSTPASS_TRIM is set).
Run: python -m pytest -n 0 -m slow -s tests/test_bots_at_size.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from many_bots import COMMAND, Asking, Counting, bots, every
from many_questions import many_questions
from postgres import Postgres, postgres_or_skip
from soak_material import write_library
from state_material import count

from assistant.slack.database import Database
from corpus.vocabulary import load_vocabulary

TRIMMED = bool(os.environ.get("FIRSTPASS_TRIM"))
QUESTIONS = int(os.environ.get("FIRSTPASS_BOTS", "300" if TRIMMED else "5000"))
KILLED = 4.0 if TRIMMED else 60.0
"""Seconds between two kills."""
PEOPLE = 24
AWAY = 2.0
"""Seconds for which the database is away."""
QUIET = 3.0 if TRIMMED else 45.0
"""Seconds for what may still come, and must not: longer than Slack's last try."""


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A PostgreSQL that the test restarts."""
    yield from postgres_or_skip()


def restart(server: Postgres) -> None:
    """Have the database away for a moment, all its sessions ended."""
    server.stop()
    time.sleep(AWAY)
    server.start()


def index(library: Path) -> None:
    """Write a library and build its store, before any bot needs it."""
    write_library(library)
    given = {**os.environ, "FIRSTPASS_LIBRARY": str(library), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", COMMAND, "index"], env=given, capture_output=True, check=True)


@pytest.mark.slow
@pytest.mark.model
def test_three_bots_that_are_killed_in_turn_answer_each_question_once(
    server: Postgres, tmp_path: Path
) -> None:
    """Of all questions none is lost, none answered twice, none with a word of failure, and nothing of their text is left."""
    library, address = tmp_path / "library", server.fresh()
    index(library)
    with Counting() as slack, bots(slack, address, library, tmp_path) as made:
        slack.ports = list(made.ports)
        people = Asking(slack, many_questions(load_vocabulary(), QUESTIONS))
        began, over = time.monotonic(), threading.Event()
        asking = people.start(PEOPLE)
        killing = every(KILLED, made.kill, over)
        restarted = False
        while any(one.is_alive() for one in asking):
            if not restarted and len(people.seconds) > QUESTIONS / 2:
                restart(server)
                restarted = True
            time.sleep(0.2)
        took = time.monotonic() - began
        over.set()
        killing.join()
        made.wait()
        time.sleep(QUIET)
        ended = made.stop()
        log = made.log()
    database = Database(address)
    left = count(database, "questions WHERE text IS NOT NULL OR state != 'done'")
    database.close()
    p50, p99 = (float(np.percentile(people.seconds, one)) for one in (50, 99))
    tries = sum(1 for _, attempt, _ in slack.tries if attempt)
    print(  # noqa: T201 - its table
        f"\n{len(people.asked)} questions, {len(people.seconds)} answered, {len(people.lost)} lost, "
        f"{sum(one > 1 for one in slack.posts.values())} doubled; {made.kills} kills, {int(restarted)} restart of the database; "
        f"{tries} further tries of Slack's; {len(people.asked) / took:.1f} questions a second; "
        f"seconds to the answer: p50 {p50:.2f}, p99 {p99:.2f}, longest {max(people.seconds):.1f}"
    )
    assert people.lost == []
    assert slack.posts == dict.fromkeys(people.asked, 1)
    assert (slack.failed, slack.refused) == ([], [])
    assert left == 0
    assert ended == [0, 0, 0]
    assert made.kills >= 1
    assert restarted
    assert "Traceback" not in log
