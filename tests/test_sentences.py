"""Sentences: exact spans of biomedical English, of bullets and of other scripts."""

# ruff: noqa: RUF001 - marks stand here as sources print them
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import sentences


def parts(text: str) -> list[str]:
    """The sentences themselves."""
    return [text[start:end] for start, end in sentences.spans(text)]


@pytest.mark.parametrize(
    "whole",
    [
        "Smith et al. reported i.v. use vs. placebo.",
        "See Fig. 1, Figs. 2 and 3 and No. 3 of Vol. 12.",
        "Dr. J. A. Smith gave 1.5 mL of it.",
        "Cells, e.g. MSCs, i.e. cultured ones, were used at p < 0.05 in 12.5% of them.",
        "E. coli and S. aureus grew in approx. 3 wk.",
        "It was posted on ClinicalTrials.gov and www.example.com/a.B then.",
        "A dose of 0.05 mg (range, 0.01-0.1 mg) was given p.o. to each.",
        "Jan. 5 was the first day of St. Mary's trial.",
        "In the U.S. Government database it was missing.",
        "1. Introduction of the needle.",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(whole: str) -> None:
    """Abbreviations, initials, decimals, addresses and enumerators go on."""
    assert parts(whole) == [whole]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The difference was small (p = 0.05).", "It did not last."),
        ("The level fell to 0.05.", "12 patients left."),
        ("It was given i.v.", "The rest was frozen."),
        ("Patients took vitamin D.", "Pain was scored weekly."),
        ("It was measured in all.", "mRNA rose."),
        ("Expression was studied.", "p53 was low."),
        ("This was known.[12, 13]", "We asked again."),
        ("Is it real?", "No one knows."),
        ('He called it "good."', "She did not."),
        ("Reported by Smith et al.", "The others did not."),
        ("Cells were counted.", "(See the appendix for how.)"),
    ],
)
def test_a_stop_at_the_end_of_a_sentence_ends_it(first: str, second: str) -> None:
    """What begins anew begins a sentence, also after an abbreviation, a number, a letter or a reference mark."""
    assert parts(f"{first} {second}") == [first, second]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Pain was scored on imaging (MRI).", "Seventy-eight patients had it."),
        ("We injected the knee.", "MSCs were found."),
        ("It fell by 12%.", "The others rose."),
    ],
)
def test_sentences_glued_together_are_told_apart(first: str, second: str) -> None:
    """A stop directly before a capital word ends a sentence: sections are often joined without a space."""
    assert parts(first + second) == [first, second]


def test_a_name_glued_to_its_initial_stays_whole() -> None:
    """An initial directly before a name is no end."""
    assert parts("Reported by J.Smith and C.J.Miller in one paper.") == [
        "Reported by J.Smith and C.J.Miller in one paper."
    ]


def test_bullets_and_blank_lines_end_sentences() -> None:
    """Each bullet is a sentence of its own, and so is a heading above a blank line."""
    text = "Two things matter:\n- the route\n- the dose\n\n1. First step\n2. Second step\n\nA heading\n\nThe body."
    assert parts(text) == [
        "Two things matter:",
        "- the route",
        "- the dose",
        "1. First step",
        "2. Second step",
        "A heading",
        "The body.",
    ]


def test_a_wrapped_line_goes_on() -> None:
    """A line break that a printer set inside a sentence does not end it, nor one after a comma."""
    text = "Cells were taken from the iliac crest of each of the\nBMC group, then concentrated,\nThen injected. Next."
    assert parts(text) == [
        "Cells were taken from the iliac crest of each of the\nBMC group, then concentrated,\nThen injected.",
        "Next.",
    ]


def test_stops_of_chinese_and_japanese_end_sentences() -> None:
    """Full-width stops end a sentence without a space after them."""
    assert parts("患者は治療を受けた。効果はあった!次。「はい。」終。") == [
        "患者は治療を受けた。",
        "効果はあった!次。",
        "「はい。」",
        "終。",
    ]


@given(
    st.text(alphabet=st.one_of(st.sampled_from(".!?。\n -•()[]\"'’aAbB1 \u00a0\u3000et.vs"), st.characters()))
)
def test_spans_cover_all_ink_in_order(text: str) -> None:
    """Spans are in order, never overlap, begin and end with ink, and leave nothing but white space between them."""
    found = sentences.spans(text)
    edges = [0, *(edge for span in found for edge in span), len(text)]
    assert edges == sorted(edges)
    assert all(text[start:end] and text[start:end] == text[start:end].strip() for start, end in found)
    assert not "".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)).strip()


def test_a_long_text_without_ends_takes_time_in_proportion() -> None:
    """A hundred thousand stops that end nothing are read without looking back over the whole each time."""
    assert len(parts("e.g. " * 100_000)) == 1
