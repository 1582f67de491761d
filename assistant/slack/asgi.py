"""ASGI: the bot for another server than its own.

`uvicorn --factory assistant.slack.asgi:app`, or what else serves ASGI applications, one process each. The bot begins with the
server (ASGI's lifespan) and stops with it; signals, the address and TLS are the server's. What the environment says counts as
for `firstpass slack --http`; FIRSTPASS_LIBRARY names the library.
"""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING, cast

from assistant.errors import AssistantError
from assistant.slack.http import Receive, Scope, Send, parting
from assistant.slack.logs import log, start_logging
from assistant.slack.outside import Reachable, outside
from assistant.slack.settings import Address, read_settings, without_traps

if TYPE_CHECKING:
    from assistant.slack.run import Bot

ELSEWHERE = Address("", 0)


class Served:
    """The application: a bot that begins and stops with its server."""

    def __init__(self) -> None:
        """Read the settings; nothing is opened yet.

        Raises:
            SettingsError: a setting is missing, or has a value that it cannot have.
        """
        self._settings = read_settings(os.environ, http=ELSEWHERE)
        without_traps(self._settings)
        self._reached = cast("Reachable", outside(self._settings, own_server=False))
        self._stop = threading.Event()
        self._watching: threading.Thread | None = None
        self._bot: Bot | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the server's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._watching is None:
            await parting(503, "starting").send(send)
        else:
            await self._reached.web(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await asyncio.to_thread(self._begin)
        except AssistantError as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(self._finish)
        await send({"type": "lifespan.shutdown.complete"})

    def _begin(self) -> None:
        from assistant.slack.memory import give_back
        from assistant.slack.opening import open_library, open_stores
        from assistant.slack.run import Bot

        give_back()
        answering = open_library(None, self._reached.meters)
        stores = open_stores(self._settings, None)
        bot = Bot(self._settings, answering, stores=stores, reached=self._reached, stop=self._stop)
        bot.start()
        self._bot = bot
        self._watching = threading.Thread(target=bot.watch, args=(self._stop,), daemon=True)
        self._watching.start()

    def _finish(self) -> None:
        log.info("stopping")
        self._stop.set()
        if self._watching is not None:
            self._watching.join()
        if self._bot is not None:
            self._bot.stop()


def app() -> Served:
    """The application, made from the environment."""
    start_logging()
    return Served()
