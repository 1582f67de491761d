"""What a bot that runs for months must not pile up: statuses, hints and answers whose time is over."""

from __future__ import annotations

from pathlib import Path

from slack_bench import Bench
from slack_sdk import WebClient
from slack_stand_in import SlackStandIn

from assistant.slack.given import KEPT
from assistant.slack.status import Statuses
from assistant.slack.workers import Workers

QUESTION = "is IV BMC for knee OA real?"


def test_a_status_that_comes_after_its_answer_leaves_nothing_behind() -> None:
    """A status begun for a question that was answered meanwhile is not shown, and its thread is not remembered."""
    with SlackStandIn() as slack:
        statuses = Statuses(WebClient(token="xoxb-1", base_url=slack.api_url))  # noqa: S106 - the stand-in's
        statuses.end("C1", "1.1", "key")
        statuses.begin("C1", "1.1", "key")
        assert slack.statuses() == []
        assert statuses._shown == {}


def test_answers_are_forgotten_when_their_time_is_over(tmp_path: Path) -> None:
    """An answer given is known until its buttons' time is over, and forgotten by the next tidying."""
    with Bench(tmp_path) as bench:
        bench.slack.ask(QUESTION)
        bench.quiet()
        assert bench.bot is not None
        parts = bench.bot.parts
        (key,) = (
            str(row["key"]) for row in parts.inbox.database.connection.execute("SELECT key FROM answer")
        )
        for late, known in ((-10, True), (10, False)):
            clock = parts.clock() + KEPT + late
            Workers(parts.inbox, lambda _: None, parts.given, count=0, clock=lambda: clock).tidy()  # noqa: B023 - used at once
            assert (parts.given.find(key) is not None) is known


def test_a_status_that_slack_would_not_take_away_is_taken_away_later(tmp_path: Path) -> None:
    """Where the clearing of a status is limited, it is made again once the time that Slack asks for has passed."""
    with Bench(tmp_path) as bench:
        bench.answering.before = lambda: bench.slack.limit("assistant.threads.setStatus", 1)
        bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: bench.slack.statuses()[-1:] == [""])
        assert len(bench.slack.of("assistant.threads.setStatus!ratelimited")) == 1
        assert bench.bot is not None
        assert bench.bot.parts.statuses._owed == {}
