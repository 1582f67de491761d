"""Socket Mode: one connection that the bot opens, mended as soon as it breaks."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackClientError

from assistant.errors import AssistantError
from assistant.slack.frames import install
from assistant.slack.logs import kind_of, log

PING = 2.5  # seconds between pings; four without an answer, and the connection is given up: within 20 s
GRACE = 0.1  # seconds for acknowledgements that are on their way when the bot stops


class SocketMode:
    """The line by a socket."""

    def __init__(self, app: App, app_token: str, connected: Callable[[], None]) -> None:
        """Not yet connected; `connected` is called whenever a connection is new."""
        install()
        self._connected = connected
        self._handler = SocketModeHandler(app, app_token, ping_interval=PING, concurrency=16)
        self._handler.client.message_listeners.append(self._heard)

    def _heard(self, client: Any, message: dict[str, Any], raw: str | None) -> None:  # noqa: ARG002 - the SDK gives them
        if message.get("type") == "hello":
            log.info("connected")
            self._connected()

    def open(self) -> None:
        """Connect.

        Raises:
            AssistantError: no connection can be opened.
        """
        try:
            self._handler.client.connect()
        except (SlackClientError, OSError, HTTPException) as error:
            message = (
                f"Slack opens no connection ({kind_of(error)}), so nothing is answered; check that Socket Mode is on and that"
                " SLACK_APP_TOKEN has the scope connections:write"
            )
            raise AssistantError(message) from error

    def tend(self) -> bool:
        """Connect anew as soon as a ping failed: the SDK alone waits for five of them. Whether a connection stands."""
        client = self._handler.client
        connection = client.current_session
        if connection is not None and connection.consecutive_check_state_error_count:
            log.info("connection broken")
            try:
                connection.disconnect()
                client.connect_to_new_endpoint()
            except Exception as error:  # noqa: BLE001 - whatever fails, the next look tries again
                log.warning("not connected anew: %s", kind_of(error))
        return client.is_connected()

    def close(self) -> None:
        """Close the connection at once: the SDK alone would first wait for its pending reads to time out."""
        client = self._handler.client
        client.auto_reconnect_enabled = False
        time.sleep(GRACE)
        client.current_session_state.terminated = True
        connection = client.current_session.sock if client.current_session else None
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        client.closed = True
        client.message_queue.put(None)  # wakes the thread that waits for a message
        client.close()
