"""The soak: the real command for 20,000 questions, while sockets drop, Slack limits and fails, and stores are published.

FIRSTPASS_SOAK sets how many questions (20,000; 300 where FIRSTPASS_TRIM is set).
Run: python -m pytest -n 0 -m slow -s tests/test_soak.py
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from many_questions import many_questions
from soak_material import People, Watched, Weather, look, write_library
from test_slack_command import environment, started

from assistant.slack.app import LISTENERS
from assistant.slack.run import ASIDE, CLICKS
from corpus.vocabulary import load_vocabulary

TRIMMED = bool(os.environ.get("FIRSTPASS_TRIM"))
QUESTIONS = int(os.environ.get("FIRSTPASS_SOAK", "300" if TRIMMED else "20000"))
ASKERS = 24
WARM = 0.2
"""The share of the questions after which everything is as warm as it gets."""
LONG = 5_000
FLAT = 1.05 if QUESTIONS >= LONG else 1.5
"""What memory at the end may be of what it was when warm; a short soak is still warming up, so that only what runs away is found."""
THREADS = LISTENERS + ASIDE + CLICKS + 16 + 12
"""The bot's pools when each is full, the SDK's sixteen, and about a dozen threads that stand alone."""
LOOK = 0.5
COMMAND = "import sys; from assistant.cli import main; sys.argv[0] = 'firstpass'; main()"


@dataclass(slots=True)
class Publisher:
    """Publishes a new store, or serves the one before it again, in turn, beside what else goes on."""

    given: dict[str, str]
    library: Path
    published: int = 0
    wrong: list[str] = field(default_factory=list)
    _busy: threading.Lock = field(default_factory=threading.Lock)

    def first(self) -> None:
        """Publish the first store."""
        write_library(self.library)
        self._run("index")

    def next(self) -> None:
        """Begin the next, unless the last is not done."""
        if self._busy.acquire(blocking=False):
            threading.Thread(target=self._publish, daemon=True).start()

    def _publish(self) -> None:
        try:
            if self.published % 3 == 2:
                self._run("rollback")
            else:
                write_library(self.library, self.published + 1)
                self._run("index")
        finally:
            self._busy.release()

    def close(self) -> None:
        """Wait for what is being published."""
        with self._busy:
            pass

    def _run(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, *words],
            env=self.given,
            capture_output=True,
            text=True,
            check=False,
        )
        self.published += 1
        if done.returncode:
            self.wrong.append(done.stderr)


def faults(slack: Weather, publisher: Publisher) -> tuple[tuple[int, Callable[[], None]], ...]:
    """What goes wrong, and after how many questions each time."""

    def swallow() -> None:
        slack.swallow += 1

    return (
        (37, lambda: slack.limit("chat.postMessage", 1, 2)),
        (41, lambda: slack.limit("response_url", 1)),
        (47, lambda: slack.limit("assistant.threads.setStatus", 1, 3)),
        (53, lambda: slack.limit("conversations.replies", 1)),
        (59, lambda: slack.limit("conversations.history", 1)),
        (67, swallow),
        (197, slack.drop),
        (311, slack.disconnect),
        (max(QUESTIONS // 10, 250), slack.freeze),
        (max(min(QUESTIONS // 4, 700), 60), publisher.next),
    )


def watch(process: int, people: People, threads: list[threading.Thread], slack: Weather) -> list[Watched]:
    """Look at the bot twice a second until everybody has asked everything."""
    seen = []
    while any(one.is_alive() for one in threads):
        seen.append(look(process, people.asked))
        slack.mind()
        time.sleep(LOOK)
    return seen


def quiet(slack: Weather) -> None:
    """Let pass what may still come: what is sent again, and then no answer to it."""
    for _ in range(12):
        slack.mind()
        time.sleep(LOOK)


def megabytes(seen: list[Watched], since: float, until: float) -> tuple[float, float, float]:
    """The middle of what was resident in a stretch of the soak, of that what was no file's, and the most threads."""
    stretch = [one for one in seen if since * QUESTIONS <= one.asked <= until * QUESTIONS]
    resident, own = (
        float(np.median([getattr(one, name) for one in stretch])) for name in ("resident", "own")
    )
    return resident, own, max(one.threads for one in stretch)


def three(milliseconds: list[float]) -> str:
    """Half, nine in ten and 99 in 100 took no longer than this."""
    return ", ".join(f"{np.percentile(milliseconds, one):.1f}" for one in (50, 90, 99))


def told(people: People, seen: list[Watched], took: float, publisher: Publisher) -> dict[str, str]:
    """The table."""
    slack = people.slack
    acks = [1000 * one for one in slack.acknowledged]
    warm, end = megabytes(seen, WARM, 1.5 * WARM), megabytes(seen, 0.9, 1)
    return {
        "questions": f"{people.asked}",
        "answered": f"{len(people.seconds)}",
        "lost; doubled": f"{len(people.lost)}; {sum(one > 1 for one in slack.posts.values())}",
        "commands that Slack could not hand over": f"{len(people.untaken)}",
        "calls limited (429)": f"{slack.limited}",
        "events sent again; given up by Slack": f"{slack.sent_again}; {slack.given_up}",
        "stores published or rolled back": f"{publisher.published}",
        "questions a second": f"{people.asked / took:.1f}",
        "acknowledged, ms: p50, p90, p99": three(acks),
        "answered after that, ms: p50, p90, p99": three([1000 * one for one in slack.answers_took]),
        "answered after asking, ms: p50, p90, p99": three([1000 * taken for _, taken in people.seconds]),
        "resident MB (own) warm": f"{warm[0]:.0f} ({warm[1]:.0f})",
        "resident MB (own) at the end": f"{end[0]:.0f} ({end[1]:.0f})",
        f"at the end / warm (at most {FLAT})": f"{end[0] / warm[0]:.3f} ({end[1] / warm[1]:.3f})",
        "threads; open files at the end": f"{seen[-1].threads}; {seen[-1].files}",
    }


@pytest.mark.slow
@pytest.mark.model
def test_a_bot_that_is_shaken_answers_each_question_once_in_flat_memory(tmp_path: Path) -> None:
    """No question lost, none answered twice, no message refused, every status cleared, memory within 5 % of what it was when warm."""
    library, state = tmp_path / "library", tmp_path / "state"
    state.mkdir()
    with Weather() as slack:
        publisher = Publisher(environment(slack, state, library), library)
        publisher.first()
        people = People(slack, many_questions(load_vocabulary(), QUESTIONS), faults(slack, publisher))
        with started(slack, state, library) as process:
            began = time.monotonic()
            seen = watch(process.pid, people, people.start(ASKERS), slack)
            took = time.monotonic() - began
            publisher.close()
            quiet(slack)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        slack.close()
        table = told(people, seen, took, publisher)
    log = (state / "log").read_text("utf-8")
    print("\n" + "\n".join(f"{name:44}{value:>24}" for name, value in table.items()))  # noqa: T201 - its table
    assert people.lost == []
    assert [one for one, times in slack.posts.items() if times > 1] == []
    assert slack.posts.keys() <= {*people.taken, *people.untaken}
    assert (slack.failed, slack.refused, publisher.wrong) == ([], [], [])
    assert "Traceback" not in log
    assert set(slack.shown.values()) <= {""}
    warm, end = megabytes(seen, WARM, 1.5 * WARM), megabytes(seen, 0.9, 1)
    assert end[0] <= FLAT * warm[0]
    assert end[2] <= THREADS
