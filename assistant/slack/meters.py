"""Meters: what is counted while the bot runs, for who looks after it. Never a question, a person, a channel or a workspace."""

from __future__ import annotations

from typing import Protocol

FAILED, LATE, REFUSED, MIXED = "failed", "late", "refused", "mixed"
"""Outcomes beside those of an answer: it failed, the question was found too late, Slack took no answer, or several questions had several outcomes."""


class Meters(Protocol):
    """Counts what happens."""

    def answered(self, way: str, outcome: str, seconds: float | None) -> None:
        """A question that came in by a way was seen through so many seconds later; None where it was answered before and edited."""

    def encoded(self, seconds: float) -> None:
        """A question became a vector."""

    def refused(self, kind: str) -> None:
        """Slack refused a call, or could not be reached."""

    def taken_in(self, route: str, status: int) -> None:
        """A request came in by HTTP and was told this status."""


class Unmetered:
    """Counts nothing."""

    def answered(self, way: str, outcome: str, seconds: float | None) -> None:
        """Nothing."""

    def encoded(self, seconds: float) -> None:
        """Nothing."""

    def refused(self, kind: str) -> None:
        """Nothing."""

    def taken_in(self, route: str, status: int) -> None:
        """Nothing."""
