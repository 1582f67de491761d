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
from assistant.slack.announcer import Announcer
from assistant.slack.app import build_app
from assistant.slack.aside import Aside
from assistant.slack.clients import Clients, Installed
from assistant.slack.desk import Shared, open_desk
from assistant.slack.desks import Desks, Installations, One, Queue
from assistant.slack.inbox import Inbox
from assistant.slack.line import Line
from assistant.slack.logs import kind_of, log
from assistant.slack.outside import READY, STOPPING, Outside, outside
from assistant.slack.responder import Answering, OneAtATime, Parts
from assistant.slack.settings import SlackSettings
from assistant.slack.socket_mode import SocketMode
from assistant.slack.state import State
from assistant.slack.stores import Stores
from assistant.slack.workers import Workers

STARTING = 60.0  # seconds for which a start waits for a database that cannot be reached
LOOK = 0.5  # seconds between two looks at the connection
ASIDE = 8  # threads for status, hints and deletions
CLICKS = 4  # threads for buttons, apart, since a view has to open within three seconds


class Bot:
    """The bot, put together: a line by which questions come in, workers that answer, one inbox between them."""

    def __init__(  # noqa: PLR0913 - what a test or another server gives it; each has a default
        self,
        settings: SlackSettings,
        answering: Answering,
        *,
        stores: Stores | None = None,
        clock: Callable[[], float] = time.time,
        reached: Outside | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        """Put it together and sign in.

        Args:
            settings: how it is to run.
            answering: what answers.
            stores: the library's stores, where a channel is told what changes.
            clock: the time.
            reached: what can be reached from outside; else what the settings say.
            stop: set when it is asked to stop while it starts.

        Raises:
            AssistantError: Slack does not take the token, or cannot be reached.
        """
        self.settings = settings
        self.outside = reached or outside(settings)
        clients = Clients(settings, self.outside.meters)
        guarded = OneAtATime(answering)
        self.aside, self.clicks = Aside("aside", ASIDE), Aside("click", CLICKS)
        shared = Shared(
            settings, clients, guarded, stores, self.outside.meters, clock, self.aside, self.clicks
        )
        self.state, installations = opened(settings, clients, stop or threading.Event())
        self.desks = Desks(installations, self.state, lambda one: open_desk(shared, one, self.state))
        self.queue = Queue(self.desks)
        self.announcer = Announcer(self.desks.every, guarded, look=settings.look)
        self.workers = Workers(self.queue, self.desks.respond, count=settings.workers, clock=clock)
        self.app: App = build_app(self.desks, clients.of(None), self.aside)
        self.outside.watch(guarded, self.queue.waiting)
        self.line: Line = (
            self.outside.door(self.app, self._look_back)
            if settings.http
            else SocketMode(self.app, settings.app_token, self._look_back)
        )
        if settings.several:
            self.outside.install(installations, clients.of(None))

    @property
    def parts(self) -> Parts:
        """The parts of the first workspace, which is the only one where the bot was given its token."""
        return self.desks.every()[0].parts

    @property
    def inbox(self) -> Inbox:
        """Its inbox."""
        return self.parts.inbox

    def _look_back(self) -> None:
        """Look for what was missed while nothing could come in."""
        for desk in self.desks.every():
            desk.catch_up.connected()
            self.aside.do(desk.catch_up.run)

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
            for desk in self.desks.opened():
                if desk.parts.statuses.owed:
                    self.aside.do(desk.parts.statuses.settle)
                if desk.catch_up.due:
                    self.aside.do(desk.catch_up.run)
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
        for desk in self.desks.opened():
            desk.parts.statuses.clear()
        self.outside.close()
        self.state.close()


def opened(settings: SlackSettings, clients: Clients, stop: threading.Event) -> tuple[State, Installations]:
    """The database, and where the bot is installed: in the workspace whose token it was given, else where it was taken in.

    A database that starts at the same time, or again, is waited for, unless the bot is asked to stop.

    Raises:
        AssistantError: Slack does not take the token, or cannot be reached.
    """
    if settings.several:
        from assistant.slack.installations import Kept

        state = State(settings.state, settings.database, patience=STARTING, stop=stop)
        return state, Kept(settings.client_id, state.database)
    signed_in = sign_in(clients.of(settings.bot_token))
    bot_id = signed_in.get("bot_id")
    bot = Installed(
        team=str(signed_in.get("team_id")),
        bot_user=str(signed_in.get("user_id") or ""),
        bot_id=str(bot_id) if bot_id else None,
        token=settings.bot_token,
    )
    folder = settings.state / bot.workspace
    state = State(folder, settings.database, patience=STARTING, stop=stop)
    return state, One(bot)


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
        bot = Bot(settings, answering, stores=stores, reached=reached, stop=stop)
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
