"""Serving: uvicorn in this process, in a thread of its own, with limits on what a caller may keep it waiting for."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from assistant.errors import AssistantError
from assistant.slack.http import Receive, Scope, Send
from assistant.slack.logs import log
from assistant.slack.settings import Address

HEADERS = 10.0
"""Seconds in which a request's headers have to be whole."""
HEADERS_LIMIT = 32 * 1024
"""Bytes of them."""
KEEP_ALIVE = 75
"""Seconds for which a quiet connection stays open: longer than balancers keep theirs, so that none sends into a closed one."""
CONNECTIONS = 1000
"""Connections at the same time; whoever opens more is told 503."""
CLOSING = 10
"""Seconds for requests in hand when the bot stops."""


class Patient(H11Protocol):  # type: ignore[misc] # its types are not read: it may not be installed
    """uvicorn's protocol that waits for headers only so long: on its own it would wait for ever."""

    patience = HEADERS
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came; wait no longer where it makes the headers whole."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and not self._rests():
            self._wait()
        elif self._late is not None:
            self._late.cancel()
            self._late = None

    def _rests(self) -> bool:
        """Whether a request was seen through and the next has not begun: uvicorn's own time for that runs."""
        return self.timeout_keep_alive_task is not None

    def _wait(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self.patience, self._give_up)

    def _give_up(self) -> None:
        self._late = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)


class Served:
    """An ASGI application served at an address until it is closed."""

    def __init__(self, app: Any, address: Address, *, patience: float = HEADERS) -> None:
        """Not yet served; `patience` is for how many seconds headers are waited for."""
        self._app = app
        self._patience = patience
        self._address = address
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.port = 0

    def open(self) -> None:
        """Listen.

        Raises:
            AssistantError: the address cannot be listened at.
        """
        place = self._address
        try:
            family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
            listening = socket.create_server((place.host, place.port), family=family, backlog=2048)
        except OSError as error:
            message = f"nothing can listen at {place.host}:{place.port} ({error.strerror}), so nothing is served; name another address"
            raise AssistantError(message) from error
        self.port = int(listening.getsockname()[1])
        self._server = uvicorn.Server(_config(self._app, self._patience))
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), name="http", daemon=True
        )
        self._thread.start()
        log.info("listening at %s port %d", place.host, self.port)

    @property
    def alive(self) -> bool:
        """Whether it is being served."""
        return self._thread is not None and self._thread.is_alive()

    def close(self) -> None:
        """See through what is in hand, and listen no longer."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(CLOSING + 5)


def _config(app: Any, patience: float) -> uvicorn.Config:
    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)

    return uvicorn.Config(
        guarded,
        http=type("Patient", (Patient,), {"patience": patience}),
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=HEADERS_LIMIT,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=CLOSING,
        limit_concurrency=CONNECTIONS,
    )
