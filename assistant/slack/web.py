"""The web: the bot as one ASGI application, with Slack's requests and the three that tell how it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from assistant.slack.health import Health
from assistant.slack.http import Gone, Receive, Reply, Scope, Send, plain
from assistant.slack.logs import log
from assistant.slack.meters import Meters
from assistant.slack.metrics import CONTENT_TYPE
from assistant.slack.outside import READY

LOOKS = 2  # threads that look at the bot's health
Route = Callable[[Scope, Receive], Awaitable[Reply]]


class Web:
    """The application: what is told of the bot's health, and what else is added."""

    def __init__(self, health: Health, meters: Meters) -> None:
        """Tell of this health."""
        self._health = health
        self._meters = meters
        self._pool = ThreadPoolExecutor(LOOKS, thread_name_prefix="look")
        self._routes: dict[tuple[str, str], Route] = {
            ("GET", "/healthz"): self._lives,
            ("GET", "/readyz"): self._ready,
            ("GET", "/metrics"): self._measured,
        }

    def add(self, method: str, path: str, route: Route) -> None:
        """Serve another path."""
        self._routes[method, path] = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            message = f"only HTTP is served here, not {scope['type']}"
            raise ValueError(message)
        method, path = str(scope["method"]), str(scope["path"])
        try:
            reply = await self._reply("GET" if method == "HEAD" else method, path, scope, receive)
        except Gone:
            return
        known = any(path == one for _, one in self._routes)
        self._meters.taken_in(path if known else "other", reply.status)
        await reply.send(send, alone=method == "HEAD")

    async def _reply(self, method: str, path: str, scope: Scope, receive: Receive) -> Reply:
        route = self._routes.get((method, path))
        if route is not None:
            try:
                return await route(scope, receive)
            except Gone:
                raise
            except Exception as error:  # noqa: BLE001 - one request that fails ends no other
                log.error("%s failed:", path, exc_info=error)
                return plain(500, "failed")
        allowed = sorted(one for one, at in self._routes if at == path)
        if not allowed:
            return plain(404, "not here")
        return Reply(405, b"", {"allow": [", ".join(allowed)]})

    async def _lives(self, _scope: Scope, _receive: Receive) -> Reply:
        return plain(200, "alive")

    async def _ready(self, _scope: Scope, _receive: Receive) -> Reply:
        reason = await asyncio.get_running_loop().run_in_executor(self._pool, self._health.reason)
        return plain(200 if reason == READY else 503, reason)

    async def _measured(self, _scope: Scope, _receive: Receive) -> Reply:
        found = await asyncio.get_running_loop().run_in_executor(self._pool, self._health.metrics)
        return Reply(200, found, {"content-type": [CONTENT_TYPE]})
