"""A bot in this process that takes in by HTTP, on a port that the system chooses, against a stand-in Slack."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Self

from slack_bench import Bench, FakeAnswering, wait_until_quiet
from slack_http import SECRET, HttpStandIn, Told, request

from assistant.slack.outside import Reachable
from assistant.slack.run import Bot
from assistant.slack.settings import Address, SlackSettings

ANYWHERE = Address("127.0.0.1", 0)


class HttpBench:
    """A bot and a stand-in Slack, both running. Use it in a `with` block."""

    def __init__(
        self, folder: Path, slack: HttpStandIn | None = None, *, token: str | None = None, **settings: Any
    ) -> None:
        """A bot whose database is in `folder`; `slack` where several bots share one; no token where workspaces install it."""
        self.slack = slack or HttpStandIn()
        self._own = slack is None
        self.answering = FakeAnswering()
        given = {"signing_secret": SECRET, "http": ANYWHERE, "leave": 0.0, "drain": 10.0}
        self.settings = SlackSettings(
            "xoxb-1" if token is None else token, "", folder, self.slack.api_url, **{**given, **settings}
        )
        self.bot: Bot | None = None
        self.stopped = threading.Event()

    def __enter__(self) -> Self:
        """Start both."""
        if self._own:
            self.slack.__enter__()
        self.start()
        return self

    def start(self) -> None:
        """Start the bot, again where it was stopped; requests are sent to it."""
        self.bot = Bot(self.settings, self.answering)
        self.bot.start()
        self.stopped = threading.Event()
        threading.Thread(target=self.bot.watch, args=(self.stopped,), daemon=True).start()
        self.slack.ports.append(self.port)

    @property
    def port(self) -> int:
        """Where the bot listens."""
        assert self.bot
        assert isinstance(self.bot.outside, Reachable)
        assert self.bot.outside.served
        return self.bot.outside.served.port

    def get(self, path: str) -> Told:
        """What the bot tells at a path."""
        return request(self.port, f"GET {path}")

    def quiet(self, seconds: float = 0.3) -> None:
        """Wait until all is taken in and answered, and a little longer for what must not come."""
        wait_until_quiet(self.slack, self.bot, seconds)

    def stop(self) -> None:
        """Stop the bot as SIGTERM does."""
        self.stopped.set()
        if self.bot:
            port = self.port
            self.bot.stop()
            self.slack.ports.remove(port)
        self.bot = None

    def __exit__(self, *gone: object) -> None:
        """Stop both."""
        self.stop()
        if self._own:
            self.slack.__exit__(None, None, None)


__all__ = ["ANYWHERE", "Bench", "HttpBench"]
