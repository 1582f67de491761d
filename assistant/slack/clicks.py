"""Clicks: what each button does. What only one person asked for, only that person sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.answer import Answer
from assistant.question import Part
from assistant.slack import actions, views
from assistant.slack.aside import Aside
from assistant.slack.blocks import Rendered, message
from assistant.slack.changes import in_other_sense, named, without
from assistant.slack.cited import cited_of
from assistant.slack.click import (
    Body,
    Click,
    answer_of,
    derived,
    patiently,
    read_click,
    reading_of,
    whisper,
)
from assistant.slack.dialogs import Dialogs
from assistant.slack.files import Spot
from assistant.slack.gaps import asked_for
from assistant.slack.given import parts_of, passages_of, shown_of
from assistant.slack.logs import log
from assistant.slack.responder import Parts
from assistant.slack.sending import Later, Message, Refused
from assistant.wording import say

Change = Callable[[Part], Part]
BUTTONS = (
    *(actions.SENSE, actions.RUNG, actions.MORE, actions.TABLE, actions.SHARE, actions.MAP),
    *(
        actions.CONTEXT,
        actions.WHY,
        actions.RIS,
        actions.NOT_HELPFUL,
        actions.PAGE,
        actions.ASK,
        actions.EXAMPLE,
    ),
)
"""The kinds of buttons that do something."""


class Clicks:
    """Does what buttons ask for."""

    def __init__(self, parts: Parts, dialogs: Dialogs, aside: Aside) -> None:
        """Act with these parts."""
        self.dialogs = dialogs
        self._parts = parts
        self._aside = aside
        self._table = self._made()

    def press(self, action: str, body: Body) -> None:
        """Do what a button does, once it is acknowledged."""
        self._table[action](body)

    def _made(self) -> dict[str, Callable[[Body], None]]:
        """What each kind of button does."""
        dialogs = self.dialogs
        deeds: dict[str, Callable[[Click], None]] = {
            actions.SENSE: self._sense,
            actions.RUNG: self._rung,
            actions.MORE: self._more,
            actions.TABLE: self._listed,
            actions.SHARE: self._share,
            actions.MAP: self._map,
            actions.CONTEXT: dialogs.context,
            actions.WHY: dialogs.why,
            actions.RIS: dialogs.export,
            actions.NOT_HELPFUL: dialogs.ask_reasons,
        }
        table = {action: self._deed(deed) for action, deed in deeds.items()}
        return table | {
            actions.PAGE: lambda body: self._aside.do(dialogs.page, body),
            actions.ASK: dialogs.open_form,
            actions.EXAMPLE: dialogs.example,
        }

    def _deed(self, deed: Callable[[Click], None]) -> Callable[[Body], None]:
        def press(body: Body) -> None:
            self._aside.do(self._safely, deed, body)

        return press

    def _safely(self, deed: Callable[[Click], None], body: Body) -> None:
        """Do it; whatever fails, the person is told and nothing else stops."""
        try:
            click = read_click(body, self._parts)
            if click is None:
                self._tell(body, "slack-expired")
                return
            deed(click)
        except Exception as error:  # noqa: BLE001 - a click never ends a thread of the pool
            log.error("click failed:", exc_info=error)
            self._tell(body, "slack-failed")

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
        part = change(reading_of(click, self._parts).parts[0])
        vocabulary = self._parts.answering.vocabulary
        answer = self._parts.answering.answer_part(replace(part, text=named(part, vocabulary)))
        key = derived(click)
        rendered = message(answer, vocabulary, key=key)
        self._keep(click, key, answer, rendered)
        posted = self._show(click, rendered, key)
        if posted:
            self._parts.given.posted(key, posted)

    def _more(self, click: Click) -> None:
        """The next passages of a part: those whose documents were not among the first so many."""
        count, part, parts = int(click.pressed.argument or 0), click.pressed.part, self._parts
        shown = click.given.shown(part)
        skipped: int | list[str] = (
            [one["document"] for one in shown[:count]] if len(shown) >= count else count
        )
        rendered = message(
            answer_of(click, self._parts),
            parts.answering.vocabulary,
            key=click.pressed.key,
            more={part: skipped},
        )
        if len(shown) == count:
            more = [{**one, "part": part} for one in passages_of(rendered.quotes)]
            parts.given.keep(replace(click.given, passages=(*click.given.passages, *more)), now=parts.clock())
        self._show_more(click, rendered)

    def _listed(self, click: Click) -> None:
        answer = answer_of(click, self._parts)
        listed = int(click.pressed.argument or 0)
        rendered = views.table_message(
            answer,
            self._parts.answering.sources,
            key=click.pressed.key,
            part=click.pressed.part,
            listed=listed,
        )
        self._show_more(click, rendered)

    def _share(self, click: Click) -> None:
        """Post a private answer where all can read it: once."""
        given, parts = click.given, self._parts
        if not parts.given.share(given.key):
            whisper(click, self._parts, "slack-shared-before")
            return
        answer = replace(answer_of(click, parts), masked=())
        rendered = message(answer, parts.answering.vocabulary, key=given.key)
        try:
            posted = patiently(lambda: parts.delivery.post(click.channel, None, rendered, given.key))
        except (Refused, Later):
            parts.given.unshare(given.key)
            whisper(click, self._parts, "slack-not-shared")
            return
        if posted:
            parts.given.posted(given.key, posted)

    def _map(self, click: Click) -> None:
        """Let the map follow: in the thread, or to who saw the answer alone, in direct messages; once."""
        given, parts = click.given, self._parts
        thread = given.thread or given.answer_ts or click.thread
        spot = Spot(click.user, None) if click.hidden else Spot(click.channel, thread)
        if not parts.announcements.add(asked_for(given, click.pressed.part, spot), now=parts.clock()):
            whisper(click, parts, "slack-map-before")
        elif click.hidden:
            whisper(click, parts, "slack-map-sent")

    def _keep(self, click: Click, key: str, answer: Answer, rendered: Rendered) -> None:
        given = replace(
            click.given,
            key=key,
            channel=click.channel,
            answer_ts=None,
            parts=parts_of(answer),
            passages=shown_of(rendered),
            version=answer.store.version,
            cited=cited_of(rendered.cited),
        )
        self._parts.given.keep(given, now=self._parts.clock())

    def _show_more(self, click: Click, rendered: Rendered) -> None:
        """Show what goes on from an answer; where it is posted, its thread cites more from then on."""
        if self._show(click, rendered, derived(click)):
            given = self._parts.given.find(click.given.key) or click.given
            cited = {**cited_of(rendered.cited), **given.cited}
            self._parts.given.keep(replace(given, cited=cited), now=self._parts.clock())

    def _show(self, click: Click, rendered: Message, key: str) -> str | None:
        """Show a message to this person alone; in direct messages, in the thread: the ts of what is posted there."""
        delivery = self._parts.delivery
        if click.alone and not click.hidden:
            posted: str | None = patiently(lambda: delivery.post(click.channel, click.thread, rendered, key))
            return posted
        patiently(lambda: delivery.show(click.seat, rendered))
        return None

    def _tell(self, body: Body, sentence: str) -> None:
        """Say something where it is not known what was clicked on."""
        channel = (body.get("channel") or {}).get("id")
        if channel:
            thread = (body.get("message") or {}).get("thread_ts")
            self._parts.delivery.whisper(channel, body["user"]["id"], say(sentence), thread)
