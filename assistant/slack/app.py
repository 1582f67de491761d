"""The app: Bolt's listeners, thin; each hands what came in to the part that does it."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_sdk import WebClient

from assistant.slack import actions
from assistant.slack.aside import Aside
from assistant.slack.clicks import BUTTONS
from assistant.slack.desk import Desk
from assistant.slack.desks import Desks
from assistant.slack.incoming import Asked, Removed, read_command, read_shortcut
from assistant.slack.intake import Intake, Taken, is_external
from assistant.slack.responder import Parts
from assistant.wording import say

COMMAND = "/evidence"
MESSAGE_SHORTCUT = "evidence_for_message"
GLOBAL_SHORTCUT = "evidence_ask"
LISTENERS = 24  # threads for listeners, where commands are acknowledged; none calls Slack in them
ANY = re.compile(".*", re.DOTALL)
Body = dict[str, Any]


class Authorizing(Authorize):
    """Finds the desk of the workspace that a request is from; without one nothing of it goes further."""

    def __init__(self, desks: Desks) -> None:
        """Find it among these."""
        self._desks = desks

    def __call__(self, *, context: BoltContext, team_id: str | None, **_more: Any) -> AuthorizeResult | None:
        """The bot in that workspace; None where it is not installed there."""
        desk = self._desks.find(team_id or "")
        if desk is None:
            return None
        context["desk"] = desk
        found = desk.installed
        return AuthorizeResult(
            enterprise_id=found.enterprise,
            team_id=found.team,
            bot_user_id=found.bot_user,
            bot_id=found.bot_id,
            bot_token=desk.parts.client.token,
        )


def build_app(desks: Desks, client: WebClient, aside: Aside) -> App:
    """The Bolt app, its listeners in place. What comes in goes to the desk of its workspace.

    Signatures are looked at before Bolt has a request (`door.py`); Socket Mode has none.
    """
    app = App(
        client=client,
        authorize=Authorizing(desks),  # type: ignore[arg-type] # as Bolt's own Authorize, it may find nothing
        user_facing_authorize_error_message=say("slack-not-installed"),
        listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="listener"),
        attaching_conversation_kwargs_enabled=False,
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )
    _questions(app, aside)
    _commands(app, aside)
    _buttons(app)
    _openings(app, aside)
    _leavings(app, desks)
    app.event(ANY)(_nothing)  # an event that no listener takes would not be acknowledged, and come again
    app.action(ANY)(_acknowledge)  # a button that opens a link sends an action too
    return app


def _desk(context: BoltContext) -> Desk:
    desk: Desk = context["desk"]
    return desk


def _questions(app: App, aside: Aside) -> None:
    """Questions, edits and deletions: stored in the middleware, that is before Bolt acknowledges."""

    def store(context: BoltContext, body: Body, next: Callable[[], Any]) -> None:  # noqa: A002 - Bolt's name
        desk = _desk(context)
        context["read"], context["taken"] = read, _ = desk.intake.event(body)
        if isinstance(read, Removed):
            context["answer"] = _forget(desk.parts, read)
        next()

    def follow(context: BoltContext) -> None:
        read, taken, desk = context["read"], context["taken"], _desk(context)
        if context.get("answer"):
            aside.do(desk.parts.delivery.remove, *context["answer"])
        elif isinstance(read, Asked) and taken is not None:
            aside.do(_tell, desk, read, taken)

    app.event("app_mention", middleware=[store])(follow)
    app.event("message", middleware=[store])(follow)


def _tell(desk: Desk, asked: Asked, taken: Taken) -> None:
    if taken is Taken.STORED:
        desk.parts.statuses.begin(asked.channel, asked.thread, asked.key)
    desk.intake.tell(asked, taken)


def _forget(parts: Parts, removed: Removed) -> tuple[str, str] | None:
    """Forget a deleted question; channel and ts of its answer, None where there is none."""
    answer = parts.inbox.remove(removed.key)
    parts.given.forget(removed.key)
    return answer


def _commands(app: App, aside: Aside) -> None:
    @app.command(COMMAND)
    def command(ack: Ack, body: Body, context: BoltContext) -> None:
        word, desk = str(body.get("text") or "").strip().lower(), _desk(context)
        if word in ("", "help"):
            ack(text=say("slack-help"), response_type="ephemeral")
        elif word == "status":
            ack(text=desk.welcome.status(), response_type="ephemeral")
        else:
            ack(text=_receipt(desk.intake, read_command(body)), response_type="ephemeral")

    @app.shortcut({"type": "message_action", "callback_id": MESSAGE_SHORTCUT})
    def message_shortcut(ack: Ack, body: Body, context: BoltContext) -> None:
        asked, intake = read_shortcut(body), _desk(context).intake
        taken = intake.take(asked, external=is_external(body))
        ack()
        aside.do(intake.tell, asked, taken)

    @app.shortcut({"type": "shortcut", "callback_id": GLOBAL_SHORTCUT})
    def global_shortcut(ack: Ack, body: Body, context: BoltContext) -> None:
        ack()
        _desk(context).clicks.dialogs.open_form(body)

    @app.view(actions.ASK_FORM)
    def submitted(ack: Ack, body: Body, context: BoltContext) -> None:
        ack(**_desk(context).clicks.dialogs.take_form(body))

    @app.view(actions.FEEDBACK_FORM)
    def judged(ack: Ack, body: Body, context: BoltContext) -> None:
        _desk(context).clicks.dialogs.take_feedback(body)
        ack()


def _receipt(intake: Intake, asked: Asked) -> str:
    """What the acknowledgement of a slash command says: that it searches, waits, or does not."""
    taken = intake.take(asked)
    place = intake.place() if taken is Taken.STORED else 0
    if place:
        return say("slack-queued", place=place)
    lines = {Taken.REFUSED: "slack-not-here", Taken.FULL: "slack-full"}
    return say(lines[taken]) if taken in lines else say("slack-taken")


def _buttons(app: App) -> None:
    def register(action: str) -> None:
        def pressed(ack: Ack, body: Body, context: BoltContext) -> None:
            ack()
            _desk(context).clicks.press(action, body)

        app.action(actions.matching(action))(pressed)

    for action in BUTTONS:
        register(action)


def _openings(app: App, aside: Aside) -> None:
    @app.event("app_home_opened")
    def opened(event: Body, context: BoltContext) -> None:
        aside.do(_desk(context).welcome.opened, event)

    @app.event("assistant_thread_started")
    def started(event: Body, context: BoltContext) -> None:
        aside.do(_desk(context).welcome.thread_started, event)


def _leavings(app: App, desks: Desks) -> None:
    """A workspace that leaves: done in the middleware, so that Slack tells it again where it could not be done."""

    def leave(context: BoltContext, body: Body, next: Callable[[], Any]) -> None:  # noqa: A002 - Bolt's name
        revoked = body["event"].get("tokens")
        if revoked is None or revoked.get(
            "bot"
        ):  # the tokens of people alone are nothing to a bot that has none
            desks.leave(context.team_id or "", float(body.get("event_time") or 0))
        next()

    app.event("app_uninstalled", middleware=[leave])(_nothing)
    app.event("tokens_revoked", middleware=[leave])(_nothing)


def _nothing() -> None:
    """Take what needs no answer."""


def _acknowledge(ack: Ack) -> None:
    """Take a button that needs no answer."""
    ack()
