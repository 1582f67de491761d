"""Delivery: one question, one answer, ever; whatever Slack repeats, refuses or breaks, and whatever dies when."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from slack_bench import Bench
from slack_stand_in import SlackStandIn
from state_material import inbox_in, sql

from assistant.slack.inbox import EDITABLE, FRESH, Inbox
from assistant.slack.incoming import Asked, Way

QUESTION = "is IV BMC for knee OA real?"


def settled(slack: SlackStandIn) -> bool:
    """Whether an answer stands and the status was taken away."""
    return bool(slack.answers()) and slack.statuses()[-1:] == [""]


def asked(ts: str = "1.1", text: str = QUESTION, **more: Any) -> Asked:
    """A question as read from an event."""
    return Asked("T1", "C1", ts, "U1", Way.MENTION, text, (), thread=ts, **more)


def test_everything_that_repeats_a_question_is_answered_once(tmp_path: Path) -> None:
    """A mention's two events, three redeliveries, an edit without a change, an unfurled link and a reply of others make one answer."""
    with Bench(tmp_path) as bench:
        slack = bench.slack
        ts = slack.ask(QUESTION)
        slack.redeliver(3)
        slack.wait(lambda: settled(slack))
        message = slack.find("C1", ts)
        slack.changed("C1", {**message, "reply_count": 1}, message)
        slack.event({**message, "type": "app_mention", "edited": {"user": "U1", "ts": slack.next_ts()}})
        slack.tell("thanks, all", channel="C1", user="U2", thread=ts)
        bench.quiet()
        assert len(slack.of("chat.postMessage")) == 1
        assert slack.of("chat.update") == []
        assert slack.answers()[0]["thread_ts"] == ts
        assert all(one.done.is_set() for one in slack.envelopes.values()), "every envelope is acknowledged"


def test_two_processes_and_a_restart_answer_once(tmp_path: Path) -> None:
    """Two bots over one inbox, each handed one event of a mention's pair, then both started anew and handed it again, answer once."""
    with SlackStandIn() as slack, Bench(tmp_path, slack) as first, Bench(tmp_path, slack) as second:
        for number in range(4):
            slack.ask(f"{QUESTION} {number}")
        slack.wait(lambda: len(slack.answers()) == 4)
        first.stop()
        first.start()
        slack.redeliver(2)
        second.quiet()
        assert len(slack.of("chat.postMessage")) == 4
        assert len({one["thread_ts"] for one in slack.answers()}) == 4


def test_a_question_is_stored_before_it_is_acknowledged(tmp_path: Path) -> None:
    """When the acknowledgement arrives, the question is in the inbox, though no worker has begun."""
    with Bench(tmp_path) as bench:
        bench.answering.seconds = 0.5
        envelope = bench.slack.event(
            {"type": "app_mention", "user": "U1", "text": QUESTION, "ts": "1.5", "channel": "C1"}
        )
        envelope.wait()
        assert bench.bot
        assert bench.bot.inbox.known(asked("1.5").key)


def test_what_a_dead_process_had_taken_is_answered_by_the_next(tmp_path: Path) -> None:
    """A process killed in the middle of a search leaves its question to the next one; one that lives keeps it."""
    script = (
        "import sys, time; from pathlib import Path; sys.path[:0] = [sys.argv[2], sys.argv[2] + '/tests']\n"
        "from state_material import inbox_in; from assistant.slack.incoming import Asked, Way\n"
        "asked = Asked('T1', 'C1', '1.1', 'U1', Way.MENTION, sys.argv[3], (), thread='1.1')\n"
        "inbox = inbox_in(Path(sys.argv[1])); inbox.put(asked, now=time.time()); inbox.take(now=time.time())\n"
        "print('taken', flush=True); time.sleep(60)"
    )
    root = str(Path(__file__).resolve().parents[1])
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path), root, QUESTION], stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"taken\n"
    inbox = inbox_in(tmp_path)
    assert inbox.recover() == 0
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert inbox.recover() == 1
    question = inbox.take(now=time.time())
    assert question
    assert question.text == QUESTION
    inbox.close()


def test_an_answer_posted_by_a_dead_process_is_not_posted_again(tmp_path: Path) -> None:
    """Where a process died after Slack took the answer and before it noted so, the next finds the answer in the thread."""
    with Bench(tmp_path) as bench:
        slack = bench.slack
        slack.ask(QUESTION)
        slack.wait(lambda: settled(slack))
        bench.quiet(0.1)
        assert bench.bot
        sql(
            bench.bot.inbox.database,
            "UPDATE questions SET state = 'waiting', was = 'posting', answer_ts = NULL, text = :text",
            text=QUESTION,
        )
        bench.bot.inbox.arrived.set()
        slack.wait(lambda: slack.of("conversations.replies"))
        bench.quiet(0.2)
        assert len(slack.of("chat.postMessage")) == 1
        assert len(bench.answering.asked) == 1


