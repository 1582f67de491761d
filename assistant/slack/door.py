"""The door: requests that Slack signed go to the bot, all others nowhere. What comes in is stored before it is told "200"."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.asgi import SlackRequestHandler
from slack_bolt.adapter.asgi.http_request import AsgiHttpRequest
from slack_sdk.signature import SignatureVerifier

from assistant.slack.http import Receive, Reply, Scope, Turned, header, parting, plain, read_body
from assistant.slack.line import EVENTS_ROUTE
from assistant.slack.logs import log

LIMIT = 2 * 1024 * 1024
"""Bytes of a signed request: a message of fifty full blocks, percent-encoded, has under one megabyte."""
UNSIGNED = 4 * 1024
"""Bytes that are read of a request without a signature: only Slack's look at the certificate (ssl_check) has none."""
WINDOW = 300
"""Seconds for which a signature counts, before and after its time."""
SECONDS = 5.0
"""Seconds for a body; Slack gives up after three."""
THREADS = 32
"""Requests that are stored at the same time; the next wait, still read."""
NUMBER = 20
"""Digits of a time, at most."""


class Door(SlackRequestHandler):
    """Bolt's own ASGI adapter behind a look at size, time and signature, and off the loop, which so never waits for the database."""

    def __init__(
        self,
        app: App,
        signing_secret: str,
        *,
        clock: Callable[[], float] = time.time,
        seconds: float = SECONDS,
    ) -> None:
        """Let in what is signed with this secret; `seconds` is for how long a body is waited for."""
        super().__init__(app, EVENTS_ROUTE)
        self._verifier = SignatureVerifier(signing_secret)
        self._clock = clock
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="door")
        self._open = True

    def close(self) -> None:
        """Let nothing more in: Slack is told to send it again, which another process then takes."""
        self._open = False
        self._pool.shutdown()

    async def enter(self, scope: Scope, receive: Receive) -> Reply:
        """What a request is told.

        Raises:
            Gone: who asked has gone.
        """
        if not self._open:
            return parting(503, "stopping")
        stamp, signature = header(scope, "x-slack-request-timestamp"), header(scope, "x-slack-signature")
        signed = bool(signature) and self._timely(stamp)
        try:
            body = await read_body(scope, receive, limit=LIMIT if signed else UNSIGNED, seconds=self._seconds)
        except Turned as turned:
            return turned.reply if signed else denied("signature missing or old")
        if not signature and is_ssl_check(body):
            return Reply(200)
        if not signed or not self._is_right(body, stamp or "", signature or ""):
            return denied("signature wrong" if signed else "signature missing or old")
        return await self._handed_on(scope, body)

    async def _handed_on(self, scope: Scope, body: bytes) -> Reply:
        async def replayed() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        request = AsgiHttpRequest(dict(scope), replayed)
        try:
            found = await self.dispatch(request)
        except Exception as error:  # noqa: BLE001 - whatever failed, Slack is to send it again
            log.error("request failed:", exc_info=error)
            return plain(500, "failed")
        return reply_of(found)

    async def dispatch(self, request: AsgiHttpRequest) -> BoltResponse:
        """What Bolt replies, in a thread: it waits there for the database and for acknowledgements."""
        body, query, headers = await request.get_raw_body(), request.query_string, request.get_headers()

        def handed() -> BoltResponse:
            try:
                read = BoltRequest(body=body, query=query, headers=headers)
            except ValueError:
                return BoltResponse(status=400, body="not readable")
            return self.app.dispatch(read)

        return await self._apart(handed)

    async def _apart(self, deed: Callable[[], BoltResponse]) -> BoltResponse:
        return await asyncio.get_running_loop().run_in_executor(self._pool, deed)

    def _timely(self, stamp: str | None) -> bool:
        """Whether a time is a number, and of the last minutes."""
        if stamp is None or not (stamp.isascii() and stamp.isdecimal()) or len(stamp) > NUMBER:
            return False
        return abs(self._clock() - int(stamp)) <= WINDOW

    def _is_right(self, body: bytes, stamp: str, signature: str) -> bool:
        """Whether Slack signed this; compared in the same time wherever it differs."""
        try:
            made = self._verifier.generate_signature(timestamp=stamp, body=body)
        except UnicodeDecodeError:
            return False
        return hmac.compare_digest((made or "").encode("ascii"), signature.encode("latin-1", "replace"))


def denied(reason: str) -> Reply:
    """What is told who may be anybody."""
    log.info("request refused: %s", reason)
    return parting(401, "not signed by Slack")


def is_ssl_check(body: bytes) -> bool:
    """Whether Slack only looks at the certificate."""
    try:
        return dict(parse_qsl(body.decode("ascii"))).get("ssl_check") == "1"
    except ValueError:
        return False


def reply_of(found: BoltResponse) -> Reply:
    """Bolt's reply as ours."""
    headers = {name: list(values) for name, values in found.headers.items()}
    return Reply(found.status, (found.body or "").encode("utf-8"), headers)
