"""Notes of changes: a channel is told what a new store changed, once for each store, whatever is started, killed or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from announcement_material import CHANNEL, HIP, JOINT, KNEE_JOINT, LOOK, Behind, Curated, said
from bench_material import hip_prp, knee_joint
from slack_answers import STAMP
from slack_bench import Bench
from slack_rules import budget, problems
from slack_stand_in import SlackStandIn
from state_material import sql

from assistant.diffing import Answers, CountChange, StatusChange, StoreDiff
from assistant.errors import SettingsError
from assistant.slack.budget import BLOCKS, CHARACTERS
from assistant.slack.change_notes import change_message
from assistant.slack.settings import read_settings
from assistant.versions import roll_back
from corpus.vocabulary import load_vocabulary

DIED = "UPDATE announcements SET state = 'posting', owner = 'dead' WHERE about NOT LIKE '%null%'"
"""As a process that died while it posted a note leaves it; the version found first is no note."""


class NoStore:
    """Sources of an empty store."""

    ids: tuple[str, ...] = ()
    stamp = STAMP
    vocabulary = load_vocabulary()

    @property
    def store(self) -> NoStore:
        """The store without a document."""
        return self


def wait_a_look(bench: Bench) -> None:
    """Let the bot look once more, for what must not come."""
    bench.quiet(4 * LOOK)


def test_a_new_store_is_told_once_over_processes_and_restarts(tmp_path: Path) -> None:
    """With two bots over one state folder and a restart, each version is told once, the first one found not at all; no question is in it."""
    curated = Curated(tmp_path / "library")
    with SlackStandIn() as slack:
        one, two = (curated.bot(tmp_path / "state", slack) for _ in range(2))
        with one, two:
            wait_a_look(one)
            assert slack.answers() == []
            version = curated.grow()
            slack.wait(lambda: len(slack.answers(CHANNEL)) == 1)
            one.stop()
            one.start()
            wait_a_look(one)
            (note,) = slack.answers(CHANNEL)
        assert version[:8] in said(note)
        assert "Documents: 1 added" in said(note)
        assert "1 of 1 judged questions" in said(note)
        assert KNEE_JOINT not in said(note)
        assert slack.refused == []


def test_a_store_published_while_the_bot_was_away_is_told_at_its_start(tmp_path: Path) -> None:
    """What was published while no bot ran is told by the next, from the store that was told last."""
    curated = Curated(tmp_path / "library")
    with SlackStandIn() as slack:
        bench = curated.bot(tmp_path / "state", slack)
        with bench:
            wait_a_look(bench)
        curated.grow()
        curated.retract()
        with curated.bot(tmp_path / "state", slack):
            slack.wait(lambda: slack.answers(CHANNEL))
        (note,) = slack.answers(CHANNEL)
        assert "RETRACTED" in said(note)
        assert "Documents: 0 added" in said(note)


def test_a_process_that_is_behind_tells_nothing_wrong(tmp_path: Path) -> None:
    """Beside a bot that keeps the old store, one that takes the new one tells channel and thread, each once, and nothing is called served again."""
    curated = Curated(tmp_path / "library")
    with SlackStandIn() as slack:
        state = tmp_path / "state"
        one, behind = curated.bot(state, slack), curated.bot(state, slack, answering=Behind)
        with one, behind:
            thread = slack.ask(KNEE_JOINT)
            slack.wait(slack.answers)
            wait_a_look(one)
            curated.retract()
            slack.wait(lambda: len(slack.answers()) == 3, 40)
            wait_a_look(one)
        assert sorted(one.get("thread_ts", "") for one in slack.answers()) == ["", thread, thread]
        assert "is served again" not in said(slack.answers(CHANNEL)[0])


def test_going_back_is_told_as_that_and_once(tmp_path: Path) -> None:
    """A rollback is told as a store that is served again; its version's note is not told a second time."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state") as bench:
        wait_a_look(bench)
        curated.grow()
        bench.slack.wait(lambda: len(bench.slack.answers(CHANNEL)) == 1)
        roll_back(curated.of, None)
        bench.slack.wait(lambda: len(bench.slack.answers(CHANNEL)) == 2)
        wait_a_look(bench)
        assert len(bench.slack.answers(CHANNEL)) == 2
        assert "is served again" in said(bench.slack.answers(CHANNEL)[1])


def test_a_store_that_is_no_longer_kept_is_said_so(tmp_path: Path) -> None:
    """Where the store told last was removed, the note says that what changed cannot be listed."""
    curated = Curated(tmp_path / "library", keep=1)
    with SlackStandIn() as slack:
        with curated.bot(tmp_path / "state", slack) as bench:
            wait_a_look(bench)
        curated.grow()
        with curated.bot(tmp_path / "state", slack):
            slack.wait(lambda: slack.answers(CHANNEL))
        assert "can no longer be read" in said(slack.answers(CHANNEL)[0])


