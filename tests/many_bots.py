"""Three bots behind a balancer, as three machines would be: a Slack that sends by HTTP, people who ask, and who kills a bot."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from many_questions import Typed
from slack_http import SECRET, HttpStandIn, request
from slack_stand_in import SlackStandIn
from state_material import free_ports

from assistant.slack.incoming import key_of
from assistant.wording import say

COMMAND = "import sys; from assistant.cli import main; sys.argv[0] = 'firstpass'; main()"
RETRIES = (0.05, 6.0, 30.0)
"""Seconds until each of Slack's three further tries: at once, then a tenth of its minute and of its five."""
FAILED = ("slack-failed", "slack-late")
STARTING = 180.0
LOST = 180.0
"""Seconds after which an answer counts as lost."""


class Counting(HttpStandIn):
    """A stand-in that counts the answers to each question.

    Attributes:
        posts: how often each question, by its key, was answered.
        failed: answers that only say that there is none.
    """

    retries = RETRIES

    def __init__(self) -> None:
        super().__init__()
        self.retries = RETRIES
        self.posts: Counter[str] = Counter()
        self.failed: list[str] = []
        self._settled: dict[str, threading.Event] = {}
        self._books = threading.Lock()

    def settled(self, question: str) -> threading.Event:
        """Set as soon as the question is answered."""
        with self._books:
            return self._settled.setdefault(question, threading.Event())

    def called(
        self, method: str, args: dict[str, Any], token: str = ""
    ) -> tuple[int, dict[str, Any], int | None]:
        """The call as answered, an answer counted."""
        answered = super().called(method, args, token)
        if method == "chat.postMessage" and answered[1]["ok"]:
            question = args["metadata"]["event_payload"]["question"]
            with self._books:
                self.posts[question] += 1
            if args["text"] in {say(one) for one in FAILED}:
                self.failed.append(args["text"])
            self.settled(question).set()
        return answered


@dataclass(slots=True)
class Asking:
    """People who ask by mention or directly, each the next question as soon as the last one is answered.

    Attributes:
        seconds: how long each answer took.
        lost: the questions that were not answered.
    """

    slack: Counting
    questions: list[Typed]
    asked: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _given: int = 0

    def start(self, people: int) -> list[threading.Thread]:
        """So many people, asking."""
        threads = [threading.Thread(target=self._ask_on, args=(at,), daemon=True) for at in range(people)]
        for one in threads:
            one.start()
        return threads

    def _next(self) -> Typed | None:
        with self._guard:
            if self._given == len(self.questions):
                return None
            self._given += 1
            return self.questions[self._given - 1]

    def _ask_on(self, person: int) -> None:
        root: str | None = None
        while (typed := self._next()) is not None:
            direct = person % 4 == 0
            ask = self.slack.tell if direct else self.slack.ask
            channel, root = f"{'D' if direct else 'C'}{person}", root if typed.following else None
            began = time.monotonic()
            ts = ask(typed.text, channel=channel, user=f"U{person}", thread=root)
            root, key = root or ts, key_of(channel, ts)
            self.asked.append(key)
            if self.slack.settled(key).wait(LOST):
                self.seconds.append(time.monotonic() - began)
            else:
                self.lost.append(key)


@dataclass(slots=True)
class Bots:
    """Bots that share a database and nothing else: each has a folder of its own, so that no lock of one is seen by another.

    Attributes:
        ports: where each listens; the same after it was started again.
        kills: how often one was killed.
    """

    given: dict[str, str]
    folder: Path
    ports: list[int]
    kills: int = 0
    running: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, at: int) -> None:
        """Start one."""
        folder = self.folder / f"bot{at}"
        folder.mkdir(exist_ok=True)
        words = ["slack", "--http", f"127.0.0.1:{self.ports[at]}", "--state", str(folder)]
        with (folder / "log").open("ab") as log:
            self.running[at] = subprocess.Popen(
                [sys.executable, "-c", COMMAND, *words], env=self.given, stderr=log
            )

    def ready(self, at: int) -> bool:
        """Whether one says that it is."""
        return request(self.ports[at], "GET /readyz").status == 200

    def wait(self) -> None:
        """Wait until all are ready.

        Raises:
            TimeoutError: one never was.
        """
        until = time.monotonic() + STARTING
        while not all(self.ready(at) for at in self.running):
            if time.monotonic() > until or any(one.poll() is not None for one in self.running.values()):
                raise TimeoutError(self.log())
            time.sleep(0.2)

    def kill(self) -> None:
        """Kill one, each in its turn, and start it again."""
        at = self.kills % len(self.ports)
        self.running[at].kill()
        self.running[at].wait()
        self.kills += 1
        self.start(at)

    def stop(self) -> list[int]:
        """Ask all to stop; how each ended."""
        for one in self.running.values():
            one.send_signal(signal.SIGTERM)
        return [one.wait(90) for one in self.running.values()]

    def log(self) -> str:
        """What all of them logged."""
        return "\n".join(path.read_text("utf-8") for path in sorted(self.folder.glob("bot*/log")))


@contextmanager
def bots(slack: SlackStandIn | HttpStandIn, address: str, library: Path, folder: Path) -> Iterator[Bots]:
    """Three bots over one database, ready; killed at the end where they still run."""
    root = str(Path(__file__).resolve().parents[1])
    given = {
        **os.environ,
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack.api_url,
        "FIRSTPASS_DATABASE": address,
        "FIRSTPASS_LIBRARY": str(library),
        "FIRSTPASS_LEAVE": "0",
        "PYTHONPATH": root,
    }
    made = Bots(given, folder, free_ports(3))
    try:
        for at in range(3):
            made.start(at)
        made.wait()
        yield made
    finally:
        for one in made.running.values():
            one.kill()
            one.wait()


def every(seconds: float, deed: Callable[[], None], until: threading.Event) -> threading.Thread:
    """Do something again and again, in a thread of its own."""

    def work() -> None:
        while not until.wait(seconds):
            deed()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
