"""The worklist: what people said of answers becomes things to look at, and drafts that `measure` and the gate can read."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from state_material import file_in, given_of, inbox_in

from assistant.errors import AssistantError
from assistant.judging import read_questions
from assistant.slack.given import Given, Verdict
from assistant.worklist import Complaint, drafts, read_complaints, tasks
from corpus.vocabulary import load_vocabulary

PART: dict[str, Any] = {
    "ask": "evidence",
    "facets": {"intervention": ["bone-marrow-concentrate"], "route": ["intravenous"]},
    "assumed": [],
}
SHOWN = (
    {"part": 0, "document": "pmid:90000001", "start": 0, "end": 9, "score": 0.5, "direct": True},
    {"part": 0, "document": "pmid:90000002", "start": 0, "end": 9, "score": 0.4, "direct": False},
    {"part": 1, "document": "pmid:90000003", "start": 0, "end": 9, "score": 0.4, "direct": True},
)


def answer(key: str) -> Given:
    """An answer that was given."""
    return Given(key, "C1", "1.0", "2.0", None, (PART,), SHOWN, "0123456789abcdef")


def said(folder: Path) -> Path:
    """The bot's database, with what three people said."""
    inbox = inbox_in(folder)
    given_answers = given_of(inbox)
    given_answers.judge(
        answer("a"), "U1", Verdict(("wrong-route", "missing"), paper="pmid:90000009"), now=0.0
    )
    given_answers.judge(answer("b"), "U2", Verdict(("wrong-route",), question="iv bmc?"), now=86_400.0)
    given_answers.judge(answer("a"), "U3", Verdict(("outdated",)), now=172_800.0)
    inbox.close()
    return file_in(folder)


def test_what_most_people_said_comes_first(tmp_path: Path) -> None:
    """Complaints of one reason on one reading are one task; words are shown only where the person allowed it."""
    found = tasks(read_complaints(said(tmp_path), load_vocabulary()))
    assert [(task.reason, len(task.complaints)) for task in found] == [
        ("wrong-route", 2),
        ("missing", 1),
        ("outdated", 1),
    ]
    first, second = found[0].complaints
    assert (first.typed, second.typed, second.question) == (False, True, "iv bmc?")
    assert "bone marrow concentrate" in first.question.lower()
    assert (first.shown, first.direct) == (("pmid:90000001", "pmid:90000002"), ("pmid:90000001",))
    assert (first.paper, first.day, second.day) == ("pmid:90000009", "1970-01-01", "1970-01-02")


def test_drafts_are_judged_questions(tmp_path: Path) -> None:
    """What is exported is read as judged questions, each question once, with nothing expected until a curator says so."""
    lines = "\n".join(drafts(read_complaints(said(tmp_path), load_vocabulary())))
    path = tmp_path / "drafts.toml"
    path.write_text(lines, encoding="utf-8")
    judged = read_questions(path)
    assert "iv bmc?" in {one.question for one in judged}
    assert len({one.question for one in judged}) == len(judged) == 2
    assert {(one.outcomes, one.direct) for one in judged} == {((), None)}
    assert "missing: pmid:90000009" in lines


@given(st.text(min_size=1, max_size=60), st.text(max_size=60))
def test_whatever_was_typed_is_sound_toml(
    tmp_path_factory: pytest.TempPathFactory, typed: str, paper: str
) -> None:
    """A question and a paper's id as anyone may type them come back as they were, and end no comment early."""
    one = Complaint(("missing",), typed, True, {}, (), (), paper, "0123456789abcdef", "2026-11-24")
    path = tmp_path_factory.mktemp("drafts") / "drafts.toml"
    path.write_text("\n".join(drafts([one])), encoding="utf-8", errors="replace")
    (judged,) = read_questions(path)
    assert judged.question == typed.encode("utf-8", "replace").decode("utf-8")


def test_no_bot_is_no_work_and_another_file_is_an_error(tmp_path: Path) -> None:
    """Where the bot never ran there is nothing to do; a file that is no database, or another one, is said."""
    names = load_vocabulary()
    assert read_complaints(tmp_path / "absent.sqlite3", names) == ()
    other = tmp_path / "other.sqlite3"
    other.write_bytes(b"this is no database, only some bytes that are long enough to be taken for one" * 20)
    with pytest.raises(AssistantError, match="FIRSTPASS_STATE"):
        read_complaints(other, names)
    empty = tmp_path / "empty.sqlite3"
    sqlite3.connect(empty).close()
    assert read_complaints(empty, names) == ()