def test_nothing_is_told_unless_set(tmp_path: Path) -> None:
    """Without a channel in the settings no store is told of."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state", changes="") as bench:
        wait_a_look(bench)
        curated.grow()
        wait_a_look(bench)
        assert bench.slack.of("chat.postMessage") == []


@pytest.mark.parametrize("error", ["not_in_channel", "channel_not_found"])
def test_a_channel_that_refuses_is_survived(tmp_path: Path, error: str) -> None:
    """Where the bot may not write in the channel, it tries once, answers on, and tells the next version."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state") as bench:
        slack = bench.slack
        wait_a_look(bench)
        slack.fail("chat.postMessage", error, channel=CHANNEL)
        curated.grow()
        slack.wait(lambda: slack.of(f"chat.postMessage!{error}"))
        slack.ask(KNEE_JOINT)
        slack.wait(lambda: slack.answers("C1"))
        wait_a_look(bench)
        assert slack.answers(CHANNEL) == []
        curated.index(knee_joint(JOINT), hip_prp(HIP), hip_prp(90000007))
        slack.wait(lambda: len(slack.answers(CHANNEL)) == 1)


def test_being_told_to_wait_and_a_failure_of_slack_tell_it_once(tmp_path: Path) -> None:
    """After a 429 and an HTTP 500 that posted nothing, the note arrives once."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state") as bench:
        slack = bench.slack
        wait_a_look(bench)
        slack.limit("chat.postMessage", 1, channel=CHANNEL)
        slack.fail("chat.postMessage", "internal_error", status=500, channel=CHANNEL)
        curated.grow()
        slack.wait(lambda: slack.answers(CHANNEL), 20)
        wait_a_look(bench)
        assert len(slack.answers(CHANNEL)) == 1


@pytest.mark.parametrize("readable", [True, False])
def test_a_note_whose_end_nobody_saw_is_not_told_again(tmp_path: Path, readable: bool) -> None:
    """A process that died after Slack took the note leaves it told, whether the channel can be read or not."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state") as bench:
        slack = bench.slack
        wait_a_look(bench)
        curated.grow()
        slack.wait(lambda: slack.answers(CHANNEL))
        wait_a_look(bench)
        if not readable:
            slack.missing.add("conversations.history")
        assert bench.bot
        sql(bench.bot.inbox.database, DIED)
        slack.wait(lambda: slack.of("conversations.history" + ("" if readable else "!missing_scope")))
        wait_a_look(bench)
        assert len(slack.of("chat.postMessage")) == 1


def test_a_note_that_never_left_is_told(tmp_path: Path) -> None:
    """A note that a process was about to post when it died, and that is not in the channel, is posted by the next."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state") as bench:
        slack = bench.slack
        wait_a_look(bench)
        curated.grow()
        slack.wait(lambda: slack.answers(CHANNEL))
        wait_a_look(bench)
        slack.messages[CHANNEL].clear()
        assert bench.bot
        sql(bench.bot.inbox.database, DIED)
        slack.wait(lambda: slack.answers(CHANNEL))


def hostile(words: str) -> StoreDiff:
    """A diff with more of everything than a message should show, in these words."""
    return StoreDiff(
        before="a" * 16,
        after="b" * 16,
        built_with=("model",),
        added=(),
        removed=(),
        changed=(),
        rechecked=0,
        labels=(),
        statuses=tuple(StatusChange(f"pmid:{number:08d}", words, None, "retracted") for number in range(40)),
        counts=tuple(CountChange("human", words[:40], number, number + 1) for number in range(40)),
        studies=(1, 2),
        answers=Answers(),
    )


@pytest.mark.parametrize("words", ["<!channel> *b* & `c` " * 400, "骨髄" * 4000, "x" * 9000])
def test_a_note_always_fits_and_pings_nobody(words: str) -> None:
    """Whatever changed, the note is within Slack's limits and ours, in each of its forms, and nothing of a source is markup."""
    note = change_message("first", hostile(words), "a" * 16, NoStore())  # type: ignore[arg-type]  # what the note asks of sources
    for blocks in (note.blocks, note.simpler):
        assert problems(blocks) == []
        assert len(blocks) <= BLOCKS
        assert budget(blocks) <= CHARACTERS
    assert len(note.text) <= 300
    assert "<!channel>" not in note.text + note.plain


TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


def test_the_channel_is_a_setting() -> None:
    """The channel's id is read from the environment; none by default, and a name is refused with what to do."""

    def read(value: str) -> str:
        return read_settings({**TOKENS, "FIRSTPASS_CHANGES_CHANNEL": value}).changes

    assert (read(""), read(" C0123ABC ")) == ("", "C0123ABC")
    with pytest.raises(SettingsError, match="id"):
        read("#general")
