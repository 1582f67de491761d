"""Outside: what of the bot can be reached by HTTP: Slack's requests, its health, its metrics; nothing at all by default."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol, cast

from slack_bolt import App
from slack_sdk import WebClient

from assistant.errors import AssistantError
from assistant.slack.desks import Installations
from assistant.slack.line import EVENTS_ROUTE, INSTALL_ROUTE, REDIRECT_ROUTE, Line
from assistant.slack.meters import Meters, Unmetered
from assistant.slack.responder import Answering
from assistant.slack.settings import SlackSettings

if TYPE_CHECKING:
    from assistant.slack.door import Door
    from assistant.slack.serving import Served
    from assistant.slack.web import Web

STARTING, READY, STOPPING = "starting", "ready", "stopping"
STEP = 0.1  # seconds between two looks while a balancer sees that the bot stops


@dataclass(slots=True)
class Stage:
    """How far the bot is: it is ready neither before it began nor once it stops.

    Attributes:
        connected: False where nothing can come in.
    """

    now: str = STARTING
    connected: bool = True


class Outside(Protocol):
    """What can be reached from outside."""

    @property
    def stage(self) -> Stage:
        """How far the bot is, which is told."""

    @property
    def meters(self) -> Meters:
        """What counts."""

    def watch(self, answering: Answering, waiting: Callable[[], int]) -> None:
        """Tell of what this answers from, and of how many questions wait."""

    def install(self, installations: Installations, client: WebClient) -> None:
        """Let workspaces install the bot."""

    def door(self, app: App, look_back: Callable[[], None]) -> Line:
        """The line by which Slack's requests come in."""

    def open(self) -> None:
        """Be reached."""

    def close(self) -> None:
        """Be reached no longer."""


@dataclass(slots=True)
class Nothing:
    """Nothing can be reached: Socket Mode alone."""

    stage: Stage = field(default_factory=Stage)
    meters: Meters = field(default_factory=Unmetered)

    def watch(self, answering: Answering, waiting: Callable[[], int]) -> None:
        """Nothing is told."""

    def install(self, installations: Installations, client: WebClient) -> None:
        """Nobody can."""

    def door(self, app: App, look_back: Callable[[], None]) -> Line:
        """There is none."""
        raise NotImplementedError

    def open(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class Reachable:
    """A web application, and a server of it where the bot listens itself."""

    def __init__(self, settings: SlackSettings, *, own_server: bool) -> None:
        """Not yet reached."""
        from assistant.slack.health import Health
        from assistant.slack.metrics import Metrics
        from assistant.slack.web import Web

        self._settings = settings
        self.stage = Stage()
        self.meters = Metrics()
        self._health = Health(self.stage, self.meters)
        self.web: Web = Web(self._health, self.meters)
        self.served: Served | None = self._server() if own_server else None

    def _server(self) -> Served | None:
        from assistant.slack.serving import Served

        address = self._settings.http or self._settings.health
        return Served(self.web, address) if address else None

    def watch(self, answering: Answering, waiting: Callable[[], int]) -> None:
        """Tell of what this answers from, and of how many questions wait."""
        self._health.watch(answering, waiting)

    def install(self, installations: Installations, client: WebClient) -> None:
        """Let workspaces install the bot."""
        from assistant.slack.installations import Kept
        from assistant.slack.installing import Installer

        installer = Installer(self._settings, cast("Kept", installations), client)
        self.web.add("GET", INSTALL_ROUTE, installer.begin)
        self.web.add("GET", REDIRECT_ROUTE, installer.end)

    def door(self, app: App, look_back: Callable[[], None]) -> Line:
        """The line by which Slack's requests come in."""
        from assistant.slack.door import Door

        door = Door(app, self._settings.signing_secret)
        self.web.add("POST", EVENTS_ROUTE, door.enter)
        return Http(door, self.served, look_back, leave=self._settings.leave)

    def open(self) -> None:
        """Listen.

        Raises:
            AssistantError: the address cannot be listened at.
        """
        if self.served is not None:
            self.served.open()

    def close(self) -> None:
        """Listen no longer."""
        if self.served is not None:
            self.served.close()
        self._health.close()


class Http:
    """The line by HTTP."""

    def __init__(
        self, door: Door, served: Served | None, look_back: Callable[[], None], *, leave: float
    ) -> None:
        """Let in by this door; another server than ours sees to its own end."""
        self._door = door
        self._served = served
        self._look_back = look_back
        self._leave = leave if served is not None else 0.0

    def open(self) -> None:
        """Look for what was missed; the server listens already."""
        self._look_back()

    def tend(self) -> bool:
        """Whether it is still being served."""
        return self._served is None or self._served.alive

    def close(self) -> None:
        """Take in until a balancer has seen that the bot stops, then nothing more."""
        until = time.monotonic() + self._leave
        while time.monotonic() < until and self.tend():
            time.sleep(STEP)
        self._door.close()


def outside(settings: SlackSettings, *, own_server: bool = True) -> Outside:
    """What the settings let be reached.

    Raises:
        AssistantError: it needs libraries that are not installed.
    """
    if settings.http is None and settings.health is None:
        return Nothing()
    needed = [
        "prometheus_client",
        *(["uvicorn"] if own_server else []),
        *(["greenlet"] if settings.several else []),
    ]
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        asked = "firstpass slack --http" if settings.http else "FIRSTPASS_HEALTH"
        message = f"{asked} needs {' and '.join(missing)}, which is not installed; install it: pip install 'firstpass[server]'"
        raise AssistantError(message)
    return Reachable(settings, own_server=own_server)
