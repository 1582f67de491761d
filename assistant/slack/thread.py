"""Threads: what was asked earlier in the thread of a question, so that a follow-up inherits it."""

from __future__ import annotations

from collections.abc import Callable

from slack_sdk import WebClient

from assistant.question import Part
from assistant.slack.delivery import read_texts
from assistant.slack.given import Given, GivenAnswers
from assistant.slack.inbox import Inbox
from assistant.slack.incoming import without_identifiers
from assistant.slack.questions import Question

MOST = 8  # earlier questions that a follow-up may lean on


class Threads:
    """Reads threads: from the inbox while a text is there, from Slack where it lets us, else from how the questions were read."""

    def __init__(
        self, client: WebClient, inbox: Inbox, given: GivenAnswers, named: Callable[[Part], str]
    ) -> None:
        """Read with these; `named` says a part in the names of its concepts."""
        self._client = client
        self._inbox = inbox
        self._given = given
        self._named = named

    def earlier(self, question: Question) -> tuple[str, ...]:
        """The questions asked before this one in its thread, masked, oldest first.

        Only what was asked of the bot counts: a channel's thread holds other people's talk too.
        """
        if question.thread in (None, question.ts):
            return ()
        rows = self._inbox.thread(question.channel, question.thread or "")
        before = [row for row in rows if float(row[1]) < float(question.ts)][-MOST:]
        texts: dict[str, str] = {}
        if any(text is None for _, _, text in before):
            texts = read_texts(self._client, question.channel, question.thread or "")
        found = (text or self._masked(texts.get(ts)) or self._read(key) for key, ts, text in before)
        return tuple(text for text in found if text)

    def text(self, given: Given) -> str | None:
        """The text of a question that was answered, masked, as far as Slack lets us read it again."""
        if given.ts is None or given.thread is None:
            return None
        return self._masked(read_texts(self._client, given.channel, given.thread).get(given.ts)) or None

    @staticmethod
    def _masked(text: str | None) -> str:
        return without_identifiers(text).text if text else ""

    def _read(self, key: str) -> str:
        given = self._given.find(key)
        return given.reading(self._named).text if given else ""
