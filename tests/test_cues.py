"""Cues: the phrases of the rule files mean what their five signs say, and nothing in a rule file is read in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.appraisal_measure import case, document_of, tally
from corpus.cues import READ_AT_MOST, cues, matches, phrase, read
from corpus.document import Document, Section, SectionKind
from corpus.errors import VocabularyError


def _holds(written: str, text: str) -> bool:
    one = phrase(written)
    found = one.pattern.search(text)
    assert found is None or read(document_of("file:a", "", text)).may_hold(one)
    return found is not None


def _found(row: Mapping[str, object], document: Document) -> list[str]:
    (cue,) = cues([{"gives": "x", **row}], {})
    return [document.text[slice(*span)] for span in matches(read(document), cue)]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("case report", "a case-report of"),
        ("randomi(s|z)ed", "were randomized to"),
        ("# .. patients", "forty-four obese male patients"),
        ("# patients", "1,204 patients"),
        ("random*", "randomisation"),
        ("patients?", "one patient"),
        ("(the )?case", "case"),
        ("level (iv|4)(,|;)? .. series", "level iv, a case series"),
    ],
)
def test_what_a_phrase_finds(written: str, text: str) -> None:
    """Hyphens, endings, numbers in words and short gaps are found as the signs say."""
    assert _holds(written, text)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("rat", "rate of ratios"),
        ("case report", "case reports"),
        ("# patients", "many patients"),
        ("# .. patients", "12 very old and rather obese patients"),
        ("# .. patients", "at 12. All patients"),
    ],
)
def test_what_a_phrase_does_not_find(written: str, text: str) -> None:
    """Parts of words, long gaps and the next sentence are not found."""
    assert not _holds(written, text)


@pytest.mark.parametrize("written", ["level [ab]", "(a|b", "a\\b", "x{2}", " "])
def test_a_phrase_that_cannot_be_read_is_refused(written: str) -> None:
    """Other signs than the five are refused with the phrase named, not read as words that never match."""
    with pytest.raises(VocabularyError, match="cannot be read"):
        phrase(written)


def test_what_cancels_stands_in_the_same_sentence() -> None:
    """`unless` cancels in its own sentence only, `never_with` anywhere, and `only_with` must stand somewhere."""
    document = document_of("file:a", "Synthetic title", "A gel trial is needed. A gel trial was done.")
    row = {"words": ["gel trial"]}
    assert len(_found(row, document)) == 2
    assert len(_found({**row, "unless": ["is needed"]}, document)) == 1
    assert _found({**row, "never_with": ["is needed"]}, document) == []
    assert _found({**row, "only_with": [["rats"]]}, document) == []
    assert len(_found({**row, "only_with": [["done"], ["needed"]]}, document)) == 2


def test_where_a_rule_counts() -> None:
    """A rule for the title finds nothing in the body, and the other way round."""
    document = document_of("file:a", "Gel trial", "Nothing else.")
    assert _found({"words": ["gel trial"], "where": "title"}, document) == ["Gel trial"]
    assert _found({"words": ["gel trial"], "where": "body"}, document) == []


def test_sentences_end_where_abstracts_glue_them() -> None:
    """A full stop without a space ends a sentence; "vs." and "e.g." do not."""
    reading = read(document_of("file:a", "T", "Pain fell.Gel vs. Saline was used. Next."))
    pieces = [reading.text[a:b] for a, b in zip(reading.starts, [*reading.starts[1:], None], strict=True)]
    assert [piece.strip() for piece in pieces] == ["T", "Pain fell.", "Gel vs. Saline was used.", "Next."]


def test_boilerplate_and_what_follows_an_abstract_are_not_read() -> None:
    """Boilerplate sections and a full paper's later pages give no cue."""
    text = "Synthetic title\nGel trial." + " x" * READ_AT_MOST + " late trial"
    document = document_of("file:a", "Synthetic title", text.partition("\n")[2])
    assert _found({"words": ["late trial"]}, document) == []
    hidden = replace(document, sections=(Section(SectionKind.BOILERPLATE, 16, 26),))
    assert _found({"words": ["gel trial"]}, hidden) == []


@given(st.text(max_size=300))
def test_a_reading_keeps_every_offset(text: str) -> None:
    """Lower case never moves a character, whatever the alphabet, and sentences cover the text."""
    document = document_of("file:a", "T", text)
    reading = read(document)
    assert len(reading.lower) == len(document.text)
    assert reading.starts == sorted(reading.starts)
    for at in range(0, len(document.text), 7):
        start, end = reading.sentence(at)
        assert start <= at < end


def test_a_tally_counts_values_not_abstentions() -> None:
    """An unstated label is a miss in recall and costs no precision; a wrong value costs both."""
    figures = tally(
        [
            case("1", "T", ["rct"], ["rct"]),
            case("2", "T", ["rct"], ["not-stated"]),
            case("3", "T", ["cohort"], ["rct"]),
        ]
    )
    assert figures.precision == 0.5
    assert figures.recall == pytest.approx(1 / 3)
    assert figures.exact == 1
    assert [one.id for one in figures.misses] == ["2", "3"]
    assert ("rct", "not-stated", 1) in figures.confusion
