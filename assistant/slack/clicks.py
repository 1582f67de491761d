"""Clicks: what each button and form does. What only one person asked for, only that person sees."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from assistant import wording
from assistant.answer import Answer
from assistant.privacy import mask
from assistant.question import Part
from assistant.slack import actions, views
from assistant.slack.actions import Pressed
from assistant.slack.aside import Aside
from assistant.slack.blocks import Rendered, message
from assistant.slack.changes import in_other_sense, named, without
from assistant.slack.delivery import FAILURES, Later, Message, Refused, Seat, Unsure
from assistant.slack.forms import Feedback
from assistant.slack.given import Given, Verdict, parts_of, passages_of, shown_of
from assistant.slack.incoming import read_form
from assistant.slack.intake import Intake, Taken
from assistant.slack.logs import kind_of, log
from assistant.slack.note import note
from assistant.slack.responder import Parts
from assistant.slack.welcome import Welcome
from assistant.wording import say
from corpus.document import Document

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

    def __init__(self, parts: Parts, intake: Intake, welcome: Welcome, aside: Aside) -> None:
        """Act with these parts."""
        self._client = parts.client
        self._parts = parts
        self._intake = intake
        self._welcome = welcome
        self._aside = aside

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
            actions.PAGE: lambda body: self._aside.do(self._page, body),
            actions.ASK: self.open_form,
            actions.EXAMPLE: self._example,
        }

    def _deed(self, deed: Callable[[Click], None]) -> Callable[[Body], None]:
        def press(body: Body) -> None:
            self._aside.do(self._safely, deed, body)

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
            log.error("click failed:", exc_info=error)
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
        vocabulary = self._parts.answering.vocabulary
        answer = self._parts.answering.answer_part(replace(part, text=named(part, vocabulary)))
        key = derived(click)
        rendered = message(answer, vocabulary, key=key)
        self._keep(click, key, answer, rendered)
        self._show(click, rendered, key)

    def _more(self, click: Click) -> None:
        """The next passages of a part: those whose documents were not among the first so many."""
        count, part, parts = int(click.pressed.argument or 0), click.pressed.part, self._parts
        shown = click.given.shown(part)
        skipped: int | list[str] = (
            [one["document"] for one in shown[:count]] if len(shown) >= count else count
        )
        rendered = message(
            self._answer(click), parts.answering.vocabulary, key=click.pressed.key, more={part: skipped}
        )
        if len(shown) == count:
            more = [{**one, "part": part} for one in passages_of(rendered.quotes)]
            parts.given.keep(replace(click.given, passages=(*click.given.passages, *more)), now=parts.clock())
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
        given = replace(
            click.given,
            key=key,
            channel=click.channel,
            answer_ts=None,
            parts=parts_of(answer),
            passages=shown_of(rendered),
            version=answer.store.version,
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

    def open_form(self, body: Body) -> None:
        """Open the form for a question."""
        self._aside.do(self._open, body["trigger_id"], views.ask_form(self._parts.answering.vocabulary))

    def _context(self, click: Click) -> None:
        spot = actions.read_spot(click.pressed.argument)
        document = self._document(spot.document) if spot else None
        if spot is None or document is None:
            self._whisper(click, "slack-expired")
            return
        view = views.passage_view(document, spot, key=click.pressed.key, part=click.pressed.part)
        self._open(click.trigger, view)

    def _page(self, body: Body) -> None:
        """Turn a page of the view that is open."""
        pressed = actions.decode(str(body["actions"][0].get("value") or ""))
        place = actions.read_page(pressed.argument) if pressed else None
        document = self._document(place[1].document) if place else None
        if pressed is None or place is None or document is None:
            return
        view = views.passage_view(document, place[1], key=pressed.key, part=pressed.part, page=place[0])
        try:
            self._client.views_update(view_id=body["view"]["id"], view=view)
        except FAILURES as error:
            log.info("page not turned: %s", kind_of(error))

    def _why(self, click: Click) -> None:
        answer = self._answer(click)
        part, vocabulary = answer.parts[click.pressed.part], self._parts.answering.vocabulary
        found = {quote.document.id: quote for quote in part.quotes}
        shown = [one["document"] for one in click.given.shown(click.pressed.part)]
        quotes = [found[one] for one in dict.fromkeys(shown) if one in found] or list(part.quotes)
        self._open(click.trigger, views.reasons_view(part, quotes, vocabulary, answer.store))

    def _export(self, click: Click) -> None:
        """The citations of all that was shown, or that was named without a passage."""
        names = [one["document"] for one in click.given.passages]
        if not names:
            names = [document.id for part in self._answer(click).parts for document in part.listed]
        documents = [self._document(one) for one in dict.fromkeys(names)]
        self._open(click.trigger, views.export_view([one for one in documents if one is not None]))

    def _ask_reasons(self, click: Click) -> None:
        self._open(click.trigger, views.feedback_view(click.pressed.key, click.pressed.part))

    def _document(self, name: str) -> Document | None:
        """A document; None where the store that is served has it no longer."""
        store = self._parts.answering.sources.store
        return store.document(name) if name in store.ids else None

    # ---- what was entered

    def take_form(self, body: Body) -> dict[str, Any]:
        """Ask what was entered in the form; what the acknowledgement says."""
        entered = views.asked(body["view"])
        if not entered.question:
            return _wrong("slack-need-question")
        vocabulary = self._parts.answering.vocabulary
        filters = [wording.name(value, vocabulary) for values in entered.facets.values() for value in values]
        text = say("slack-filtered", question=entered.question, filters=", ".join(filters))
        taken = self._intake.take(read_form(body, text if filters else entered.question))
        refusals = {Taken.REFUSED: "slack-not-here", Taken.FULL: "slack-full"}
        return _wrong(refusals[taken]) if taken in refusals else {}

    def _example(self, body: Body) -> None:
        """Ask an example of the Home tab."""
        number = str(body["actions"][0].get("value") or "")
        examples = self._welcome.examples()
        if number.isdecimal() and int(number) < len(examples):
            self._intake.take(read_form({**body, "view": {}}, examples[int(number)]))

    def take_feedback(self, body: Body) -> None:
        """Keep what a person says of an answer."""
        entered = views.feedback(body["view"])
        given = self._parts.given.find(entered.key) if entered else None
        if entered is None or given is None:
            return
        self._aside.do(self._judge, given, body["user"]["id"], entered)

    def _judge(self, given: Given, user: str, entered: Feedback) -> None:
        question = self._parts.threads.text(given) if entered.keep else None
        verdict = Verdict(entered.reasons, entered.part, mask(entered.paper).text, question)
        self._parts.given.judge(given, user, verdict, now=self._parts.clock())
        self._parts.delivery.whisper(given.channel, user, say("slack-thanks"), given.thread)
        log.info("feedback on %s: %s", given.key, ", ".join(entered.reasons))

    # ---- words to one person

    def _whisper(self, click: Click, sentence: str) -> None:
        self._patiently(lambda: self._parts.delivery.show(click.seat, note(sentence)))

    def _tell(self, body: Body, sentence: str) -> None:
        """Say something where it is not known what was clicked on."""
        channel = (body.get("channel") or {}).get("id")
        if channel:
            thread = (body.get("message") or {}).get("thread_ts")
            self._parts.delivery.whisper(channel, body["user"]["id"], say(sentence), thread)


def _wrong(sentence: str) -> dict[str, Any]:
    return {"response_action": "errors", "errors": {"question": say(sentence)}}


def derived(click: Click) -> str:
    """The key of what a click makes: of the same click on the same answer always the same."""
    text = f"{click.pressed.key}|{click.pressed.part}|{click.pressed.argument}|{click.user}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]
