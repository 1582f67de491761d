"""When Slack asks to wait: nothing is answered twice, and nothing is given up for it."""

from __future__ import annotations

from pathlib import Path

from slack_bench import Bench
from slack_stand_in import SlackStandIn

from assistant.wording import say

QUESTION = "is IV BMC for knee OA real?"


class Deceiving(SlackStandIn):
    """A stand-in that takes posts and calls them failed, as many as `deceives` says."""

    deceives = 0

    def called(
        self, method: str, args: dict[str, object], token: str = ""
    ) -> tuple[int, dict[str, object], int | None]:
        """The call as answered."""
        answered = super().called(method, args, token)
        if method == "chat.postMessage" and self.deceives:
            self.deceives -= 1
            return 500, {"ok": False, "error": "internal_error"}, None
        return answered


def test_an_answer_that_may_have_arrived_is_looked_for_until_slack_lets_its_thread_be_read(
    tmp_path: Path,
) -> None:
    """A post that arrived but was called failed is not made again while Slack limits the reading of its thread."""
    with Deceiving() as slack, Bench(tmp_path, slack) as bench:
        slack.deceives = 1
        slack.limit("conversations.replies", 1)
        slack.ask(QUESTION)
        bench.quiet()
        assert len(slack.of("chat.postMessage")) == 1
        assert len(slack.of("conversations.replies!ratelimited")) == 1


def test_a_question_waits_as_often_as_slack_asks(tmp_path: Path) -> None:
    """Six limits in a row, one more than the tries of a question, end in its answer, not in a word of failure."""
    with Bench(tmp_path) as bench:
        bench.slack.limit("chat.postMessage", 1, 6)
        bench.slack.ask(QUESTION)
        bench.quiet()
        (answer,) = bench.slack.answers()
        assert answer["text"] != say("slack-failed")
