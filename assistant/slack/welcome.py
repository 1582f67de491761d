"""The welcome: Home tab, suggested prompts and the line on what is searched, all drawn from the store that is served."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from assistant import wording
from assistant.evidence import Counter
from assistant.question import read_message
from assistant.slack.logs import kind_of, log
from assistant.slack.responder import Parts
from assistant.slack.sending import FAILURES
from assistant.slack.views import home
from assistant.wording import say
from corpus.vocabulary import Vocabulary

PROMPTS = 4  # Slack takes no more
PROMPT_FACETS = ("intervention", "route", "condition")
FEW = 6  # values of a facet that are tried, those with most studies first
UNASKED = ("none", "not-stated", "other")  # values that no question names


class Welcome:
    """What a person sees before asking."""

    def __init__(self, parts: Parts) -> None:
        """Welcome with these parts."""
        self._client = parts.client
        self._parts = parts
        self._guard = threading.Lock()
        self._prompts: tuple[str, tuple[str, ...]] = ("", ())

    def opened(self, event: Mapping[str, Any]) -> None:
        """Fill the Home tab, or suggest prompts where the messages were opened."""
        if event.get("tab") == "home":
            self._publish(event["user"])
            return
        channel = event.get("channel")
        if channel:
            self._parts.inbox.saw_direct(channel, now=self._parts.clock())
            self._suggest(channel)

    def thread_started(self, event: Mapping[str, Any]) -> None:
        """Suggest prompts in a thread of the older assistant view."""
        thread = event["assistant_thread"]
        self._suggest(thread["channel_id"], thread_ts=thread["thread_ts"])

    def status(self) -> str:
        """What is searched, and what waits."""
        stamp = self._parts.answering.sources.stamp
        return say(
            "slack-status",
            library=stamp.library,
            version=stamp.version[:8],
            built=stamp.built[:10],
            documents=stamp.documents,
            studies=stamp.studies,
            passages=stamp.passages,
            model=stamp.model,
            waiting=self._parts.inbox.waiting(),
        )

    def examples(self) -> tuple[str, ...]:
        """Questions that the store has studies for, made once for each store."""
        sources = self._parts.answering.sources
        with self._guard:
            if self._prompts[0] != sources.stamp.version:
                self._prompts = (sources.stamp.version, questions(sources.store, sources.vocabulary))
            return self._prompts[1]

    def _publish(self, user: str) -> None:
        sources = self._parts.answering.sources
        try:
            self._client.views_publish(user_id=user, view=home(sources.stamp, self.examples()))
        except FAILURES as error:
            log.info("home not shown: %s", kind_of(error))

    def _suggest(self, channel: str, **thread: str) -> None:
        prompts: list[Any] = [{"title": one[:75], "message": one} for one in self.examples()]
        if not prompts:
            return
        try:
            self._client.assistant_threads_setSuggestedPrompts(
                channel_id=channel, title=say("slack-prompts"), prompts=prompts, **thread
            )
        except FAILURES as error:
            log.info("prompts not shown in %s: %s", channel, kind_of(error))


def questions(store: Any, names: Vocabulary) -> tuple[str, ...]:
    """Questions on the products, routes and conditions that most human studies have, unlike each other.

    Each is read back: one that would not be read as what it was made of is not suggested.
    """
    counter = Counter(store)
    values = {facet: _common(facet, store, names, counter) for facet in PROMPT_FACETS}
    counted = []
    for combination in product(*(values[facet] for facet in PROMPT_FACETS)):
        mask = counter.paper.copy()
        for facet, value in zip(PROMPT_FACETS, combination, strict=True):
            mask &= store.table.having(facet, (value,))
        humans = counter.count(mask).by_group["human"]
        if humans:
            counted.append((-humans, combination))
    readable = (one for _, one in sorted(counted) if _reads_back(one, names))
    return tuple(_question(one, names) for one in _unlike(readable))


def _question(combination: tuple[str, ...], names: Vocabulary) -> str:
    named = {
        facet: wording.name(value, names) for facet, value in zip(PROMPT_FACETS, combination, strict=True)
    }
    return say("slack-prompt", **named)


def _reads_back(combination: tuple[str, ...], names: Vocabulary) -> bool:
    parts = read_message(_question(combination, names), names).parts
    wanted = {facet: (value,) for facet, value in zip(PROMPT_FACETS, combination, strict=True)}
    return len(parts) == 1 and all(parts[0].facets.get(facet) == value for facet, value in wanted.items())


def _common(facet: str, store: Any, names: Vocabulary, counter: Counter) -> list[str]:
    """The values of a facet that most studies have."""
    counted = []
    for value in sorted(names.ids(facet)):
        studies = counter.studies(counter.paper & store.table.having(facet, (value,)))
        if studies and value not in UNASKED:
            counted.append((-studies, value))
    return [value for _, value in sorted(counted)[:FEW]]


def _unlike(combinations: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The first few that differ from each other in two values at least."""
    chosen: list[tuple[str, ...]] = []
    for one in combinations:
        if all(len(set(one) & set(other)) < len(one) - 1 for other in chosen):
            chosen.append(one)
        if len(chosen) == PROMPTS:
            break
    return chosen
