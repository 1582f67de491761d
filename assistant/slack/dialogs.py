"""Dialogs: what opens over the conversation, and what is entered in its forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant import wording
from assistant.privacy import mask
from assistant.slack import actions, views
from assistant.slack.aside import Aside
from assistant.slack.click import Body, Click, answer_of, whisper
from assistant.slack.forms import Feedback
from assistant.slack.given import Given, Verdict
from assistant.slack.incoming import read_form
from assistant.slack.intake import Intake, Taken
from assistant.slack.logs import kind_of, log
from assistant.slack.responder import Parts
from assistant.slack.sending import FAILURES
from assistant.slack.welcome import Welcome
from assistant.wording import say
from corpus.document import Document


class Dialogs:
    """Opens views, and takes what people enter."""

    def __init__(self, parts: Parts, intake: Intake, welcome: Welcome, aside: Aside) -> None:
        """Act with these parts."""
        self._client = parts.client
        self._parts = parts
        self._intake = intake
        self._welcome = welcome
        self._aside = aside

    def _open(self, trigger: str, view: Mapping[str, Any]) -> None:
        try:
            self._client.views_open(trigger_id=trigger, view=dict(view))
        except FAILURES as error:
            log.info("view not opened: %s", kind_of(error))

    def open_form(self, body: Body) -> None:
        """Open the form for a question."""
        self._aside.do(self._open, body["trigger_id"], views.ask_form(self._parts.answering.vocabulary))

    def context(self, click: Click) -> None:
        """Open a passage in its context."""
        spot = actions.read_spot(click.pressed.argument)
        document = self._document(spot.document) if spot else None
        if spot is None or document is None:
            whisper(click, self._parts, "slack-expired")
            return
        view = views.passage_view(document, spot, key=click.pressed.key, part=click.pressed.part)
        self._open(click.trigger, view)

    def page(self, body: Body) -> None:
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

    def why(self, click: Click) -> None:
        """Open the reasons for labels and levels."""
        answer = answer_of(click, self._parts)
        part, vocabulary = answer.parts[click.pressed.part], self._parts.answering.vocabulary
        found = {quote.document.id: quote for quote in part.quotes}
        shown = [one["document"] for one in click.given.shown(click.pressed.part)]
        quotes = [found[one] for one in dict.fromkeys(shown) if one in found] or list(part.quotes)
        self._open(click.trigger, views.reasons_view(part, quotes, vocabulary, answer.store))

    def export(self, click: Click) -> None:
        """The citations of all that was shown, or that was named without a passage."""
        names = [one["document"] for one in click.given.passages]
        if not names:
            names = [document.id for part in answer_of(click, self._parts).parts for document in part.listed]
        documents = [self._document(one) for one in dict.fromkeys(names)]
        self._open(click.trigger, views.export_view([one for one in documents if one is not None]))

    def ask_reasons(self, click: Click) -> None:
        """Open the form that asks what is wrong."""
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

    def example(self, body: Body) -> None:
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


def _wrong(sentence: str) -> dict[str, Any]:
    return {"response_action": "errors", "errors": {"question": say(sentence)}}
