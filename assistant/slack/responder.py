"""The responder: takes a question from the inbox and sees it through to its one answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

from slack_sdk import WebClient

from assistant import wording
from assistant.answer import Answer, Sources, answer_evidence
from assistant.errors import StateError
from assistant.question import Ask, Part, Reading
from assistant.slack.announcements import Announcements
from assistant.slack.blocks import Rendered, message
from assistant.slack.cited import cited_of
from assistant.slack.counts import Counts
from assistant.slack.delivery import Delivery
from assistant.slack.files import Spot
from assistant.slack.gaps import asked_for, gaps_of
from assistant.slack.given import Given, GivenAnswers, parts_of, shown_of
from assistant.slack.inbox import FRESH, Inbox
from assistant.slack.logs import kind_of, log
from assistant.slack.meters import FAILED, LATE, MIXED, REFUSED, Meters, Unmetered
from assistant.slack.note import note
from assistant.slack.questions import Question
from assistant.slack.sending import Later, Message, Refused, Unread, Unsure
from assistant.slack.status import Statuses
from assistant.slack.thread import Threads
from assistant.slack.turns import Turns
from corpus.vocabulary import Vocabulary

TRIES = 5
EVIDENCE = (Ask.EVIDENCE, Ask.HARM, Ask.COMPARISON)


class Answering(Protocol):
    """What the bot needs of `assistant.answering.Answerer`."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The concepts and their names."""

    @property
    def sources(self) -> Sources:
        """What answers are made from now."""

    def answer(self, text: str, earlier: Sequence[str] = ()) -> Answer:
        """The answer to a message in its thread."""

    def answer_reading(self, reading: Reading) -> Answer:
        """The answer to a message as read."""

    def refresh(self) -> None:
        """Take the store that is served now, where another was published since."""


class OneAtATime:
    """An answerer that several threads may ask: the store is changed between two questions, never within one."""

    def __init__(self, answering: Answering) -> None:
        """Guard this answerer."""
        self._answering = answering
        self._lock = Turns()

    @property
    def vocabulary(self) -> Vocabulary:
        """The concepts and their names."""
        return self._answering.vocabulary

    @property
    def sources(self) -> Sources:
        """What answers are made from now."""
        return self._answering.sources

    def answer(self, text: str, earlier: Sequence[str] = ()) -> Answer:
        """The answer to a message in its thread."""
        with self._lock:
            return self._answering.answer(text, earlier)

    def answer_reading(self, reading: Reading) -> Answer:
        """The answer to a message as read."""
        with self._lock:
            return self._answering.answer_reading(reading)

    def refresh(self) -> None:
        """Take the store that is served now."""
        with self._lock:
            self._answering.refresh()

    def answer_part(self, part: Part) -> Answer:
        """The answer to a part that a button made: for evidence without the gate that asks whether a message is in scope at all."""
        if part.ask not in EVIDENCE:
            return self.answer_reading(Reading((part,), (), part.text))
        with self._lock:
            sources = self._answering.sources
            return Answer(part.text, sources.stamp, (), (answer_evidence(part, sources),))


@dataclass(frozen=True, slots=True)
class Parts:
    """What the bot is made of."""

    client: WebClient
    inbox: Inbox
    given: GivenAnswers
    counts: Counts
    delivery: Delivery
    statuses: Statuses
    threads: Threads
    answering: OneAtATime
    announcements: Announcements
    clock: Callable[[], float]
    meters: Meters = field(default_factory=Unmetered)


