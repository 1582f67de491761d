"""The app: Bolt's listeners, thin; each hands what came in to the part that does it."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import Ack, App, BoltContext

from assistant.slack import actions
from assistant.slack.aside import Aside
from assistant.slack.clicks import Clicks
from assistant.slack.incoming import Asked, Removed, read_command, read_shortcut
from assistant.slack.intake import Intake, Taken, is_external
from assistant.slack.responder import Parts
from assistant.slack.welcome import Welcome
from assistant.wording import say

COMMAND = "/evidence"
MESSAGE_SHORTCUT = "evidence_for_message"
GLOBAL_SHORTCUT = "evidence_ask"
LISTENERS = 24  # threads for listeners, where commands are acknowledged; none calls Slack in them
ANY = re.compile(".*", re.DOTALL)
Body = dict[str, Any]


def build_app(parts: Parts, intake: Intake, clicks: Clicks, welcome: Welcome, aside: Aside) -> App:
    """The Bolt app, its listeners in place; the token is checked here."""
    app = App(
        client=parts.client,
        listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="listener"),
        attaching_conversation_kwargs_enabled=False,
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )
    _questions(app, parts, intake, aside)
    _commands(app, intake, clicks, welcome, aside)
    _buttons(app, clicks)
    _openings(app, welcome, aside)
    app.event(ANY)(_nothing)  # an event that no listener takes would not be acknowledged, and come again
    app.action(ANY)(_acknowledge)  # a button that opens a link sends an action too
    return app


def _questions(app: App, parts: Parts, intake: Intake, aside: Aside) -> None:
    """Questions, edits and deletions: stored in the middleware, that is before Bolt acknowledges."""

    def store(context: BoltContext, body: Body, next: Callable[[], Any]) -> None:  # noqa: A002 - Bolt's name
        context["read"], context["taken"] = intake.event(body)
        next()

    def follow(context: BoltContext) -> None:
        read, taken = context["read"], context["taken"]
        if isinstance(read, Removed):
            aside.do(_forget, parts, read)
        elif isinstance(read, Asked) and taken is not None:
            aside.do(_tell, parts, intake, read, taken)

    app.event("app_mention", middleware=[store])(follow)
    app.event("message", middleware=[store])(follow)


def _tell(parts: Parts, intake: Intake, asked: Asked, taken: Taken) -> None:
    if taken is Taken.STORED:
        parts.statuses.begin(asked.channel, asked.thread, asked.key)
    intake.tell(asked, taken)


def _forget(parts: Parts, removed: Removed) -> None:
    answer = parts.inbox.remove(removed.key)
    parts.given.forget(removed.key)
    if answer:
        parts.delivery.remove(*answer)


def _commands(app: App, intake: Intake, clicks: Clicks, welcome: Welcome, aside: Aside) -> None:
    @app.command(COMMAND)
    def command(ack: Ack, body: Body) -> None:
        word = str(body.get("text") or "").strip().lower()
        if word in ("", "help"):
            ack(text=say("slack-help"), response_type="ephemeral")
        elif word == "status":
            ack(text=welcome.status(), response_type="ephemeral")
        else:
            ack(text=_receipt(intake, read_command(body)), response_type="ephemeral")

    @app.shortcut({"type": "message_action", "callback_id": MESSAGE_SHORTCUT})
    def message_shortcut(ack: Ack, body: Body) -> None:
        asked = read_shortcut(body)
        taken = intake.take(asked, external=is_external(body))
        ack()
        aside.do(intake.tell, asked, taken)

    @app.shortcut({"type": "shortcut", "callback_id": GLOBAL_SHORTCUT})
    def global_shortcut(ack: Ack, body: Body) -> None:
        ack()
        clicks.dialogs.open_form(body)

    @app.view(actions.ASK_FORM)
    def submitted(ack: Ack, body: Body) -> None:
        ack(**clicks.dialogs.take_form(body))

    @app.view(actions.FEEDBACK_FORM)
    def judged(ack: Ack, body: Body) -> None:
        clicks.dialogs.take_feedback(body)
        ack()


def _receipt(intake: Intake, asked: Asked) -> str:
    """What the acknowledgement of a slash command says: that it searches, waits, or does not."""
    taken = intake.take(asked)
    place = intake.place() if taken is Taken.STORED else 0
    if place:
        return say("slack-queued", place=place)
    lines = {Taken.REFUSED: "slack-not-here", Taken.FULL: "slack-full"}
    return say(lines[taken]) if taken in lines else say("slack-taken")


def _buttons(app: App, clicks: Clicks) -> None:
    def register(action: str, press: Callable[[Body], None]) -> None:
        def pressed(ack: Ack, body: Body) -> None:
            ack()
            press(body)

        app.action(actions.matching(action))(pressed)

    for action, press in clicks.table().items():
        register(action, press)


def _openings(app: App, welcome: Welcome, aside: Aside) -> None:
    @app.event("app_home_opened")
    def opened(event: Body) -> None:
        aside.do(welcome.opened, event)

    @app.event("assistant_thread_started")
    def started(event: Body) -> None:
        aside.do(welcome.thread_started, event)


def _nothing() -> None:
    """Take what needs no answer."""


def _acknowledge(ack: Ack) -> None:
    """Take a button that needs no answer."""
    ack()
