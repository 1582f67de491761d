"""HTTP, as ASGI has it: a request read within limits, and its reply."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """What is replied."""

    status: int
    body: bytes = b""
    headers: Mapping[str, Sequence[str]] = field(default_factory=lambda: {"content-type": [PLAIN]})

    async def send(self, send: Send, *, alone: bool = False) -> None:
        """Send it; `alone` without its body, as HEAD asks."""
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, values in self.headers.items()
            for value in values
            if name.lower() != "content-length"
        ]
        headers.append((b"content-length", str(len(self.body)).encode("ascii")))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if alone else self.body})


def plain(status: int, text: str) -> Reply:
    """A reply of one line."""
    return Reply(status, f"{text}\n".encode())


def parting(status: int, text: str) -> Reply:
    """A reply of one line that ends the connection, so that nothing more of the request is read."""
    return Reply(status, f"{text}\n".encode(), {"content-type": [PLAIN], "connection": ["close"]})


class Turned(Exception):  # noqa: N818 - it is told as a reply
    """A request that is not read to its end; `reply` says why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.reply = parting(status, text)


class Gone(Exception):  # noqa: N818 - nobody is there to be told
    """Who asked has gone."""


def header(scope: Scope, name: str) -> str | None:
    """The first header of that name (in lower case); None where there is none."""
    wanted = name.encode("ascii")
    return next(
        (value.decode("latin-1") for found, value in scope["headers"] if found.lower() == wanted), None
    )


async def read_body(scope: Scope, receive: Receive, *, limit: int, seconds: float) -> bytes:
    """The body.

    Raises:
        Turned: it is longer than `limit`, or says so; or it did not come in time.
        Gone: who asked has gone.
    """
    said = header(scope, "content-length")
    if said is not None and not (said.isascii() and said.isdecimal()):
        raise Turned(400, "no length")
    if said is not None and int(said) > limit:
        raise Turned(413, "too large")
    try:
        async with asyncio.timeout(seconds):
            return await _read(receive, limit)
    except TimeoutError as error:
        raise Turned(408, "too slow") from error


async def _read(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        piece = await receive()
        if piece["type"] == "http.disconnect":
            raise Gone
        body += piece.get("body", b"")
        if len(body) > limit:
            raise Turned(413, "too large")
        if not piece.get("more_body", False):
            return bytes(body)
