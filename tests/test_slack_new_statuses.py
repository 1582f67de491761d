"""New statuses: a thread that cites a paper is told once that it was retracted since, or got an expression of concern."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from announcement_material import (
    CONCERN,
    HIP,
    HIP_PRP,
    JOINT,
    KNEE_JOINT,
    LOOK,
    OTHER,
    Curated,
    said,
    with_status,
)
from bench_material import hip_prp, knee_joint
from old_state import set_back
from slack_answers import STAMP, document_of
from slack_bench import Bench
from slack_rules import budget, problems, walk
from slack_stand_in import SlackStandIn
from state_material import count, file_in, given_of, inbox_in, sql

from assistant.slack import actions
from assistant.slack.budget import BLOCKS, CHARACTERS
from assistant.slack.cited import Place
from assistant.slack.new_statuses import MOST, status_message
from corpus.document import Status


def wait_a_look(bench: Bench) -> None:
    """Let the bot look once more, for what must not come."""
    bench.quiet(4 * LOOK)


def answered(bench: Bench, text: str = KNEE_JOINT, *, channel: str = "C1", direct: bool = False) -> str:
    """The thread of a question that was answered."""
    before = len(bench.slack.answers())
    ask = bench.slack.tell if direct else bench.slack.ask
    ts = ask(text, channel="D1" if direct else channel)
    bench.slack.more_answers(before)
    bench.quiet(0)
    return ts


def words_in(slack: SlackStandIn, thread: str) -> list[dict[str, Any]]:
    """What was posted in a thread after its answer."""
    return [one for one in slack.answers() if one.get("thread_ts") == thread and "since-title" in said(one)]


def test_a_thread_is_told_of_a_retraction_once_over_processes_and_restarts(tmp_path: Path) -> None:
    """Of three threads the two that cite the paper are told once each, with its status before its title; two bots and a restart change nothing."""
    curated = Curated(tmp_path / "library")
    with SlackStandIn() as slack:
        one, two = (curated.bot(tmp_path / "state", slack, changes="") for _ in range(2))
        with one, two:
            channel, direct = answered(one), answered(one, direct=True)
            other = answered(one, HIP_PRP, channel="C2")
            curated.retract()
            slack.wait(lambda: words_in(slack, channel) and words_in(slack, direct))
            one.stop()
            one.start()
            wait_a_look(one)
            (told,) = words_in(slack, channel)
            assert len(words_in(slack, direct)) == 1
            assert words_in(slack, other) == []
        assert "RETRACTED" in told["text"]
        assert f"pubmed.ncbi.nlm.nih.gov/{JOINT}" in said(told)
        assert len(slack.of("chat.postMessage")) == 5
        assert slack.refused == []


def test_what_was_retracted_while_no_bot_ran_is_told_at_the_next_start(tmp_path: Path) -> None:
    """The thread is told at the next start, though the store that answered is no longer kept."""
    curated = Curated(tmp_path / "library", keep=1)
    with SlackStandIn() as slack:
        with curated.bot(tmp_path / "state", slack, changes="") as bench:
            thread = answered(bench)
        curated.grow()
        curated.retract()
        with curated.bot(tmp_path / "state", slack, changes="") as bench:
            slack.wait(lambda: words_in(slack, thread))
            wait_a_look(bench)
        assert len(words_in(slack, thread)) == 1


def test_concern_and_then_retraction_are_told_each_once(tmp_path: Path) -> None:
    """An expression of concern is told, the retraction after it too, and an answer that already showed the status is not."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state", changes="") as bench:
        slack = bench.slack
        thread = answered(bench)
        curated.retract(CONCERN)
        slack.wait(lambda: len(words_in(slack, thread)) == 1)
        assert "EXPRESSION OF CONCERN" in said(words_in(slack, thread)[0])
        late = answered(bench)
        wait_a_look(bench)
        assert words_in(slack, late) == []
        curated.retract()
        slack.wait(lambda: len(words_in(slack, thread)) == 2 and len(words_in(slack, late)) == 1)
        assert "RETRACTED" in said(words_in(slack, thread)[1])
        curated.grow()
        curated.retract()
        wait_a_look(bench)
        assert len(words_in(slack, thread)) == 2


