"""Message: the sender's own words, and the questions in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.message import LONGEST_QUESTION, clean, shorten, split
from assistant.privacy import mask, plain


def cleaned(text: str) -> str:
    """The text as `read_message` cleans it."""
    return clean(mask(text).text)


@pytest.mark.parametrize(
    ("typed", "own"),
    [
        ("> is PRP ok?\n> thanks\nwhat about hip?", "what about hip?"),
        ("&gt; old question\nwhat about hip?", "what about hip?"),
        ("what about hip?\n\nOn Mon, someone wrote:\n> PRP for knee?", "what about hip?"),
        ("what about hip?\n\nOn Monday, a colleague of ours in the clinic\nwrote:\nPRP for knee?", "what about hip?"),
        ("what about hip?\n\nFrom: a colleague\nSent: today\nTo: us\nSubject: PRP\n\nPRP for knee?", "what about hip?"),
        ("what about hip?\n-----Original Message-----\nFrom: x\nPRP for knee?", "what about hip?"),
        ("is PRP ok?\n-- \nA. Physician\nSome Clinic", "is PRP ok?"),
        ("is PRP ok?\n\nThanks,\nthe clinic", "is PRP ok?"),
        ("is PRP ok?\nSent from my iPhone", "is PRP ok?"),
        ("is PRP ok?\nCONFIDENTIALITY NOTICE: this e-mail is for its reader", "is PRP ok?"),
        ("<@U012AB3CD> is PRP ok <#C0123|general> <!here>?", "is PRP ok ?"),
        ("is <https://doi.org/10.1186/s1|this paper> ok?", "is this paper ok?"),
        ("*is* _PRP_ ~bad~ `ok`?", "is PRP bad ok?"),
        ("*@channel* is PRP ok? :thinking_face: 🤔👍🏽", "is PRP ok?"),
        ("is\u00a0IV\u200b BMC \u202ereal\u202c for “knee OA”?", 'is IV BMC real for "knee OA"?'),
        ("is PRP &amp; HA ok?", "is PRP & HA ok?"),
        ("* is PRP ok?\n• is HA ok?", "is PRP ok?\nis HA ok?"),
    ],
)  # fmt: skip
def test_only_the_senders_own_words_stay(typed: str, own: str) -> None:
    """Quoted replies, mail headers, signatures, markup, emoji and invisible characters go; the words stay."""
    assert cleaned(typed) == own


@pytest.mark.parametrize(
    "forward",
    [
        "Fwd: is IV BMC for knee OA real?",
        "---------- Forwarded message ---------\nFrom: a colleague\nDate: today\nSubject: question\nTo: us\n\nis IV BMC for knee OA real?",
        "From: a colleague\nTo: us\nSubject: Fwd: question\n\nis IV BMC for knee OA real?",
        "> is IV BMC for knee OA real?",
        "Begin forwarded message:\n\nFrom: a colleague\nSubject: question\n\nis IV BMC for knee OA real?",
    ],
)
def test_a_forward_is_the_message(forward: str) -> None:
    """Where a message only forwards another, the forwarded body is what is asked."""
    assert cleaned(forward) == "is IV BMC for knee OA real?"


@pytest.mark.parametrize(
    "typed",
    [
        "1 . is PRP ok for knee? 2 . is HA ok for hip?",
        "1) is PRP ok for knee? 2) is HA ok for hip?",
        "1. is PRP ok for knee?\n2. is HA ok for hip?",
        "a. is PRP ok for knee? b. is HA ok for hip?",
        "(i) is PRP ok for knee? (ii) is HA ok for hip?",
        "(1) is PRP ok for knee?\n(2) is HA ok for hip?",
        "Q1: is PRP ok for knee? Q2: is HA ok for hip?",
        "is PRP ok for knee? is HA ok for hip?",
        "is PRP ok for knee?\n\nis HA ok for hip?",
    ],
)
def test_questions_are_told_apart_however_they_are_numbered(typed: str) -> None:
    """Two questions are two, and lose their numbers."""
    assert split(typed).questions == ("is PRP ok for knee?", "is HA ok for hip?")


@pytest.mark.parametrize(
    "typed",
    [
        "PRP in Level 1. Phase 2. trials",
        "b.m.a.c. vs i.v. PRP",
        "grade 1 and grade 2 knee OA",
        "HA 1. is that all",
        "PRP 5.2 mL vs 3.1 mL",
    ],
)
def test_levels_and_decimals_are_no_numbered_questions(typed: str) -> None:
    """A level, a grade, a dose or a lone number does not split a message."""
    assert len(split(typed).questions) == 1


def test_a_narrative_before_numbered_questions_is_no_question() -> None:
    """What is told before the first number stands apart from what is asked."""
    message = split(
        "Woman with knee arthritis. Had marrow aspirated. 1 . Was it IV? 2 If so, is it harmful? 3 If so, why"
    )
    assert message.narrative == "Woman with knee arthritis. Had marrow aspirated."
    assert message.questions == ("Was it IV?", "If so, is it harmful?", "If so, why")


def test_emoji_alone_leave_nothing() -> None:
    """Thousands of emoji are no question and no failure."""
    assert cleaned("😀🏽" * 5000) == ""
    assert split("").questions == ()


def test_a_long_question_is_cut_at_a_word() -> None:
    """What goes on to the search is bounded and ends with a whole word."""
    text = "knee " * 500
    assert len(shorten(text)) <= LONGEST_QUESTION
    assert set(shorten(text).split()) == {"knee"}


@given(st.text(max_size=500))
def test_cleaning_and_splitting_never_fail(text: str) -> None:
    """Any text can be cleaned and split, and no question is made of nothing."""
    message = split(clean(plain(text)))
    assert all(question.strip() for question in message.questions)
