"""Maps: the gap map's picture in the thread of a question, once, described for screen readers; in words where no picture may be posted."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from announcement_material import GAPS, LOOK, Curated, said
from bench_material import bench
from PIL import Image
from slack_bench import Bench
from slack_files import ALT_LONGEST, File
from slack_rules import budget, problems, walk
from slack_stand_in import SlackStandIn
from state_material import sql

from assistant.answering import Answerer
from assistant.map import draw
from assistant.question import read_message
from assistant.slack import actions
from assistant.slack.budget import BLOCKS, CHARACTERS
from assistant.slack.files import ALT
from assistant.slack.maps import map_message, map_picture

COUNT = "how many studies on bone marrow concentrate do you have?"
SHARED = "files.completeUploadExternal"


def wait_a_look(bench: Bench) -> None:
    """Let the bot look once more, for what must not come."""
    bench.quiet(4 * LOOK)


def pictures(slack: SlackStandIn) -> list[dict[str, Any]]:
    """The messages that share a file."""
    return [one for one in slack.answers() if one.get("files")]


def file_of(slack: SlackStandIn, message: dict[str, Any]) -> File:
    """The file that a message shares."""
    return slack.files.held[message["files"][0]["id"]]


def map_button(message: dict[str, Any]) -> dict[str, Any]:
    """The button of an answer that asks for the map."""
    nodes = (node for block in message["blocks"] for node in walk(block))
    return next(
        dict(one) for one in nodes if actions.matching(actions.MAP).match(str(one.get("action_id", "")))
    )


def test_what_is_missing_is_answered_with_the_picture_once(tmp_path: Path) -> None:
    """The question what is missing is answered in words and then with one PNG in the same thread, described, over two bots and a restart."""
    curated = Curated(tmp_path / "library")
    with SlackStandIn() as slack:
        one, two = (curated.bot(tmp_path / "state", slack, changes="") for _ in range(2))
        with one, two:
            ts = slack.ask(GAPS)
            slack.redeliver(2)
            slack.wait(lambda: pictures(slack))
            one.stop()
            one.start()
            wait_a_look(one)
        (picture,) = pictures(slack)
        assert len(slack.of("chat.postMessage")) == 1
        assert picture["thread_ts"] == slack.answers()[0]["thread_ts"] == ts
        assert float(picture["ts"]) > float(slack.answers()[0]["ts"])
        file = file_of(slack, picture)
        assert Image.open(io.BytesIO(file.data)).format == "PNG"
        assert file.name.endswith(".png")
        assert "bone marrow concentrate, knee osteoarthritis: human 1 · animal 0 · in vitro 0." in file.alt
        assert "An empty cell: no study of it in this corpus" in picture["text"]
        assert slack.refused == []


def test_another_question_on_the_corpus_has_a_button_for_its_map(tmp_path: Path) -> None:
    """The button posts the map of what the question names into its thread once; pressed again, by whoever, it says that it is there."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state", changes="") as bench:
        slack = bench.slack
        ts = slack.ask(COUNT)
        slack.wait(slack.answers)
        bench.quiet(0)
        assert pictures(slack) == []
        (answer,) = slack.answers()
        slack.click(map_button(answer), answer).wait()
        slack.wait(lambda: pictures(slack))
        slack.click(map_button(answer), answer, user="U2").wait()
        slack.wait(lambda: slack.of("chat.postEphemeral"))
        wait_a_look(bench)
        (picture,) = pictures(slack)
        assert picture["thread_ts"] == ts
        assert "Inside: bone marrow concentrate." in picture["text"]
        assert "in this thread already" in slack.of("chat.postEphemeral")[0].args["text"]


def test_the_map_of_a_private_answer_goes_to_its_asker_alone(tmp_path: Path) -> None:
    """Nothing follows a private answer by itself; its button sends the map to the person's direct messages."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state", changes="") as bench:
        slack = bench.slack
        slack.slash(GAPS, user="U5")
        slack.wait(lambda: slack.responses)
        wait_a_look(bench)
        assert pictures(slack) == []
        shown = {"ts": "1.1", "channel": "C1", "ephemeral": True}
        slack.click(map_button(slack.responses[0][1]), shown, user="U5").wait()
        slack.wait(lambda: pictures(slack))
        assert slack.of(SHARED)[0].args["channels"] == "U5"
        assert "channel_id" not in slack.of(SHARED)[0].args
        assert "direct messages" in slack.responses[1][1]["text"]
        assert slack.answers("C1") == []


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", SHARED])
def test_without_the_scope_the_map_is_told_in_words(tmp_path: Path, method: str) -> None:
    """Where Slack lets the bot post no file, the thread gets the map in words, once, with what is missing named."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state", changes="") as bench:
        slack = bench.slack
        slack.missing.add(method)
        ts = slack.ask(GAPS)
        slack.wait(lambda: len(slack.answers()) == 2)
        wait_a_look(bench)
        words = slack.answers()[1]
        assert len(slack.answers()) == 2
        assert words["thread_ts"] == ts
        assert "files:write" in said(words)
        assert "platelet-rich plasma, hip osteoarthritis: human 1 · animal 0 · in vitro 0." in said(words)
        assert "Products with 0 studies here: " in said(words)
        assert slack.refused == []


