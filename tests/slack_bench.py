"""A bot in this process against a stand-in Slack, answering from made-up answers at once, or as slowly as a test wants."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from slack_answers import answer_of
from slack_http import HttpStandIn
from slack_stand_in import SlackStandIn

from assistant.answer import Answer
from assistant.question import Reading, read_message
from assistant.slack.responder import Answering
from assistant.slack.run import Bot
from assistant.slack.settings import SlackSettings
from assistant.slack.stores import Stores
from corpus.document import Document
from corpus.vocabulary import Vocabulary, load_vocabulary

SEED = 3


class FakeAnswering:
    """Stands for the answerer: reads the question as it does, and answers with a made-up answer; slow or failing on demand."""

    def __init__(self) -> None:
        self.vocabulary: Vocabulary = load_vocabulary()
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.readings: list[Reading] = []
        self.seconds = 0.0
        self.error: Exception | None = None
        self.before: Callable[[], None] = lambda: None
        self._made = answer_of(SEED)

    @property
    def sources(self) -> Any:
        """What the bot asks of the sources: the stamp, and the documents of the made-up answer."""
        documents = {one.document.id: one.document for part in self._made.parts for one in part.quotes}
        return _Sources(self._made.store, _Store(documents))

    def answer(self, text: str, earlier: Sequence[str] = ()) -> Answer:
        """The made-up answer to the question as read."""
        self.asked.append((text, tuple(earlier)))
        self.before()
        time.sleep(self.seconds)
        if self.error:
            raise self.error
        return self.answer_reading(read_message(text, self.vocabulary, earlier=earlier))

    def refresh(self) -> None:
        """The made-up answer is from one store for ever."""

    def answer_reading(self, reading: Reading) -> Answer:
        """The made-up answer to a reading."""
        self.readings.append(reading)
        parts = tuple(replace(self._made.parts[0], part=part) for part in reading.parts)
        return replace(self._made, question=reading.text, masked=reading.masked, parts=parts)


@dataclass(frozen=True, slots=True)
class _Store:
    documents: Mapping[str, Document]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(sorted(self.documents))

    def document(self, name: str) -> Document:
        return self.documents[name]

    @property
    def table(self) -> _Table:
        return _Table(tuple(self.documents[one] for one in self.ids))


@dataclass(frozen=True, slots=True)
class _Table:
    documents: tuple[Document, ...]

    def having(self, facet: str, values: Sequence[str]) -> Any:
        """The truth of each document: only statuses are asked of it."""
        return np.array([getattr(one, facet).value in values for one in self.documents], dtype=bool)


@dataclass(frozen=True, slots=True)
class _Sources:
    stamp: Any
    store: _Store


def wait_until_quiet(slack: SlackStandIn | HttpStandIn, bot: Bot | None, seconds: float) -> None:
    """Wait until all that was sent is acknowledged and answered, at most half a minute, and then so many seconds for what must not come."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and (
        any(not one.done.is_set() for one in list(slack.envelopes.values())) or (bot and bot.queue.open())
    ):
        time.sleep(0.02)
    time.sleep(seconds)


class Bench:
    """A bot and a stand-in Slack, both running. Use it in a `with` block."""

    def __init__(
        self,
        folder: Path,
        slack: SlackStandIn | None = None,
        *,
        real: Answering | None = None,
        stores: Stores | None = None,
        **settings: Any,
    ) -> None:
        """A bot whose inbox is in `folder`; `slack` where several bots share one; `real` to answer from a library, `stores` to tell of its stores."""
        self.slack = slack or SlackStandIn()
        self._own = slack is None
        self.answering = FakeAnswering()
        self.real = real
        self.stores = stores
        self._folder = folder
        self._settings = settings
        self.bot: Bot | None = None
        self.stopped = threading.Event()

    def __enter__(self) -> Self:
        """Start both."""
        if self._own:
            self.slack.__enter__()
        self.start()
        return self

    def start(self) -> None:
        """Start the bot, again where it was stopped."""
        before = len(self.slack.sockets)
        settings = SlackSettings(
            "xoxb-1", "xapp-1", self._folder, self.slack.api_url, drain=10.0, **self._settings
        )
        self.bot = Bot(settings, self.real or self.answering, stores=self.stores)
        self.bot.start()
        self.stopped = threading.Event()
        threading.Thread(target=self.bot.watch, args=(self.stopped,), daemon=True).start()
        self.slack.wait(lambda: len(self.slack.sockets) > before)

    def quiet(self, seconds: float = 0.4) -> None:
        """Wait until all that was sent is acknowledged and answered, and a little longer for what must not come."""
        wait_until_quiet(self.slack, self.bot, seconds)

    def stop(self) -> None:
        """Stop the bot as SIGTERM does."""
        self.stopped.set()
        if self.bot:
            self.bot.stop()
        self.bot = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop both."""
        self.stop()
        if self._own:
            self.slack.__exit__(kind, error, trace)
