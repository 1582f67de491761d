"""A stand-in for Slack on a free local port: the Web API and Socket Mode as documented, with the faults that happen.

It keeps every call, message and acknowledgement, delivers an envelope to one open socket as Slack does, checks blocks
by `slack_rules.py` and refuses what Slack refuses. `python tests/slack_stand_in.py` runs one by hand.
"""

from __future__ import annotations

import json
import time
from collections import deque
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any

from slack_frames import Frames, accept_header
from slack_people import Envelope, People
from slack_web_api import APP, BOT, BOT_ID, TEAM, Call

__all__ = ["BOT", "BOT_ID", "TEAM", "Call", "Envelope", "SlackStandIn"]


class SlackStandIn(People):
    """A workspace with one bot in Socket Mode. Use it in a `with` block."""

    def __init__(self) -> None:
        """An empty workspace; it listens once entered."""
        super().__init__()
        self.envelopes: dict[str, Envelope] = {}
        self.sockets: list[Frames] = []
        self._turn = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every socket and stop."""
        for socket in list(self.sockets):
            socket.close()
        super().__exit__(kind, error, trace)

    # ---- delivery

    def envelope(self, kind: str, payload: dict[str, Any], *, accepts: bool = False, **more: Any) -> Envelope:
        """Send one envelope to one of the open sockets, each in its turn."""
        number = f"env-{next(self._numbers)}"
        frame = {
            "envelope_id": number,
            "type": kind,
            "accepts_response_payload": accepts,
            **more,
            "payload": payload,
        }
        envelope = Envelope(number, frame, time.monotonic())
        self.envelopes[number] = envelope
        self._send(frame)
        return envelope

    def redeliver(self, times: int = 1) -> None:
        """Send every event again, as Slack does when no acknowledgement came in time."""
        events = [one for one in list(self.envelopes.values()) if one.frame["type"] == "events_api"]
        for attempt in range(1, times + 1):
            for one in events:
                self._send(one.frame | {"retry_attempt": attempt, "retry_reason": "timeout"})

    def _send(self, frame: dict[str, Any]) -> None:
        with self._changed:
            sockets = [one for one in self.sockets if one.open]
            self._turn += 1
        if sockets:
            sockets[self._turn % len(sockets)].text(json.dumps(frame))

    # ---- faults

    def drop(self) -> None:
        """Break every socket without a word."""
        for socket in list(self.sockets):
            socket.close()

    def freeze(self) -> None:
        """Leave every open socket open and dead: nothing is read, sent or answered on it."""
        for socket in list(self.sockets):
            socket.frozen = True

    def disconnect(self, reason: str = "warning") -> None:
        """Ask the bot to reconnect, as Slack does every few hours."""
        for socket in list(self.sockets):
            socket.text(
                json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})
            )

    def connected(self, sockets: int = 1, seconds: float = 90) -> None:
        """Wait until that many sockets are open."""
        self.wait(lambda: sum(one.open and not one.frozen for one in self.sockets) >= sockets, seconds)

    # ---- the server's side

    def took(self, frames: Frames, text: str) -> None:
        """A frame that the bot sent: an acknowledgement."""
        frame = json.loads(text)
        envelope = self.envelopes.get(frame.get("envelope_id", ""))
        if envelope and not envelope.done.is_set():
            envelope.acked, envelope.payload = time.monotonic(), frame.get("payload")
            envelope.done.set()
        with self._changed:
            self._changed.notify_all()

    def joined(self, frames: Frames) -> None:
        """A socket was opened."""
        with self._changed:
            self.sockets.append(frames)
        hello = {"type": "hello", "num_connections": len(self.sockets), "connection_info": {"app_id": APP}}
        frames.text(json.dumps(hello))
        with self._changed:
            self._changed.notify_all()

    def left(self, frames: Frames) -> None:
        """A socket was closed."""
        with self._changed:
            if frames in self.sockets:
                self.sockets.remove(frames)
            self._changed.notify_all()

    def opened(self, request: BaseHTTPRequestHandler) -> None:
        """A socket."""
        key = request.headers.get("Sec-WebSocket-Key") or ""
        request.send_response(101, "Switching Protocols")
        for name, value in (
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", accept_header(key)),
        ):
            request.send_header(name, value)
        request.end_headers()
        frames = Frames(request.connection)
        self.joined(frames)
        frames.read(lambda text: self.took(frames, text))
        self.left(frames)
        request.close_connection = True


def main() -> None:
    """Run one by hand: every line typed is asked as a mention; the bot's answers are printed."""
    with SlackStandIn() as slack:
        print(f"SLACK_API_URL={slack.api_url}", flush=True)  # noqa: T201 - a command
        seen: deque[str] = deque(maxlen=1000)
        while text := input("> "):
            slack.ask(text)
            time.sleep(3)
            for message in slack.answers():
                if message["ts"] not in seen:
                    seen.append(message["ts"])
                    print(json.dumps(message, indent=1, ensure_ascii=False))  # noqa: T201 - a command


if __name__ == "__main__":
    main()
