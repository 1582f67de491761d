"""Clicks: what each button and form does. What only one person asked for, only that person sees."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk import WebClient

from assistant.answer import Answer
from assistant.question import Part
from assistant.slack import actions, views
from assistant.slack.actions import Pressed
from assistant.slack.blocks import Rendered, message
from assistant.slack.changes import in_other_sense, named, reading_of, without
from assistant.slack.delivery import FAILURES, Later, Message, Refused, Seat, Unsure
from assistant.slack.given import Given, parts_of, passages_of
from assistant.slack.intake import Intake
from assistant.slack.logs import kind_of, log
from assistant.slack.note import note
from assistant.slack.responder import Parts
from assistant.slack.welcome import Welcome
from assistant.wording import say

THREADS = 4
WAITS = 3  # times that a click waits as Slack asks
LONGEST_WAIT = 10.0
Body = dict[str, Any]
Change = Callable[[Part], Part]


@dataclass(frozen=True, slots=True)
class Click:
    """A button pressed on an answer that is still known.

    Attributes:
        thread: where in the channel; None for a private answer.
    """

    pressed: Pressed
    given: Given
    user: str
    channel: str
    thread: str | None
    trigger: str
    response_url: str | None
    hidden: bool

    @property
    def seat(self) -> Seat:
        """Where this person alone is shown something."""
        return Seat(self.channel, self.user, self.thread, self.response_url, hidden=self.hidden)

    @property
    def alone(self) -> bool:
        """Whether nobody but this person reads the channel."""
        return self.channel.startswith("D")


class Clicks:
    """Does what buttons and forms ask for."""

    def __init__(self, client: WebClient, parts: Parts, intake: Intake, welcome: Welcome) -> None:
        """Act with this client and these parts."""
        self._client = client
        self._parts = parts
        self._intake = intake
        self._welcome = welcome
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="click")

    def close(self) -> None:
        """Finish what is in hand."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def table(self) -> dict[str, Callable[[Body], None]]:
        """What each kind of button does, once it is acknowledged."""
        deeds: dict[str, Callable[[Click], None]] = {
            actions.SENSE: self._sense,
            actions.RUNG: self._rung,
            actions.MORE: self._more,
            actions.TABLE: self._table,
            actions.SHARE: self._share,
            actions.CONTEXT: self._context,
            actions.WHY: self._why,
            actions.RIS: self._export,
            actions.NOT_HELPFUL: self._ask_reasons,
        }
        table = {action: self._deed(deed) for action, deed in deeds.items()}
        return table | {
            actions.PAGE: self._page,
            actions.ASK: lambda body: self.open_form(body["trigger_id"]),
            actions.EXAMPLE: self._example,
        }

    def _deed(self, deed: Callable[[Click], None]) -> Callable[[Body], None]:
        def press(body: Body) -> None:
            self._pool.submit(self._safely, deed, body)

        return press

    def _safely(self, deed: Callable[[Click], None], body: Body) -> None:
        """Do it; whatever fails, the person is told and nothing else stops."""
        try:
            click = self._click(body)
            if click is None:
                self._tell(body, "slack-expired")
                return
            deed(click)
        except Exception as error:  # noqa: BLE001 - a click never ends a thread of the pool
            log.error("click failed: %s", kind_of(error), exc_info=error)
            self._tell(body, "slack-failed")

    def _click(self, body: Body) -> Click | None:
        """The click, with the answer that it was on; None where that is no longer known."""
        pressed = actions.decode(str(body["actions"][0].get("value") or ""))
        given = self._parts.given.find(pressed.key) if pressed else None
        if pressed is None or given is None or pressed.part >= len(given.parts):
            return None
        container = body.get("container") or {}
        message = body.get("message") or {}
        channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or given.channel
        thread = container.get("thread_ts") or message.get("thread_ts") or given.thread
        return Click(
            pressed=pressed,
            given=given,
            user=body["user"]["id"],
            channel=channel,
            thread=thread,
            trigger=str(body.get("trigger_id") or ""),
            response_url=body.get("response_url"),
            hidden=bool(container.get("is_ephemeral")),
        )

    # ---- another answer

    def _rung(self, click: Click) -> None:
        dropped = tuple(click.pressed.argument.split("+"))
        self._changed(click, lambda part: without(part, dropped))

    def _sense(self, click: Click) -> None:
        senses = actions.read_sense(click.pressed.argument)
        if senses:
            vocabulary = self._parts.answering.vocabulary
            self._changed(click, lambda part: in_other_sense(part, *senses, vocabulary))

    def _changed(self, click: Click, change: Change) -> None:
        """Answer one part anew with one thing changed."""
        part = change(self._reading(click).parts[0])
        answer = self._parts.answering.answer_reading(reading_of(part, self._parts.answering.vocabulary))
        key = derived(click)
        rendered = message(answer, self._parts.answering.vocabulary, key=key)
        self._keep(click, key, answer, rendered)
        self._show(click, rendered, key)

    def _more(self, click: Click) -> None:
        skipped = int(click.pressed.argument or 0)
        answer = self._answer(click)
        rendered = message(
            answer,
            self._parts.answering.vocabulary,
            key=click.pressed.key,
            more={click.pressed.part: skipped},
        )
        self._show(click, rendered, derived(click))

    def _table(self, click: Click) -> None:
        answer = self._answer(click)
        listed = int(click.pressed.argument or 0)
        rendered = views.table_message(
            answer,
            self._parts.answering.sources,
            key=click.pressed.key,
            part=click.pressed.part,
            listed=listed,
        )
        self._show(click, rendered, derived(click))

    def _share(self, click: Click) -> None:
        """Post a private answer where all can read it: once."""
        given, parts = click.given, self._parts
        if not parts.given.share(given.key):
            self._whisper(click, "slack-shared-before")
            return
        answer = replace(self._answer(click, whole=True), masked=())
        rendered = message(answer, parts.answering.vocabulary, key=given.key)
        try:
            self._patiently(lambda: parts.delivery.post(click.channel, None, rendered, given.key))
        except (Refused, Later):
            parts.given.unshare(given.key)
            self._whisper(click, "slack-not-shared")

    def _reading(self, click: Click, *, whole: bool = False) -> Any:
        vocabulary = self._parts.answering.vocabulary
        return click.given.reading(
            lambda part: named(part, vocabulary), None if whole else click.pressed.part
        )

    def _answer(self, click: Click, *, whole: bool = True) -> Answer:
        """The answer as it is now, all its parts where their numbers matter."""
        answer: Answer = self._parts.answering.answer_reading(self._reading(click, whole=whole))
        return answer

    def _keep(self, click: Click, key: str, answer: Answer, rendered: Rendered) -> None:
        given = Given(
            key,
            click.channel,
            None,
            click.thread,
            parts_of(answer),
            passages_of(rendered.quotes),
            answer.store.version,
        )
        self._parts.given.keep(given, now=self._parts.clock())

    def _show(self, click: Click, rendered: Message, key: str) -> None:
        """Show a message to this person alone; in direct messages, in the thread."""
        delivery = self._parts.delivery
        if click.alone and not click.hidden:
            self._patiently(lambda: delivery.post(click.channel, click.thread, rendered, key))
            return
        self._patiently(lambda: delivery.show(click.seat, rendered))

    @staticmethod
    def _patiently(send: Callable[[], Any]) -> None:
        """Send, and wait as Slack asks, a few times."""
        for left in range(WAITS, -1, -1):
            try:
                send()
            except Later as asked:
                if not left:
                    raise
                time.sleep(min(asked.seconds, LONGEST_WAIT))
            except Unsure:
                return
            else:
                return

    # ---- views

    def _open(self, trigger: str, view: Mapping[str, Any]) -> None:
        try:
            self._client.views_open(trigger_id=trigger, view=dict(view))
        except FAILURES as error:
            log.info("view not opened: %s", kind_of(error))

    def open_form(self, trigger: str) -> None:
        """Open the form for a question."""
        self._open(trigger, views.ask_form(self._parts.answering.vocabulary))

    def _context(self, click: Click) -> None: ...
    def _why(self, click: Click) -> None: ...
    def _export(self, click: Click) -> None: ...
    def _ask_reasons(self, click: Click) -> None: ...
    def _page(self, body: Body) -> None: ...
    def _example(self, body: Body) -> None: ...
    def take_form(self, body: Body) -> dict[str, Any]:
        return {}

    def take_feedback(self, body: Body) -> None: ...

    # ---- words to one person

    def _whisper(self, click: Click, sentence: str) -> None:
        self._patiently(lambda: self._parts.delivery.show(click.seat, note(sentence)))

    def _tell(self, body: Body, sentence: str) -> None:
        """Say something where it is not known what was clicked on."""
        channel = (body.get("channel") or {}).get("id")
        if channel:
            thread = (body.get("message") or {}).get("thread_ts")
            self._parts.delivery.whisper(channel, body["user"]["id"], say(sentence), thread)


def derived(click: Click) -> str:
    """The key of what a click makes: of the same click on the same answer always the same."""
    text = f"{click.pressed.key}|{click.pressed.part}|{click.pressed.argument}|{click.user}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]
