"""Claims about the stored text and its sections."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.document import SectionKind
from corpus.text import Part, clean, compose, decode, slug, true_nature

PIECES = st.sampled_from(
    [
        "Cells were given. ",
        "© 2019 Wiley. ",
        "(Funded by the NIH.) ",
        "All rights reserved. ",
        "\n",
        "  ",
        "Pain fell by 30%. ",
        "\u00a0",
        "Ärzte; 5 µm… ",
        "\x00",
        "e.g. knees ",
    ]
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=8).map("".join))
PARTS = st.builds(
    Part,
    text=TEXTS,
    kind=st.sampled_from(SectionKind),
    label=st.none() | st.sampled_from(["RESULTS", "FUNDING"]) | st.text(max_size=8),
    under=st.none() | st.just("References"),
)


@given(title=TEXTS, parts=st.lists(PARTS, max_size=5))
def test_sections_cover_the_stored_text(title: str, parts: list[Part]) -> None:
    """Sections are in order, never overlap, never empty, and leave only white space between them."""
    text, sections = compose(title, parts)
    at = 0
    for section in sections:
        assert at <= section.start < section.end <= len(text)
        assert not text[at : section.start].strip()
        at = section.end
    assert not text[at:].strip()
    assert text.encode("utf-8").decode("utf-8") == text


@given(parts=st.lists(PARTS, max_size=5))
def test_nothing_of_the_parts_is_lost(parts: list[Part]) -> None:
    """Outside title and headings, the sections hold every non-blank character of the parts, in order."""
    bodies = [part for part in parts if part.kind in (SectionKind.BODY, SectionKind.BOILERPLATE)]
    text, sections = compose("T", bodies)
    kept = "".join(
        text[s.start : s.end] for s in sections if s.kind in (SectionKind.BODY, SectionKind.BOILERPLATE)
    )
    given_ = "".join(clean(part.text) for part in bodies)
    assert "".join(kept.split()) == "".join(given_.split())


def test_the_title_comes_first_and_one_newline_follows() -> None:
    """The stored text is title, newline, body, so that spans into "title + newline + abstract" fit."""
    text, sections = compose("A  title\nof two lines", [Part("Body.")])
    assert text == "A title of two lines\nBody."
    assert [section.kind for section in sections] == [SectionKind.TITLE, SectionKind.BODY]


def test_a_label_is_printed_and_a_heading_above_is_only_recorded() -> None:
    """`label` is written before the text as PubMed prints it; `under` names the section without printing it."""
    text, sections = compose("T", [Part("Pain fell.", label="RESULTS"), Part("It rose.", under="Discussion")])
    assert text == "T\nRESULTS: Pain fell.\nIt rose."
    assert [(s.kind, s.label) for s in sections[1:]] == [
        (SectionKind.HEADING, None),
        (SectionKind.BODY, "RESULTS"),
        (SectionKind.BODY, "Discussion"),
    ]


def test_a_part_labelled_as_funding_is_boilerplate_as_a_whole() -> None:
    """A label of an abstract that names boilerplate governs its whole text."""
    _, sections = compose("T", [Part("The Synthetic Fund. It paid.", label="FUNDING")])
    assert [section.kind for section in sections][1:] == [SectionKind.HEADING, SectionKind.BOILERPLATE]


@given(st.text())
def test_clean_text_is_stable_and_without_controls(text: str) -> None:
    """Cleaning twice changes nothing, and no control character but newline and tab is left."""
    once = clean(text)
    assert clean(once) == once
    assert not any(ord(character) < 32 and character not in "\n\t" for character in once)
    assert len(once.split("\n")) == len(once.splitlines()) or not once


def test_encodings_are_read_as_they_are() -> None:
    """UTF-8 with and without mark, UTF-16 with its mark, a declared encoding and Windows-1252 give the same words."""
    words = "café – 5 µm"  # noqa: RUF001 - the en dash is what Windows-1252 is told by
    assert decode(words.encode("utf-8")) == (words, "utf-8")
    assert decode(words.encode("utf-8-sig")) == (words, "utf-8")
    assert decode(words.encode("utf-16"))[0] == words
    assert decode(words.encode("cp1252")) == (words, "cp1252")
    assert decode("жизнь".encode("koi8-r"), declared="KOI8-R") == ("жизнь", "koi8-r")
    assert decode(words.encode("cp1252"), declared="iso-8859-1") == (words, "cp1252")
    assert decode(words.encode("cp1252"), declared="no-such-thing") == (words, "cp1252")


@given(
    st.binary(max_size=60),
    st.none() | st.sampled_from(["hex", "zlib", "utf-16", "idna", "punycode", "utf-7"]),
)
def test_any_bytes_decode(content: bytes, declared: str | None) -> None:
    """Whatever the bytes and whatever is declared, there is a text."""
    assert isinstance(decode(content, declared=declared)[0], str)


def test_slugs_are_words_of_the_file_name() -> None:
    """A slug drops folder and ending, keeps letters of every script, and is never empty."""
    assert slug("posts/Is IV Cell Therapy a Good Idea?.md") == "is-iv-cell-therapy-a-good-idea"
    assert slug("2019.06.study.v2.pdf") == "2019-06-study-v2"
    assert slug("حبيبي.pdf") != slug("سلام.pdf")
    assert slug("???.txt") == "unnamed"


def test_first_bytes_tell_the_true_nature() -> None:
    """What a file is stands in its first bytes, whatever its name says."""
    assert true_nature(b"%PDF-1.4 ...") == "a PDF"
    assert true_nature(b"\xef\xbb\xbf\n<!DOCTYPE html><html>") == "a web page"
    assert true_nature(b"PMID- 1\n") == "a MEDLINE file"
    assert true_nature(b"Plain words") is None
