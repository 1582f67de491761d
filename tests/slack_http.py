"""A stand-in for Slack that sends by HTTP: signed requests to one of several addresses, as a balancer would, and again where none took them."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from slack_people import Envelope, People

SECRET = "synthetic-signing-secret"  # noqa: S105 - the stand-in's own
EVENTS = "POST /slack/events"
PATIENCE = 3.0
"""Seconds for which Slack waits for an answer."""
RETRIES = (0.05, 0.5, 1.0)
"""Seconds until each further try; Slack's own are at once, a minute and five minutes."""
REASONS = {"timeout": "http_timeout", "refused": "connection_failed"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a request was told; status 0 where nobody answered."""

    status: int
    body: str = ""
    seconds: float = 0.0


def signed(body: str, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers by which Slack signs a body."""
    stamp = str(int(time.time() if at is None else at))
    made = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={made}"}


def request(
    port: int,
    route: str,
    body: str | bytes = b"",
    headers: dict[str, str] | None = None,
    seconds: float = PATIENCE,
) -> Told:
    """One request ("GET /healthz") to a port of this machine; what it was told."""
    method, _, path = route.partition(" ")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    began = time.monotonic()
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return Told(answer.status, answer.read().decode("utf-8"), time.monotonic() - began)
    except TimeoutError:
        return Told(0, "timeout", time.monotonic() - began)
    except (OSError, http.client.HTTPException):  # a bot that was killed breaks off
        return Told(0, "refused", time.monotonic() - began)
    finally:
        connection.close()


class HttpStandIn(People):
    """A workspace whose app takes in by HTTP. Use it in a `with` block.

    Attributes:
        ports: where bots listen; each request goes to the next of them, as a balancer would send it.
        tries: every try to send, with its envelope and its number from 0.
        patience: seconds for an answer.
    """

    def __init__(self, ports: Sequence[int] = ()) -> None:
        """An empty workspace that sends to these ports."""
        super().__init__()
        self.ports = list(ports)
        self.envelopes: dict[str, Envelope] = {}
        self.tries: list[tuple[Envelope, int, Told]] = []
        self.retries: Sequence[float] = RETRIES
        self.patience = PATIENCE
        self._turn = 0
        self._ended = threading.Event()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send nothing more, and stop."""
        self._ended.set()
        super().__exit__(kind, error, trace)

    def envelope(self, kind: str, payload: dict[str, Any], *, accepts: bool = False, **more: Any) -> Envelope:
        """Send one payload; an event again up to three times where nobody says that it arrived."""
        number = f"req-{next(self._numbers)}"
        frame = {"type": kind, "payload": payload}
        envelope = Envelope(number, frame, time.monotonic())
        self.envelopes[number] = envelope
        threading.Thread(target=self._see_through, args=(envelope,), daemon=True).start()
        return envelope

    def redeliver(self, times: int = 1) -> None:
        """Send every event again, as Slack does when it did not see that it arrived."""
        events = [one for one in list(self.envelopes.values()) if one.frame["type"] == "events_api"]
        for attempt in range(1, times + 1):
            for one in events:
                self.send(one, attempt, "http_timeout")

    def _see_through(self, envelope: Envelope) -> None:
        again = self.retries if envelope.frame["type"] == "events_api" else ()
        told, reason = self.send(envelope, 0), ""
        for attempt, pause in enumerate(again, start=1):
            if told.status == 200 or self._ended.wait(pause):
                return
            reason = REASONS.get(told.body, "http_error")
            told = self.send(envelope, attempt, reason)

    def send(self, envelope: Envelope, attempt: int, reason: str = "") -> Told:
        """One try, at the address whose turn it is."""
        body, kind = written(envelope.frame["type"], envelope.frame["payload"])
        headers = {"Content-Type": kind, **signed(body)}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        with self._changed:
            port = self.ports[self._turn % len(self.ports)] if self.ports else 0
            self._turn += 1
        told = request(port, EVENTS, body, headers, self.patience)
        with self._changed:
            self.tries.append((envelope, attempt, told))
            if told.status == 200 and not envelope.done.is_set():
                envelope.acked, envelope.payload = time.monotonic(), _payload(told.body)
                envelope.done.set()
            self._changed.notify_all()
        return told

    def told(self, envelope: Envelope) -> list[int]:
        """What each try of an envelope was told."""
        return [told.status for one, _, told in list(self.tries) if one is envelope]


def written(kind: str, payload: dict[str, Any]) -> tuple[str, str]:
    """The body of a payload, and its content type."""
    if kind == "events_api":
        return json.dumps(payload), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form), "application/x-www-form-urlencoded"


def _payload(body: str) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body
