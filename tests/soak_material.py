"""What the soak is made of: a Slack that loses, limits and repeats as the real one does, people who ask, and a bot that is watched."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from bench_material import nbib
from many_questions import Typed
from slack_frames import Frames
from slack_stand_in import Envelope, SlackStandIn

from assistant.slack.incoming import key_of
from assistant.wording import say

RETRIES = (3.0, 6.0, 30.0)
"""Seconds after which Slack sends an event again that was not acknowledged, each after the one before: its own three tries are at
once, which is when three seconds have passed, after a minute and after five; here the last two in a tenth of the time. What falls
into a drop or goes to a dead socket each time is given up: then it is for the bot to look back."""
NOTICED = 20.0
"""Seconds after which Slack no longer sends anything to a socket that is dead, each counted from when that one died."""
COMMAND_LOST = 3.0
"""Seconds after which Slack tells a person that a command was not taken."""
REMEMBERED = 60.0
"""Seconds for which an answered message and an envelope are kept; later ones are forgotten, so that the stand-in itself stays small."""
LOST = 150.0
"""Seconds after which an answer counts as lost."""
FAILED = ("slack-failed", "slack-late")


class Weather(SlackStandIn):
    """A stand-in that counts the answers to each question, repeats what is not acknowledged and forgets what is settled.

    Attributes:
        posts: how often each question, by its key or its response_url, was answered.
        swallow: how many posts are next taken and then answered with an error, so that nobody knows whether they arrived.
        failed: answers that only say that there is none.
        shown: the status line of each thread as it was set last.
        limited, sent_again: calls answered with 429, events sent again because nobody acknowledged them.
        given_up: events that nobody acknowledged at any try.
        acknowledged: how long the acknowledgements of what arrived at once took.
        answers_took: how long each answer took from its question's acknowledgement.
    """

    def __init__(self) -> None:
        super().__init__()
        self.posts: Counter[str] = Counter()
        self.swallow = 0
        self.failed: list[str] = []
        self.shown: dict[tuple[str, str], str] = {}
        self.limited = 0
        self.sent_again = 0
        self.given_up = 0
        self.acknowledged: list[float] = []
        self.answers_took: list[float] = []
        self._answered: dict[str, threading.Event] = {}
        self._tries: dict[str, int] = {}
        self._taken: dict[str, float] = {}
        self._dead: dict[Frames, float] = {}
        self._chance = random.Random(7)  # noqa: S311 - nothing secret is drawn
        self._books = threading.Lock()

    def settled(self, question: str) -> threading.Event:
        """Set as soon as the question is answered."""
        with self._books:
            return self._answered.setdefault(question, threading.Event())

    def _count(self, question: str, text: str) -> None:
        self.posts[question] += 1
        if (taken := self._taken.pop(question, None)) is not None:
            self.answers_took.append(time.monotonic() - taken)
        if text in {say(one) for one in FAILED}:
            self.failed.append(text)
        self.settled(question).set()

    def took(self, frames: Frames, text: str) -> None:
        """An acknowledgement, the first of its question noted."""
        super().took(frames, text)
        envelope = self.envelopes.get(json.loads(text).get("envelope_id", ""))
        if envelope is None:
            return
        payload = envelope.frame["payload"]
        event = payload.get("event")
        question = key_of(event["channel"], event["ts"]) if event else self.path(envelope)
        if question not in self.posts:
            self._taken.setdefault(question, time.monotonic())

    def path(self, envelope: Envelope) -> str:
        """The path of a command's response_url."""
        return str(envelope.frame["payload"]["response_url"]).partition(str(self.port))[2]

    def called(
        self, method: str, args: dict[str, Any], token: str = ""
    ) -> tuple[int, dict[str, Any], int | None]:
        """The call as answered; a post may be taken and yet be called failed."""
        status, answer, retry = super().called(method, args, token)
        self.limited += status == 429
        if method == "assistant.threads.setStatus" and answer["ok"]:
            self.shown[args["channel_id"], args["thread_ts"]] = args["status"]
        if method == "chat.postMessage" and answer["ok"]:
            self._count(args["metadata"]["event_payload"]["question"], args["text"])
            if self.swallow:
                self.swallow -= 1
                return 500, {"ok": False, "error": "internal_error"}, None
        return status, answer, retry

    def answered(self, path: str, body: dict[str, Any]) -> tuple[int, int | None]:
        """The post to a response_url as answered."""
        status, retry = super().answered(path, body)
        self.limited += status == 429
        if status == 200:
            self._count(path, str(body.get("text")))
        return status, retry

    def freeze(self) -> None:
        """Leave every open socket dead, until Slack notices."""
        super().freeze()
        for socket in [one for one in list(self.sockets) if one.frozen]:
            self._dead.setdefault(socket, time.monotonic())

    def mind(self) -> None:
        """Do what Slack does on its side: send again what was not acknowledged, now and then what was; forget what is old."""
        now = time.monotonic()
        for socket in [one for one, since in list(self._dead.items()) if now - since > NOTICED]:
            socket.close()
            del self._dead[socket]
        for one in list(self.envelopes.values()):
            if one.done.is_set() and now - one.sent > REMEMBERED:
                self._forget(one)
        for one in self._events():
            if not one.done.is_set():
                self._retry(one, now)
        done = [one for one in self._events() if one.done.is_set()]
        for one in self._chance.sample(done, min(2, len(done))):
            self._send(one.frame | {"retry_attempt": 1, "retry_reason": "timeout"})
        with self._changed:
            self.calls.clear()
            self.responses.clear()
            self._faults = [one for one in self._faults if one.times]
            for channel, messages in self.messages.items():
                self.messages[channel] = self._kept(channel, messages, time.time() - REMEMBERED)

    def _kept(self, channel: str, messages: list[dict[str, Any]], old: float) -> list[dict[str, Any]]:
        """The messages that are not old, or not answered, and what began their threads: the bot may read them in the history."""
        kept = [
            one
            for one in messages
            if float(one["ts"]) > old
            or ("bot_id" not in one and key_of(channel, one["ts"]) not in self.posts)
        ]
        stay = {one.get(name) for one in kept for name in ("ts", "thread_ts")}
        return [one for one in messages if one["ts"] in stay]

    def _events(self) -> list[Envelope]:
        return [one for one in list(self.envelopes.values()) if one.frame["type"] == "events_api"]

    def _retry(self, envelope: Envelope, now: float) -> None:
        tries = self._tries.get(envelope.envelope_id, 0)
        if tries == len(RETRIES):
            if now - envelope.sent > sum(RETRIES) + RETRIES[0]:
                self.given_up += 1
                self._forget(envelope)
        elif now - envelope.sent > sum(RETRIES[: tries + 1]):
            self._tries[envelope.envelope_id] = tries + 1
            self.sent_again += 1
            self._send(envelope.frame | {"retry_attempt": tries + 1, "retry_reason": "timeout"})

    def close(self) -> None:
        """Note what was acknowledged and is not yet noted."""
        for one in list(self.envelopes.values()):
            self._forget(one)

    def _forget(self, envelope: Envelope) -> None:
        del self.envelopes[envelope.envelope_id]
        if self._tries.pop(envelope.envelope_id, None) is None and envelope.acked is not None:
            self.acknowledged.append(envelope.acked - envelope.sent)