def test_two_papers_of_one_thread_are_told_in_one_message(tmp_path: Path) -> None:
    """Two cited papers that are retracted with one store make one message with both."""
    curated = Curated(tmp_path / "library")
    curated.grow()
    with curated.bot(tmp_path / "state", changes="") as bench:
        thread = answered(bench)
        retraction = "RIN - Synth J. 2021;1:1.\nPT  - Retracted Publication\n"
        both = [with_status(knee_joint(one), retraction) for one in (JOINT, OTHER)]
        curated.index(*both, hip_prp(HIP))
        bench.slack.wait(lambda: words_in(bench.slack, thread))
        wait_a_look(bench)
        (told,) = words_in(bench.slack, thread)
        assert str(JOINT) in said(told)
        assert str(OTHER) in said(told)


@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "is_archived", "thread_not_found"])
def test_a_thread_that_is_gone_is_survived(tmp_path: Path, error: str) -> None:
    """Where one channel refuses, the thread of another is told, and the refusing one is not tried again."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state", changes="") as bench:
        slack = bench.slack
        gone, there = answered(bench, channel="C1"), answered(bench, channel="C2")
        slack.fail("chat.postMessage", error, 3, channel="C1")
        curated.retract()
        slack.wait(lambda: words_in(slack, there) and slack.of(f"chat.postMessage!{error}"))
        wait_a_look(bench)
        tried = len(slack.of(f"chat.postMessage!{error}"))
        wait_a_look(bench)
        assert len(slack.of(f"chat.postMessage!{error}")) == tried <= 3
        assert words_in(slack, gone) == []


def test_being_told_to_wait_and_a_failure_tell_a_thread_once(tmp_path: Path) -> None:
    """After a 429 and an HTTP 500 that posted nothing, the thread is told once."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state", changes="") as bench:
        thread = answered(bench)
        bench.slack.limit("chat.postMessage", 1)
        bench.slack.fail("chat.postMessage", "internal_error", status=500)
        curated.retract()
        bench.slack.wait(lambda: words_in(bench.slack, thread), 20)
        wait_a_look(bench)
        assert len(words_in(bench.slack, thread)) == 1


def test_what_waits_outlives_a_token_that_was_revoked(tmp_path: Path) -> None:
    """Refused because the bot is signed out, the word waits, and is said once the bot is signed in again."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state", changes="") as bench:
        thread = answered(bench)
        bench.slack.fail("chat.postMessage", "token_revoked")
        curated.retract()
        bench.slack.wait(lambda: bench.slack.of("chat.postMessage!token_revoked"))
        wait_a_look(bench)
        assert words_in(bench.slack, thread) == []
        assert bench.bot
        sql(bench.bot.inbox.database, "UPDATE announcements SET not_before = 0 WHERE state = 'waiting'")
        bench.slack.wait(lambda: words_in(bench.slack, thread))


def test_what_only_the_asker_saw_is_told_to_nobody_unless_shared(tmp_path: Path) -> None:
    """A private answer stands in no thread; one that was shared does, and that thread is told."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state", changes="") as bench:
        slack = bench.slack
        for _ in range(2):
            slack.slash(KNEE_JOINT)
        slack.wait(lambda: len(slack.responses) == 2)
        bench.quiet(0)
        nodes = [node for block in slack.responses[0][1]["blocks"] for node in walk(block)]
        share = next(
            dict(node)
            for node in nodes
            if actions.matching(actions.SHARE).match(str(node.get("action_id", "")))
        )
        slack.click(share, {"ts": "1.1", "channel": "C1", "ephemeral": True}).wait()
        slack.wait(slack.answers)
        shared = slack.answers()[0]["ts"]
        wait_a_look(bench)
        curated.retract()
        slack.wait(lambda: words_in(slack, shared))
        wait_a_look(bench)
        assert len(slack.of("chat.postMessage")) == 2


