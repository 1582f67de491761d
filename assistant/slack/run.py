"""Running: connect by Socket Mode or listen for HTTP, answer until asked to stop, finish what is in hand, leave no status behind."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from http.client import HTTPException
from types import FrameType
from typing import Any

from slack_bolt import App
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from assistant.errors import AssistantError
from assistant.slack.announcements import CHANGES, MAP, STATUS
from assistant.slack.announcer import Announcer, Teller
from assistant.slack.app import build_app
from assistant.slack.aside import Aside
from assistant.slack.catch_up import CatchUp
from assistant.slack.change_notes import ChangeNotes
from assistant.slack.changes import named
from assistant.slack.clicks import Clicks
from assistant.slack.delivery import Delivery
from assistant.slack.dialogs import Dialogs
from assistant.slack.files import Files
from assistant.slack.intake import Intake
from assistant.slack.line import Line
from assistant.slack.logs import kind_of, log
from assistant.slack.maps import Maps
from assistant.slack.new_statuses import NewStatuses
from assistant.slack.outside import READY, STOPPING, Outside, outside
from assistant.slack.responder import Answering, OneAtATime, Parts, Responder
from assistant.slack.settings import SlackSettings
from assistant.slack.socket_mode import SocketMode
from assistant.slack.state import open_state, workspace_of
from assistant.slack.status import Statuses
from assistant.slack.stores import Stores
from assistant.slack.thread import Threads
from assistant.slack.welcome import Welcome
from assistant.slack.workers import Workers

LOOK = 0.5  # seconds between two looks at the connection
STATUS_TIMEOUT = 3  # for the status line, which no answer may wait for
ASIDE = 8  # threads for status, hints and deletions
CLICKS = 4  # threads for buttons, apart, since a view has to open within three seconds
TIMEOUT = 15  # seconds for one call of Slack's


class Bot:
    """The bot, put together: a line by which questions come in, workers that answer, one inbox between them."""

    def __init__(
        self,
        settings: SlackSettings,
        answering: Answering,
        *,
        stores: Stores | None = None,
        clock: Callable[[], float] = time.time,
        reached: Outside | None = None,
    ) -> None:
        """Put it together and sign in.

        Args:
            settings: how it is to run.
            answering: what answers.
            stores: the library's stores, where a channel is told what changes.
            clock: the time.
            reached: what can be reached from outside; else what the settings say.

        Raises:
            AssistantError: Slack does not take the token, or cannot be reached.
        """
        self.settings = settings
        self.client = make_client(settings)
        signed_in = sign_in(self.client)
        bot_user = str(signed_in.get("user_id") or "")
        workspace = workspace_of(str(signed_in.get("team_id")), bot_user)
        self.state = open_state(settings.state, workspace, settings.database)
        self.inbox = self.state.inbox(workspace)
        given = self.state.given(workspace)
        guarded = OneAtATime(answering)
        self.outside = reached or outside(settings)
        self.parts = Parts(
            client=self.client,
            inbox=self.inbox,
            given=given,
            delivery=Delivery(self.client, signed_in.get("bot_id")),
            statuses=Statuses(make_client(settings, timeout=STATUS_TIMEOUT)),
            threads=Threads(self.client, self.inbox, given, lambda part: named(part, guarded.vocabulary)),
            answering=guarded,
            announcements=self.state.announcements(workspace),
            clock=clock,
        )
        self.announcer = Announcer(self.parts, tellers(self.parts, settings, stores), look=settings.look)
        responder = Responder(self.parts)
        self.workers = Workers(self.inbox, responder.respond, count=settings.workers, clock=clock)
        intake = Intake(self.parts, settings, bot_user)
        welcome = Welcome(self.parts)
        self.aside, self.clicks = Aside("aside", ASIDE), Aside("click", CLICKS)
        dialogs = Dialogs(self.parts, intake, welcome, self.clicks)
        self.app: App = build_app(
            self.parts, intake, Clicks(self.parts, dialogs, self.clicks), welcome, self.aside
        )
        self.catch_up = CatchUp(self.parts, intake)
        self.outside.watch(self.parts)
        self.line: Line = (
            self.outside.door(self.app, self._look_back)
            if settings.http
            else SocketMode(self.app, settings.app_token, self._look_back)
        )

    def _look_back(self) -> None:
        """Look for what was missed while nothing could come in."""
        self.aside.do(self.catch_up.run)

    def start(self) -> None:
        """Begin to answer, and to take in.

        Raises:
            AssistantError: nothing can come in.
        """
        self.outside.open()
        self.workers.start()
        self.line.open()
        self.announcer.start()
        self.outside.stage.now = READY

    def watch(self, stop: threading.Event) -> bool:
        """Wait until asked to stop (True), or until nothing could come in for too long (False)."""
        connected = time.monotonic()
        while not stop.wait(LOOK):
            stands = self.outside.stage.connected = self.line.tend()
            if self.parts.statuses.owed:
                self.aside.do(self.parts.statuses.settle)
            if stands:
                connected = time.monotonic()
            elif time.monotonic() - connected > self.settings.watchdog:
                return False
        return True

    def stop(self) -> None:
        """Be ready no longer, take nothing more in, finish what is in hand, clear what is shown."""
        self.outside.stage.now = STOPPING
        self.line.close()
        if not self.workers.drain(self.settings.drain):
            log.warning("some questions were not answered in time; they wait for the next start")
        self.announcer.close()
        self.clicks.close()
        self.aside.close()
        self.parts.statuses.clear()
        self.outside.close()
        self.inbox.close()


def tellers(parts: Parts, settings: SlackSettings, stores: Stores | None) -> dict[str, Teller]:
    """What the bot tells unasked, by kind."""
    made: dict[str, Teller] = {STATUS: NewStatuses(parts, settings), MAP: Maps(parts, Files(parts.client))}
    if stores is not None and settings.changes:
        made[CHANGES] = ChangeNotes(parts, stores, settings.changes)
    return made


def make_client(settings: SlackSettings, *, timeout: int = TIMEOUT) -> WebClient:
    """A client of Slack's Web API that tries nothing twice by itself: a post that broke off may have arrived."""
    return WebClient(token=settings.bot_token, base_url=settings.api_url, timeout=timeout, retry_handlers=[])


def sign_in(client: WebClient) -> Any:
    """Who the bot is.

    Raises:
        AssistantError: Slack does not take the token, or cannot be reached.
    """
    try:
        return client.auth_test()
    except (SlackClientError, OSError, HTTPException) as error:
        message = (
            f"Slack does not sign the bot in ({kind_of(error)}), so nothing is answered; check SLACK_BOT_TOKEN and the network,"
            " then run: firstpass slack --check"
        )
        raise AssistantError(message) from error


def serve(
    settings: SlackSettings,
    answering: Answering,
    stores: Stores | None = None,
    reached: Outside | None = None,
) -> int:
    """Run the bot until SIGTERM or SIGINT; the exit status.

    Raises:
        AssistantError: it cannot sign in or connect.
    """
    stop = threading.Event()

    def asked_to_stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signal module gives them
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked_to_stop)
    try:
        bot = Bot(settings, answering, stores=stores, reached=reached)
        bot.start()
    except BoltError as error:
        message = "Slack does not sign the bot in, so nothing is answered; check SLACK_BOT_TOKEN"
        raise AssistantError(message) from error
    in_time = bot.watch(stop)
    if in_time:
        log.info("stopping")
    else:
        log.error("no connection for %.0f s; stopping, for the supervisor to start again", settings.watchdog)
    bot.stop()
    return 0 if in_time else 1