class Responder:
    """Answers questions taken from the inbox, each once."""

    def __init__(self, parts: Parts) -> None:
        """Answer with these parts."""
        self._parts = parts

    def respond(self, question: Question) -> None:
        """See a question through: answered, tried again later, or given up with a word to the asker.

        Raises:
            StateError: the database is away; the question is seen through later.
        """
        parts = self._parts
        place = (question.channel, question.thread, question.key)
        try:
            parts.statuses.begin(*place)
            self._once(question)
        except Later as asked:
            log.info("%s waits %.0f s, as Slack asks", question.key, asked.seconds)
            # Waiting as Slack asks is no failure: a busy channel would else use up the few tries of a question.
            was = question.was if isinstance(asked, Unread) else ""
            parts.inbox.later(question, parts.clock() + asked.seconds, was=was, counts=False)
        except Unsure as unsure:
            was = "denied" if unsure.denied else "posting"
            parts.inbox.later(question, parts.clock() + 2.0 ** (question.tries - 1), was=was)
        except Refused as refused:
            log.warning("%s cannot be delivered: %s", question.key, refused.code)
            parts.inbox.done(question, None)
            self._count(question, REFUSED)
        except StateError:
            raise  # nobody knows how far it came: it waits again as soon as the database answers
        except Exception as error:  # noqa: BLE001 - whatever fails, the asker is told and the next question is answered
            log.error("%s failed:", question.key, exc_info=error)
            self._give_up(question)
        finally:
            parts.statuses.end(*place)

    def _once(self, question: Question) -> None:
        """Answer, unless it was answered before the process died."""
        parts = self._parts
        if self._was_posted(question):
            return
        late = parts.clock() - question.received > FRESH
        if question.tries > TRIES or (late and not question.answer_ts):
            self._say(question, "slack-late" if late else "slack-failed")
            self._count(question, LATE if late else FAILED)
            return
        answer = self._answer(question)
        if not parts.inbox.posting(question):
            parts.inbox.later(question, 0)
            parts.statuses.again(question.key)
            return
        shown = (
            answer if question.alone else replace(answer, masked=())
        )  # among others, the asker alone is told
        rendered = message(shown, parts.answering.vocabulary, key=question.key, private=question.private)
        self._keep(question, answer, rendered)
        answer_ts = self._deliver(question, rendered)
        with suppress(StateError):  # the answer stands; nobody asks it again for one count
            # Before the question is done: a bot that is stopped waits for nothing after that.
            parts.counts.add(answer, parts.answering.vocabulary, now=parts.clock())
        self._finish(question, answer_ts)
        self._count(question, outcome_of(answer))

    def _count(self, question: Question, outcome: str) -> None:
        seconds = self._parts.clock() - question.received
        self._parts.meters.answered(question.way.value, outcome, None if question.answer_ts else seconds)

    def _was_posted(self, question: Question) -> bool:
        """Whether an earlier try, whose end nobody saw, posted the answer.

        Where that cannot be known, a try that Slack called failed is made again; one that was cut off is not: between
        its note in the inbox and its arrival lie milliseconds, so most likely it arrived.
        """
        if not question.was or question.answer_ts:
            return False
        found = self._parts.delivery.find(question)
        if found is None or (found == "" and question.was == "denied"):
            return False
        log.info("%s was posted before", question.key)
        self._finish(question, found or None)
        return True

    def _answer(self, question: Question) -> Answer:
        answer = self._parts.answering.answer(question.text, self._parts.threads.earlier(question))
        return replace(answer, masked=tuple(sorted({*answer.masked, *question.masked})))

    def _deliver(self, question: Question, rendered: Message) -> str | None:
        delivery = self._parts.delivery
        if question.answer_ts:
            delivery.update(question.channel, question.answer_ts, rendered)
            return question.answer_ts
        if not question.private:
            return delivery.post(question.channel, question.thread, rendered, question.key)
        try:
            delivery.respond(question, rendered)
        except Refused:
            delivery.post(question.user, None, rendered, question.key)
        return None

    def _finish(self, question: Question, answer_ts: str | None) -> None:
        parts = self._parts
        self._follow_up(question, answer_ts)
        if not parts.inbox.done(question, answer_ts):
            parts.given.forget(question.key)
            if answer_ts:
                parts.delivery.remove(question.channel, answer_ts)
            return
        if answer_ts:
            parts.given.posted(question.key, answer_ts)
        if question.masked and not question.alone and not question.answer_ts:
            hint = wording.masked(question.masked)
            parts.delivery.whisper(question.channel, question.user, hint, question.thread)
        log.info("%s answered, way %s, try %d", question.key, question.way.value, question.tries)

    def _follow_up(self, question: Question, answer_ts: str | None) -> None:
        """Let the map of what is missing follow, where that was asked; stored before the question is done, so that it cannot be lost."""
        given = self._parts.given.find(question.key) if answer_ts else None
        if given is None:
            return
        for part in gaps_of(given):
            wanted = asked_for(given, part, Spot(question.channel, question.thread or answer_ts))
            self._parts.announcements.add(wanted, now=self._parts.clock())

    def _keep(self, question: Question, answer: Answer, rendered: Rendered) -> None:
        """Remember the answer before it is posted, so that its buttons work from the first moment."""
        given = Given(
            question.key,
            question.channel,
            question.ts if question.thread else None,
            question.answer_ts,
            question.thread,
            parts_of(answer),
            shown_of(rendered),
            answer.store.version,
            cited_of(rendered.cited),
        )
        self._parts.given.keep(given, now=self._parts.clock())

    def _say(self, question: Question, sentence: str) -> None:
        """Answer with a fixed sentence."""
        if not self._parts.inbox.posting(question):
            self._parts.inbox.later(question, 0)
            return
        self._finish(question, self._deliver(question, note(sentence)))

    def _give_up(self, question: Question) -> None:
        """Tell the asker that it failed, as far as that is possible."""
        parts = self._parts
        if not parts.inbox.posting(question):
            parts.inbox.later(question, 0)
            return
        answer_ts: str | None = None
        try:
            if not question.answer_ts:
                answer_ts = self._deliver(question, note("slack-failed"))
        except Later as asked:
            parts.inbox.later(question, parts.clock() + asked.seconds, counts=False)
            return
        except (Unsure, Refused) as error:
            log.warning("%s: the asker could not be told: %s", question.key, kind_of(error))
        parts.inbox.done(question, answer_ts)
        self._count(question, FAILED)


def outcome_of(answer: Answer) -> str:
    """The outcome of a message's questions, in one word where they have the same."""
    outcomes = {part.outcome for part in answer.parts}
    return outcomes.pop() if len(outcomes) == 1 else MIXED
