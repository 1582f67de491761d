"""The line to Slack: how what people do comes in, by a socket that the bot opens or by HTTP that Slack sends."""

from __future__ import annotations

from typing import Protocol

EVENTS_ROUTE, INSTALL_ROUTE, REDIRECT_ROUTE = "/slack/events", "/slack/install", "/slack/oauth_redirect"
"""Where Slack sends what happens, where a workspace installs the app, and where Slack sends who did."""


class Line(Protocol):
    """A way in. It is opened once, tended while the bot runs, and closed before the bot finishes what is in hand."""

    def open(self) -> None:
        """Begin to take in.

        Raises:
            AssistantError: nothing can come in this way.
        """

    def tend(self) -> bool:
        """Keep it in order; whether anything can come in now."""

    def close(self) -> None:
        """Take nothing more in; what was taken in stays with the bot."""