def test_a_deleted_question_and_a_closed_channel_are_not_told(tmp_path: Path) -> None:
    """A thread whose question was deleted, and one in a channel that the settings no longer allow, are told nothing."""
    curated = Curated(tmp_path / "library")
    with SlackStandIn() as slack:
        with curated.bot(tmp_path / "state", slack, changes="") as bench:
            deleted, closed = answered(bench, channel="C1"), answered(bench, channel="C2")
            slack.remove("C1", deleted)
            slack.wait(lambda: len(slack.answers()) == 1)
        curated.retract()
        with curated.bot(tmp_path / "state", slack, changes="", channels=frozenset({"C1"})) as bench:
            wait_a_look(bench)
        assert words_in(slack, deleted) == words_in(slack, closed) == []


def test_a_retraction_taken_back_before_it_was_told_is_not_told(tmp_path: Path) -> None:
    """Where the status is gone again before the thread could be told, nothing is said; where it comes back, it is, once."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state", changes="") as bench:
        slack = bench.slack
        thread = answered(bench)
        slack.limit("chat.postMessage", 2)
        curated.retract()
        slack.wait(lambda: slack.of("chat.postMessage!ratelimited"))
        curated.index(knee_joint(JOINT), hip_prp(HIP))
        bench.quiet(2.5)
        assert words_in(slack, thread) == []
        curated.retract()
        slack.wait(lambda: words_in(slack, thread))


def test_answers_of_before_are_told_too(tmp_path: Path) -> None:
    """In a database of a bot that kept no statuses, what an answer showed is taken over; a retraction since is told."""
    curated = Curated(tmp_path / "library")
    with SlackStandIn() as slack:
        with curated.bot(tmp_path / "state", slack, changes="") as bench:
            thread = answered(bench)
        set_back(file_in(tmp_path / "state"), cited=False)
        inbox = inbox_in(tmp_path / "state")
        places = list(given_of(inbox).cited.places(f"pmid:{JOINT}"))
        assert places == [(Place("C1", thread), "")]
        inbox.close()
        curated.retract()
        with curated.bot(tmp_path / "state", slack, changes=""):
            slack.wait(lambda: words_in(slack, thread))


def test_the_answers_of_long_ago_are_forgotten(tmp_path: Path) -> None:
    """After ninety days an answer is forgotten with all that it cites, and its thread is told nothing."""
    curated = Curated(tmp_path / "library")
    with SlackStandIn() as slack:
        with curated.bot(tmp_path / "state", slack, changes="") as bench:
            thread = answered(bench)
            assert bench.bot
            sql(bench.bot.inbox.database, "UPDATE answers SET given = given - 91 * 24 * 3600")
        curated.retract()
        with curated.bot(tmp_path / "state", slack, changes="") as bench:
            wait_a_look(bench)
            assert bench.bot
            assert count(bench.bot.inbox.database, "citations") == 0
        assert words_in(slack, thread) == []


def test_a_message_of_statuses_always_fits_and_pings_nobody() -> None:
    """Whatever the papers are called, the message is within Slack's limits and ours, in each of its forms."""
    rng = random.Random(5)  # noqa: S311 - repeatable tests need no secrets
    for start in range(0, 400, MOST):
        documents = [document_of(rng, start + number) for number in range(MOST)]
        message = status_message(documents, STAMP)
        for blocks in (message.blocks, message.simpler):
            assert problems(blocks) == []
            assert len(blocks) <= BLOCKS
            assert budget(blocks) <= CHARACTERS
        assert len(message.text) <= 300
        assert "<!" not in message.text + message.plain
        retracted = any(one.status is Status.RETRACTED for one in documents)
        assert ("is not counted" in message.plain) is retracted
