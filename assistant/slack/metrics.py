"""Metrics: what Prometheus reads. Counts, times and the store's version; no text, no person, no channel, no workspace."""

from __future__ import annotations

import time
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST
ANSWER_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600)
ENCODING_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)


@dataclass(frozen=True, slots=True)
class Now:
    """What is so at this moment.

    Attributes:
        waiting: questions that wait; None where the database does not say.
        version: of the store that is served.
        built: when it was built, in seconds since 1970; None where that is not known.
    """

    waiting: int | None
    version: str
    built: float | None


class Metrics:
    """The meters of one process, in a registry of their own."""

    def __init__(self) -> None:
        """Nothing was counted yet."""
        self._registry = CollectorRegistry()
        registry = self._registry
        self._questions = Counter(
            "firstpass_questions",
            "Questions seen through, by way in and outcome.",
            ("way", "outcome"),
            registry=registry,
        )
        self._answers = Histogram(
            "firstpass_answer_seconds",
            "Seconds from a question's arrival to its answer.",
            ("way",),
            buckets=ANSWER_SECONDS,
            registry=registry,
        )
        self._encodings = Histogram(
            "firstpass_encoding_seconds",
            "Seconds to encode a question.",
            buckets=ENCODING_SECONDS,
            registry=registry,
        )
        self._refusals = Counter(
            "firstpass_slack_errors",
            "Calls that Slack refused or that did not reach it, by kind.",
            ("kind",),
            registry=registry,
        )
        self._requests = Counter(
            "firstpass_http_requests",
            "Requests, by route and status.",
            ("route", "status"),
            registry=registry,
        )
        self._gauges()

    def _gauges(self) -> None:
        """What is so at the moment of being asked."""
        registry = self._registry
        self._waiting = Gauge(
            "firstpass_queue_length", "Questions that wait in the database.", registry=registry
        )
        self._store = Gauge(
            "firstpass_store_info",
            "The store that is served: 1, by its version.",
            ("version",),
            registry=registry,
        )
        self._age = Gauge(
            "firstpass_store_age_seconds",
            "Seconds since the store that is served was built.",
            registry=registry,
        )

    def answered(self, way: str, outcome: str, seconds: float | None) -> None:
        """A question that came in by a way was seen through so many seconds later; None where it was answered before and edited."""
        self._questions.labels(way, outcome).inc()
        if seconds is not None:
            self._answers.labels(way).observe(max(0.0, seconds))

    def encoded(self, seconds: float) -> None:
        """A question became a vector."""
        self._encodings.observe(seconds)

    def refused(self, kind: str) -> None:
        """Slack refused a call, or could not be reached."""
        self._refusals.labels(kind).inc()

    def taken_in(self, route: str, status: int) -> None:
        """A request came in by HTTP and was told this status."""
        self._requests.labels(route, str(status)).inc()

    def text(self, now: Now) -> bytes:
        """All of it, as Prometheus reads it."""
        self._waiting.set(float("nan") if now.waiting is None else now.waiting)
        self._store.clear()
        self._store.labels(now.version).set(1)
        self._age.set(float("nan") if now.built is None else max(0.0, time.time() - now.built))
        told: bytes = generate_latest(self._registry)
        return told