@pytest.mark.parametrize(("error", "times"), [("invalid_blocks", 1), ("msg_blocks_too_long", 2)])
def test_refused_blocks_are_followed_by_simpler_ones_and_text(tmp_path: Path, error: str, times: int) -> None:
    """Whatever form Slack refuses, one answer arrives, and the citations of all its passages with it."""
    with Bench(tmp_path) as bench:
        bench.slack.fail("chat.postMessage", error, times)
        bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: settled(bench.slack))
        (answer,) = bench.slack.answers()
        assert bool(answer["blocks"]) is (times == 1)
        shown = str(answer["blocks"]) if answer["blocks"] else answer["text"]
        assert "Synthetic record" in shown


def test_a_failure_of_slack_is_tried_again_and_not_doubled(tmp_path: Path) -> None:
    """After an HTTP 500 that posted nothing, the answer arrives at the second try, once."""
    with Bench(tmp_path) as bench:
        bench.slack.fail("chat.postMessage", "internal_error", status=500)
        bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: settled(bench.slack))
        bench.quiet()
        assert len(bench.slack.answers()) == 1


def test_one_channel_told_to_wait_does_not_delay_another(tmp_path: Path) -> None:
    """With one channel told to wait, another is answered first; the first after its wait, once."""
    with Bench(tmp_path, workers=1) as bench:
        slack = bench.slack
        slack.limit("chat.postMessage", 1, channel="C1")
        slack.ask(QUESTION)
        slack.wait(lambda: slack.of("chat.postMessage!ratelimited"))
        slack.ask(QUESTION, channel="C2")
        slack.wait(lambda: len(slack.answers()) == 2)
        told = slack.of("chat.postMessage!ratelimited")[0].at
        posts = {one.args["channel"]: one.at for one in slack.of("chat.postMessage")}
        assert posts["C2"] < posts["C1"]
        assert posts["C1"] - told >= 1


def test_methods_that_slack_denies_do_not_stop_an_answer(tmp_path: Path) -> None:
    """Without any scope but posting, mentions and direct messages are answered, and identifiers still masked."""
    with Bench(tmp_path) as bench:
        bench.slack.missing |= {
            "assistant.threads.setStatus",
            "assistant.threads.setSuggestedPrompts",
            "chat.postEphemeral",
            "conversations.replies",
            "conversations.history",
            "views.publish",
        }
        ts = bench.slack.ask("John Smith, MRN 00123456: IV BMC for knee OA?")
        bench.slack.ask("and for hip OA?", thread=ts)
        bench.slack.tell(QUESTION)
        bench.slack.open_home("home")
        bench.slack.open_home("messages")
        bench.slack.wait(lambda: len(bench.slack.answers()) == 3)


@pytest.mark.parametrize("way", ["success", "exception", "limited", "refused"])
def test_a_status_always_ends(tmp_path: Path, way: str) -> None:
    """The last status written to a thread is empty: after success, exception, 429 and refusal."""
    with Bench(tmp_path) as bench:
        if way == "exception":
            bench.answering.error = RuntimeError("secret words")
        elif way == "limited":
            bench.slack.limit("chat.postMessage", 1)
        elif way == "refused":
            bench.slack.fail("chat.postMessage", "is_archived")
        bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: bench.slack.statuses()[-1:] == [""])
        bench.quiet(0.3)
        assert bench.slack.statuses()[0]
        assert bench.slack.statuses()[-1] == ""


def test_a_failed_answer_is_said_in_one_fixed_sentence(tmp_path: Path) -> None:
    """An exception gives the asker one message that holds no word of it."""
    with Bench(tmp_path) as bench:
        bench.answering.error = RuntimeError("secret words")
        bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: settled(bench.slack))
        (answer,) = bench.slack.answers()
        assert "secret" not in str(answer)
        assert "RuntimeError" not in str(answer)


def test_twenty_questions_in_flight_do_not_delay_a_command(tmp_path: Path) -> None:
    """With twenty slow questions in flight, and Slack itself slow, a slash command is acknowledged before any of the waiting is answered, and all are answered."""
    with Bench(tmp_path) as bench:
        bench.answering.seconds = 0.1
        bench.slack.delays["assistant.threads.setStatus"] = 0.2
        for number in range(20):
            bench.slack.ask(f"{QUESTION} {number}")
        envelope = bench.slack.slash(QUESTION)
        taken = envelope.wait()
        answered = len(bench.slack.answers())
        assert answered < 20
        assert taken < 0.5, "Slack shows an error after three seconds; half a second is the project's promise"
        bench.slack.wait(lambda: len(bench.slack.answers()) == 20 and bench.slack.responses, 30)
        assert any("position" in str(one.args) for one in bench.slack.of("chat.postEphemeral"))