@dataclass(slots=True)
class People:
    """People who ask, each the next question as soon as the last one is answered.

    Attributes:
        every: what happens after so many questions: its name, the number, and what it does.
        seconds: how long each answer took, with the number of the question.
        lost: the questions that were not answered.
        untaken: commands that Slack could not hand over, which it tells their askers; they may be answered or not.
    """

    slack: Weather
    questions: list[Typed]
    every: tuple[tuple[int, Callable[[], None]], ...]
    asked: int = 0
    seconds: list[tuple[int, float]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    untaken: list[str] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def start(self, count: int) -> list[threading.Thread]:
        """So many people, asking."""
        threads = [threading.Thread(target=self._ask_on, args=(at,), daemon=True) for at in range(count)]
        for one in threads:
            one.start()
        return threads

    def _next(self) -> tuple[int, Typed] | None:
        with self._guard:
            if self.asked == len(self.questions):
                return None
            self.asked += 1
            number = self.asked
        for every, happens in self.every:
            if number % every == 0:
                happens()
        return number, self.questions[number - 1]

    def _ask_on(self, person: int) -> None:
        thread: str | None = None
        while (given := self._next()) is not None:
            number, typed = given
            thread = thread if typed.following else None
            thread = self._ask(number, typed.text, person, thread) or thread

    def _ask(self, number: int, text: str, person: int, thread: str | None) -> str | None:
        """Ask in a channel, directly or by command, and wait for the answer; the thread that it is in."""
        began, user = time.monotonic(), f"U{person}"
        if thread is None and number % 10 == 0:
            self._command(number, text, f"C{person}", user)
            return None
        direct = thread.startswith("D") if thread else number % 4 == 0
        channel = f"{'D' if direct else 'C'}{person}"
        root = thread[1:] if thread else None
        ask = self.slack.tell if direct else self.slack.ask
        ts = ask(text, channel=channel, user=user, thread=root)
        self._wait(number, key_of(channel, ts), began)
        return f"{channel[0]}{root or ts}"

    def _command(self, number: int, text: str, channel: str, user: str) -> None:
        began = time.monotonic()
        envelope = self.slack.slash(text, channel=channel, user=user)
        path = self.slack.path(envelope)
        try:
            envelope.wait(COMMAND_LOST)
        except TimeoutError:
            envelope.done.set()  # nobody waits for it any more; Slack does not send a command twice
            self.untaken.append(path)
            return
        self._wait(number, path, began)

    def _wait(self, number: int, question: str, began: float) -> None:
        self.taken.append(question)
        if self.slack.settled(question).wait(LOST):
            self.seconds.append((number, time.monotonic() - began))
        else:
            self.lost.append(question)


@dataclass(frozen=True, slots=True)
class Watched:
    """A process as the system sees it at one moment."""

    asked: int
    resident: float
    own: float
    threads: int
    files: int


def look(process: int, asked: int) -> Watched:
    """What a process holds now: megabytes in all, megabytes not of files, threads, open files."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    files = len(list(Path(f"/proc/{process}/fd").iterdir()))
    resident, own = (int(status[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon"))
    return Watched(asked, resident, own, int(status["Threads"]), files)


PRODUCTS = (
    "bone marrow concentrate",
    "platelet-rich plasma",
    "bone-marrow mesenchymal stem cells",
    "stromal vascular fraction",
    "hyaluronic acid",
    "corticosteroid",
)
ROUTES = ("intra-articular injection", "intravenous infusion", "intraosseous injection")
CONDITIONS = (
    "knee osteoarthritis",
    "hip osteoarthritis",
    "lateral epicondylitis",
    "rotator cuff tears",
    "cartilage defects",
    "osteonecrosis of the hip",
)
KINDS = (
    ("patients were randomly assigned to", ("PT  - Randomized Controlled Trial", "MH  - Humans")),
    ("patients were followed in a prospective cohort after", ("MH  - Humans",)),
    ("rats were given", ("MH  - Animals", "MH  - Rats")),
)


def records() -> Iterator[str]:
    """Plainly synthetic records on every product by route by condition, in several designs."""
    crossed = product(PRODUCTS, ROUTES, CONDITIONS, KINDS)
    for number, (what, route, condition, (design, headings)) in enumerate(crossed, start=1):
        yield nbib(
            number,
            f"Synthetic record {number}: {what} for {condition}",
            f"BACKGROUND: Little is written on {what}. METHODS: {number + 10} {design} {what} by {route} for {condition}. "
            f"RESULTS: Pain of batch {number} changed by {number % 9} points after {number % 24 + 1} months; "
            f"{number % 5} had swelling. CONCLUSION: Batch {number} is only synthetic.",
            *headings,
        )


def write_library(folder: Path, more: int = 0) -> None:
    """A library of those records, and so many further ones, which makes it another store."""
    folder.mkdir(exist_ok=True)
    (folder / "library.toml").write_text('name = "Synthetic library"\n', "utf-8")
    (folder / "records.nbib").write_text("".join(records()), "utf-8")
    added = [
        nbib(900_000 + at, f"Synthetic record {at} added", f"Batch {at} is only synthetic.")
        for at in range(more)
    ]
    with suppress(OSError):
        (folder / "added.nbib").write_text("".join(added), "utf-8")
