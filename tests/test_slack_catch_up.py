"""Catching up: what Slack gave up on is found where it was asked, once, and nothing else is taken for a question."""

from __future__ import annotations

import time
from pathlib import Path

from slack_bench import Bench
from slack_stand_in import BOT, SlackStandIn

from assistant.slack.catch_up import CHANNELS, CatchUp

QUESTION = "is IV BMC for knee OA real?"
MENTION = f"<@{BOT}> PRP for hip OA?"


def known(bench: Bench) -> tuple[str, str]:
    """Ask in a channel and directly, so that the bot knows both; the ts of both questions."""
    slack = bench.slack
    settle(bench)
    mention, direct = slack.ask(QUESTION), slack.tell(QUESTION)
    slack.wait(lambda: len(slack.answers()) == 2)
    bench.quiet(0.1)
    return mention, direct


def settle(bench: Bench) -> None:
    """Wait for the bot's own look at its start, which finds nothing yet."""
    bench.slack.wait(lambda: bench.slack.of("users.conversations"))
    bench.quiet(0.2)


def look_of(bench: Bench, again: float = 60.0) -> CatchUp:
    """Another look of the same bot, at which a test decides when it is due."""
    assert bench.bot
    (desk,) = bench.bot.desks.every()
    look = CatchUp(desk.parts, desk.intake, desk.installed.team, again=again)
    look.connected()
    return look


def wait_for(look: CatchUp) -> None:
    """Wait until a look is due."""
    until = time.monotonic() + 10
    while not look.due and time.monotonic() < until:
        time.sleep(0.02)


def threads_of(slack: SlackStandIn, channel: str) -> list[str]:
    """Where the bot's answers in a channel stand, in order."""
    return [one["thread_ts"] for one in slack.answers(channel)]


def test_what_slack_gave_up_on_is_answered_wherever_it_was_asked(tmp_path: Path) -> None:
    """Missed while away: a follow-up in a direct thread, a mention, one in a thread of others, and one in a thread with an answer."""
    with Bench(tmp_path) as bench:
        slack = bench.slack
        mention, direct = known(bench)
        bench.stop()
        slack.post_as("U1", "D1", "and in hip OA?", direct)
        alone = slack.post_as("U2", "C1", MENTION)
        others = slack.post_as("U2", "C1", "who knows more about this?")
        slack.post_as("U3", "C1", MENTION, others)
        slack.post_as("U1", "C1", MENTION, mention)
        bench.start()
        slack.wait(lambda: len(slack.answers()) == 6)
        bench.quiet(0.3)
        assert threads_of(slack, "D1") == [direct, direct]
        assert sorted(threads_of(slack, "C1")) == sorted([mention, mention, alone, others])
        assert len(slack.of("chat.postMessage")) == 6


def test_a_follow_up_is_found_above_one_that_was_answered(tmp_path: Path) -> None:
    """A thread whose last reply is the bot's is read too where it has more replies than the bot knows of."""
    with Bench(tmp_path) as bench:
        slack = bench.slack
        _, direct = known(bench)
        slack.post_as("U1", "D1", "and in hip OA?", direct)
        slack.tell("and PRP?", thread=direct)
        slack.wait(lambda: len(slack.answers()) == 3)
        bench.quiet(0.1)
        look_of(bench).run()
        slack.wait(lambda: len(slack.answers()) == 4)
        assert threads_of(slack, "D1") == [direct] * 3


def test_a_first_direct_message_is_found_where_slack_lists_it(tmp_path: Path) -> None:
    """Whoever wrote for the first time while the bot was away is answered; without the scope to list direct channels the rest is."""
    with Bench(tmp_path) as bench:
        slack = bench.slack
        settle(bench)
        slack.tell(QUESTION)
        slack.wait(lambda: len(slack.answers()) == 1)
        bench.quiet(0.1)
        slack.post_as("U2", "D2", QUESTION)
        look = look_of(bench)
        look.run()
        slack.wait(lambda: len(slack.answers("D2")) == 1)
        slack.missing.add("users.conversations")
        slack.post_as("U3", "D3", QUESTION)
        slack.post_as("U1", "D1", "PRP for hip OA?")
        for _ in range(2):
            look.connected()
            look.run()
        slack.wait(lambda: len(slack.answers("D1")) == 2)
        assert slack.answers("D3") == []
        assert len(slack.of("users.conversations!missing_scope")) == 1