def test_stopping_finishes_what_is_in_hand(tmp_path: Path) -> None:
    """Asked to stop in the middle of a search, the bot answers, once, takes the status away and then stops."""
    with Bench(tmp_path) as bench:
        begun = threading.Event()
        bench.answering.before = begun.set
        bench.answering.seconds = 0.5
        bench.slack.ask(QUESTION)
        assert begun.wait(5)
        bench.stop()
        assert len(bench.slack.answers()) == 1
        assert bench.slack.statuses()[-1] == ""


def test_a_dropped_connection_is_opened_again(tmp_path: Path) -> None:
    """After a broken socket, and after Slack's own word to reconnect, questions are answered."""
    with Bench(tmp_path) as bench:
        bench.slack.drop()
        bench.slack.wait(lambda: bench.slack.sockets == [])
        bench.slack.connected(seconds=20)
        bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: len(bench.slack.answers()) == 1)
        bench.slack.disconnect()
        bench.slack.wait(lambda: len(bench.slack.of("apps.connections.open")) >= 3)
        bench.slack.connected()
        bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: len(bench.slack.answers()) == 2)


def test_direct_messages_missed_while_offline_are_caught_up(tmp_path: Path) -> None:
    """What was written in a known direct channel while the bot was away is answered at its return, once."""
    with Bench(tmp_path) as bench:
        slack = bench.slack
        slack.tell(QUESTION)
        slack.wait(lambda: len(slack.answers()) == 1)
        bench.quiet(0.1)
        bench.stop()
        slack.post_as("U1", "D1", "PRP for hip OA?")
        bench.start()
        slack.wait(lambda: len(slack.answers()) == 2)
        bench.quiet(0.3)
        assert len(slack.of("chat.postMessage")) == 2


def test_what_waited_too_long_is_said_and_not_answered(tmp_path: Path) -> None:
    """A question found after more than ten minutes gets one sentence that asks to ask again."""
    inbox = inbox_in(tmp_path)
    inbox.put(asked(f"{time.time() - FRESH - 60:.6f}"), now=time.time() - FRESH - 60)
    inbox.close()
    with Bench(tmp_path) as bench:
        bench.slack.wait(lambda: len(bench.slack.answers()) == 1)
        bench.quiet(0.2)
        (answer,) = bench.slack.answers()
        assert "again" in answer["text"]
        assert bench.answering.asked == []


def test_the_inbox_forgets_the_text_once_answered(tmp_path: Path) -> None:
    """After the answer no file of the inbox holds a word of the question, not even in what SQLite overwrote."""
    word = "zyxwvutsrq"
    with Bench(tmp_path) as bench:
        bench.slack.ask(f"IV BMC for knee OA {word}?")
        bench.slack.slash(f"PRP {word}?")
        bench.slack.wait(lambda: settled(bench.slack) and bench.slack.responses)
        bench.quiet(0.1)
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not any(word.encode() in content for content in files)


def test_an_edit_counts_once_and_within_its_time_only(tmp_path: Path) -> None:
    """An edit is taken once; the same edit again, one without a change and one after fifteen minutes are not."""
    inbox = inbox_in(tmp_path)
    now = 1000.0
    inbox.put(asked("1.1"), now=now)
    question = inbox.take(now=now)
    assert question
    inbox.done(question, "2.2")
    edit = asked("1.1", "and for hip OA?", edited="3.3")
    assert inbox.edit(edit, now=now + 1)
    assert not inbox.edit(edit, now=now + 1)
    assert not inbox.edit(asked("1.1", "and for hip OA?", edited="4.4"), now=now + 2)
    assert not inbox.edit(asked("1.1", "late", edited="5.5"), now=now + EDITABLE + 1)
    again = inbox.take(now=now + 2)
    assert again
    assert again.answer_ts == "2.2"
    inbox.close()


def test_a_question_is_taken_by_one_worker_only(tmp_path: Path) -> None:
    """Of many threads that take from two inboxes over one file, each question goes to one."""
    inboxes = [inbox_in(tmp_path), inbox_in(tmp_path)]
    for number in range(40):
        inboxes[0].put(asked(f"1.{number:06d}"), now=1.0)
    taken: list[str] = []

    def work(inbox: Inbox) -> None:
        while question := inbox.take(now=2.0):
            taken.append(question.key)
            inbox.done(question, "9.9")

    threads = [threading.Thread(target=work, args=(inbox,)) for inbox in inboxes * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 40
    for inbox in inboxes:
        inbox.close()


def test_only_the_owner_may_read_the_inbox(tmp_path: Path) -> None:
    """The inbox's file is closed to other users of the machine."""
    inbox = inbox_in(tmp_path / "state")
    assert inbox.database.path
    assert inbox.database.path.stat().st_mode & 0o077 == 0
    inbox.close()