def test_an_upload_that_fails_on_the_way_is_tried_again(tmp_path: Path) -> None:
    """After a 429 for the address, a broken upload and an HTTP 500 for the sharing that shared nothing, the picture comes once."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state", changes="") as bench:
        slack = bench.slack
        slack.limit("files.getUploadURLExternal", 1)
        slack.files.broken = 1
        slack.fail(SHARED, "internal_error", status=500)
        slack.ask(GAPS)
        slack.wait(lambda: pictures(slack), 30)
        wait_a_look(bench)
        assert len(pictures(slack)) == 1
        assert len(slack.of("chat.postMessage")) == 1


def test_an_upload_that_never_arrives_ends_in_words(tmp_path: Path) -> None:
    """Where the bytes are refused again and again, the map is told in words."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state", changes="") as bench:
        bench.slack.files.broken = 99
        bench.slack.ask(GAPS)
        bench.slack.wait(lambda: len(bench.slack.answers()) == 2, 40)
        assert pictures(bench.slack) == []


@pytest.mark.parametrize("readable", [True, False])
def test_a_picture_whose_end_nobody_saw_is_not_posted_again(tmp_path: Path, readable: bool) -> None:
    """A process that died after Slack shared the picture leaves it posted: it is found in the thread by its file."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state", changes="") as bench:
        slack = bench.slack
        slack.ask(GAPS)
        slack.wait(lambda: pictures(slack))
        wait_a_look(bench)
        if not readable:
            slack.missing.add("conversations.replies")
        assert bench.bot
        sql(bench.bot.inbox.database, "UPDATE announcements SET state = 'posting', owner = 'dead'")
        slack.wait(lambda: slack.of("conversations.replies" + ("" if readable else "!missing_scope")))
        wait_a_look(bench)
        assert len(pictures(slack)) == 1


def test_the_map_of_a_deleted_question_is_not_posted(tmp_path: Path) -> None:
    """A question that is deleted before its picture was posted gets none."""
    curated = Curated(tmp_path / "library")
    with curated.bot(tmp_path / "state", changes="") as bench:
        slack = bench.slack
        slack.limit("files.getUploadURLExternal", 2)
        ts = slack.ask(GAPS)
        slack.wait(lambda: slack.of("files.getUploadURLExternal!ratelimited"))
        slack.remove("C1", ts).wait()
        bench.quiet(2.5)
        assert slack.answers() == []


def test_no_word_of_the_question_is_kept_for_its_map(tmp_path: Path) -> None:
    """What is stored for a map holds concepts only: no file of the bot has a word of the question."""
    curated = Curated(tmp_path / "library")
    word = "zyxwvutsrq"
    with curated.bot(tmp_path / "state", changes="") as bench:
        bench.slack.ask(f"{GAPS} {word}")
        bench.slack.wait(bench.slack.answers)
        bench.quiet(1)
        written = str([one.args for one in bench.slack.of(SHARED)])
    files = [path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert files
    assert not any(word.encode() in content for content in files)
    assert word not in written


def test_the_words_and_the_description_always_fit(tmp_path: Path, starter: Answerer) -> None:
    """Of the starter library whole, of a question, and of a library with a hostile name, picture and words are within Slack's limits."""
    sources = starter.sources
    asked = read_message("bone marrow concentrate for knee osteoarthritis?", starter.vocabulary).parts[0]
    folder = tmp_path / "library"
    Curated(folder)
    name = "<!channel> *x* & " + "long " * 400
    (folder / "library.toml").write_text(f'name = "{name}"\n', "utf-8")
    of = bench(folder)
    hostile = Answerer(of, of.open(), of.encoders())
    drawn = [draw(sources.store, starter.vocabulary, sources.stamp, part) for part in (None, asked)]
    drawn.append(draw(hostile.sources.store, hostile.vocabulary, hostile.sources.stamp))
    for one in drawn:
        words, picture = map_message(one), map_picture(one)
        for blocks in (words.blocks, words.simpler):
            assert problems(blocks) == []
            assert len(blocks) <= BLOCKS
            assert budget(blocks) <= CHARACTERS
        assert len(words.text) <= 300
        assert 50 < len(picture.alt) <= ALT == ALT_LONGEST
        assert "<!channel>" not in picture.comment + words.text + words.plain
    assert "Inside: bone marrow concentrate · knee osteoarthritis." in map_picture(drawn[1]).alt