def test_what_is_known_is_not_read_again(tmp_path: Path) -> None:
    """Where all was answered, a look asks for each channel once and for no thread."""
    with Bench(tmp_path) as bench:
        known(bench)
        before = len(bench.slack.of("conversations.history"))
        look_of(bench).run()
        assert len(bench.slack.of("conversations.history")) == before + 2
        assert bench.slack.of("conversations.replies") == []


def test_talk_among_others_is_no_question(tmp_path: Path) -> None:
    """What people say to each other, and what a person of another organisation asks, stays unanswered as it does when Slack sends it."""
    with Bench(tmp_path) as bench:
        slack = bench.slack
        mention, _ = known(bench)
        slack.post_as("U2", "C1", "lunch?")
        slack.post_as("U2", "C1", "thanks, all", mention)
        ts = slack.post_as("U9", "C1", MENTION)
        slack.find("C1", ts)["user_team"] = "T2"
        look_of(bench).run()
        bench.quiet(0.3)
        assert len(slack.answers()) == 2


def test_a_channel_that_may_not_be_read_is_asked_for_once(tmp_path: Path) -> None:
    """Without the scope to read channels the rest is looked through, and none is asked for again at the next look."""
    with Bench(tmp_path) as bench:
        slack = bench.slack
        known(bench)
        slack.fail("conversations.history", "missing_scope", 99, channel="C1")
        slack.post_as("U1", "D1", "PRP for hip OA?")
        look = look_of(bench)
        look.run()
        slack.wait(lambda: len(slack.answers()) == 3)
        look.connected()
        look.run()
        assert len(slack.of("conversations.history!missing_scope")) == 1


def test_a_look_goes_on_where_slack_asked_to_wait(tmp_path: Path) -> None:
    """A limit in the middle of a look puts off the rest, which is found once it is due."""
    with Bench(tmp_path) as bench:
        slack = bench.slack
        known(bench)
        slack.limit("conversations.history", 1, channel="C1")
        slack.post_as("U1", "C1", MENTION)
        slack.post_as("U1", "D1", "PRP for hip OA?")
        look = look_of(bench)
        look.run()
        slack.wait(lambda: len(slack.answers()) == 3)
        assert not look.due
        wait_for(look)
        look.run()
        slack.wait(lambda: len(slack.answers()) == 4)
        assert len(slack.of("conversations.history!ratelimited")) == 1


def test_each_connection_is_followed_by_a_second_look(tmp_path: Path) -> None:
    """What went to a dead connection after the first look, and was then given up, is found by the next; then no look is due."""
    with Bench(tmp_path) as bench:
        slack = bench.slack
        known(bench)
        look = look_of(bench, again=0.2)
        look.run()
        slack.post_as("U1", "C1", MENTION)
        assert not look.due
        wait_for(look)
        look.run()
        slack.wait(lambda: len(slack.answers()) == 3)
        time.sleep(0.3)
        assert not look.due


def test_a_broken_connection_is_looked_back_over(tmp_path: Path) -> None:
    """A mention written while no connection stood is answered at the next, without a try of Slack's."""
    with Bench(tmp_path) as bench:
        slack = bench.slack
        known(bench)
        slack.post_as("U1", "C1", MENTION)
        slack.drop()
        slack.wait(lambda: len(slack.answers()) == 3, 30)


def test_the_channels_spoken_in_last_are_looked_through(tmp_path: Path) -> None:
    """Of many channels those with the latest questions come first, and no more than a bound of either kind are asked for."""
    with Bench(tmp_path) as bench:
        assert bench.bot
        (desk,) = bench.bot.desks.every()
        inbox = desk.parts.inbox
        settle(bench)
        for number in range(CHANNELS + 5):
            body = {"type": "message", "user": "U1", "text": MENTION, "ts": f"1.{number:06d}"}
            _, taken = desk.intake.event({"event": {**body, "channel": f"C{number:03d}"}})
            assert taken == "stored"
        found = inbox.mentioned_in(since=0)
        assert found[0] == f"C{CHANNELS + 4:03d}"
        assert len(found) == CHANNELS + 5
        before = len(bench.slack.calls)
        look_of(bench).run()
        read = [one for one in bench.slack.calls[before:] if one.method == "conversations.history"]
        assert len(read) == CHANNELS
