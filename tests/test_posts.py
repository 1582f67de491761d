"""Claims about reading posts in Markdown and plain text."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import CuratorWord, Document, Kind, SectionKind, Status
from corpus.errors import UnreadableError
from corpus.posts import read_post


def read(text: str, name: str = "a-post.md") -> Document:
    """The document of a post given as text."""
    return read_post(text.encode("utf-8"), name=name).documents[0]


def pieces(document: Document, kind: SectionKind) -> list[str]:
    """The stored text of the sections of one kind."""
    return [
        document.text[section.start : section.end] for section in document.sections if section.kind is kind
    ]


def test_the_seed_is_read_as_it_stands(shared: Path) -> None:
    """The post of the project: title, six headings, no date, the disclaimer kept but set apart, every word in place."""
    source = (shared / "seed" / "iv-stem-cell-therapy.txt").read_bytes()
    document = read_post(source, name="seed/iv-stem-cell-therapy.txt").documents[0]
    assert document.id == "post:iv-stem-cell-therapy"
    assert document.kind is Kind.POST
    assert document.citation.title == "Is IV Stem Cell Therapy a Good Idea?"
    assert document.citation.date is None
    assert document.citation.year is None
    assert "Where Do Stem Cells End Up When Injected IV?" in pieces(document, SectionKind.HEADING)
    assert len(pieces(document, SectionKind.HEADING)) == 6
    assert "substitute for medical advice" in pieces(document, SectionKind.BOILERPLATE)[0]
    assert not any("substitute for medical advice" in body for body in pieces(document, SectionKind.BODY))
    assert any(
        "3 If so, is there some body of evidence" in body for body in pieces(document, SectionKind.BODY)
    )
    assert document.text.split() == source.decode("utf-8").split()


FULL = """---
kind: paper
note: true
title: Synthetic record 1
authors: [Alpha A, Beta B]
journal: Journal of Synthetic Records
year: 2018
date: 2018 Dec 5
volume: 018
issue: 1
pages: 12:34
pmid: 00000001
doi: https://doi.org/10.1234/ABC
url: https://example.org/1
license: CC BY 4.0
language: en
keywords: [knee]
trials: NCT00000000
publication_types: [Journal Article]
status: retracted
checked: [[PubMed, 2026-01-01]]
labels:
  species: [human]
  route: intra-articular
curator: {who: A. Curator, when: 2026-01-02, why: read the abstract}
---
Cells were given.
"""


def test_front_matter_is_carried_over_as_written() -> None:
    """Every key reaches the document; figures keep their zeros and colons; the PMID decides the id."""
    document = read(FULL)
    citation = document.citation
    assert (document.id, document.kind, document.note) == ("pmid:00000001", Kind.PAPER, True)
    assert citation.authors == ("Alpha A", "Beta B")
    assert (citation.volume, citation.issue, citation.pages) == ("018", "1", "12:34")
    assert (citation.year, citation.date) == (2018, "2018 Dec 5")
    assert (citation.doi, citation.pmid, citation.licence) == ("10.1234/abc", "00000001", "CC BY 4.0")
    assert (citation.url, document.record.language) == ("https://example.org/1", "en")
    assert (document.record.trials, document.record.keywords) == (("NCT00000000",), ("knee",))
    assert document.record.publication_types == ("Journal Article",)
    assert (document.status, document.checked) == (Status.RETRACTED, (("PubMed", "2026-01-01"),))
    signed = ("A. Curator", "2026-01-02", "read the abstract")
    assert document.curator == (
        CuratorWord("species", ("human",), *signed),
        CuratorWord("route", ("intra-articular",), *signed),
        CuratorWord("status", ("retracted",), *signed),
    )
    assert document.text == "Synthetic record 1\nCells were given."


def test_toml_front_matter_says_the_same() -> None:
    """Between +++ lines the keys are TOML; dates and numbers keep their form."""
    text = '+++\ntitle = "Synthetic record 2"\ndate = 2018-12-05\nyear = 2018\nnote = true\nvolume = "07"\n+++\nText.\n'
    document = read(text)
    assert (document.citation.date, document.citation.year, document.citation.volume) == (
        "2018-12-05",
        2018,
        "07",
    )
    assert document.note


@pytest.mark.parametrize(
    ("block", "named"),
    [
        ("year: twenty", "year"),
        ("year: [2018]", "year"),
        ("kind: thesis", "kind"),
        ("status: retractd", "status"),
        ("note: maybe", "note"),
        ("pmid: PMC12", "pmid"),
        ("doi: elsewhere", "doi"),
        ("url: javascript:alert(1)", "url"),
        ("title: {a: b}", "title"),
        ("authors: {a: b}", "authors"),
        ("checked: PubMed", "checked"),
        ("checked: [[PubMed]]", "checked"),
        ("labels: {species: [human]}", "labels"),
        ("labels: {specis: [human]}\ncurator: {who: a, when: b, why: c}", "specis"),
        ("labels: {species: []}\ncurator: {who: a, when: b, why: c}", "species"),
        ("labels: {species: [human]}\ncurator: {who: a, when: b}", "curator"),
        ("id: pmid:1\npmid: 2", "id"),
        ("title: a\ntitle: b", "title"),
        ("author: a\nauthors: b", "author"),
        ("a: &a [x]\nb: *a", "alias"),
        ("title: [unclosed", "YAML"),
    ],
)
def test_wrong_front_matter_names_file_and_key(block: str, named: str) -> None:
    """A value of the wrong sort refuses the file and says where: a label or a retraction is never lost in silence."""
    with pytest.raises(UnreadableError) as caught:
        read(f"---\n{block}\n---\nText below.\n", name="wrong.md")
    assert "wrong.md" in str(caught.value)
    assert named in str(caught.value)
    assert caught.value.cure


def test_front_matter_without_end_is_refused() -> None:
    """Keys below an opening line that is never closed are not taken for text."""
    with pytest.raises(UnreadableError, match="never closed"):
        read("---\ntitle: Synthetic\nText that goes on.\n")


def test_deep_front_matter_is_refused() -> None:
    """Nesting made to exhaust the parser ends in an error of ours."""
    with pytest.raises(UnreadableError):
        read(f"---\ntitle: {'[' * 20_000}\n---\nText.\n")


def test_a_rule_of_hyphens_is_no_front_matter() -> None:
    """Markdown that begins with a rule and has no keys is text."""
    assert "First words here." in read("---\nFirst words here.\n\n---\nMore words.\n").text


def test_unknown_keys_are_named() -> None:
    """A key without a meaning here is told, not dropped in silence."""
    reading = read_post(b"---\ntitle: T one\nlayout: wide\n---\nText.\n", name="a.md")
    assert any("layout" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    ("block", "identity"),
    [
        ("doi: 10.1234/AbC", "doi:10.1234/abc"),
        ("pmid: 7", "pmid:7"),
        ("pmid: 7\ndoi: 10.1234/x", "pmid:7"),
        ("id: post:my-own", "post:my-own"),
        ("id: my own", None),
        ("id: doi:10.1234/x", "doi:10.1234/x"),
        ("kind: regulatory", "file:b"),
        ("title: T", "post:b"),
    ],
)
def test_identifiers_decide_the_id(block: str, identity: str | None) -> None:
    """PMID before DOI before the id that is written, before the file's name."""
    if identity is None:
        with pytest.raises(UnreadableError):
            read(f"---\n{block}\n---\nText.\n", name="b.md")
    else:
        assert read(f"---\n{block}\n---\nText.\n", name="b.md").id == identity


SCALARS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12
)


@given(title=SCALARS, authors=st.lists(SCALARS.filter(lambda each: ";" not in each), min_size=1, max_size=4))
def test_front_matter_round_trip(title: str, authors: list[str]) -> None:
    """What a YAML writer writes is what the document says."""
    block = yaml.safe_dump(
        {"title": f"T {title}", "authors": [f"A {each}" for each in authors]}, allow_unicode=True
    )
    citation = read(f"---\n{block}---\nText.\n").citation
    assert citation.title == f"T {title}"
    assert citation.authors == tuple(f"A {each}" for each in authors)


MARKDOWN = """# Cells by vein

Intro with [a link](https://example.org), ![a rat](x.png) and `code`,
wrapped at the end of a line that is long enough to be so. <!-- hidden -->

## What was found

- one *entry*
- another
  1. nested

> A quoted line.

| dose | pain |
|------|------|
| 1    | less |

<div>Words in <b>HTML</b><script>alert(1)</script></div>

References
----------

1. Synthetic record 1. 2019.
"""


def test_markdown_becomes_plain_text() -> None:
    """Headings, link texts, entries and rows stay; addresses, comments, tags and scripts go; references are set apart."""
    document = read(MARKDOWN)
    assert document.citation.title == "Cells by vein"
    assert document.text.count("Cells by vein") == 1
    assert pieces(document, SectionKind.HEADING) == ["What was found", "References"]
    body = pieces(document, SectionKind.BODY)
    assert body[0] == (
        "Intro with a link, a rat and code, wrapped at the end of a line that is long enough to be so."
    )
    assert body[1].split("\n") == [
        "- one entry",
        "- another",
        "  1. nested",
        "",
        "A quoted line.",
        "dose | pain",
        "1 | less",
        "",
        "Words in HTML",
    ]
    assert pieces(document, SectionKind.BOILERPLATE) == ["1. Synthetic record 1. 2019."]
    assert {section.label for section in document.sections if section.kind is SectionKind.BODY} == {
        None,
        "What was found",
    }


def test_a_stated_title_is_not_repeated() -> None:
    """A first heading that says the front matter's title is not printed a second time; another heading stays."""
    assert read("---\ntitle: Cells by vein\n---\n# Cells by Vein\n\nText.\n").text == "Cells by vein\nText."
    assert read("---\ntitle: Cells by vein\n---\n# More\n\nText.\n").text == "Cells by vein\nMore\nText."


def test_text_without_a_title_keeps_its_first_sentence() -> None:
    """A first line that is a sentence is body; the file's name stands in as title, with a warning."""
    reading = read_post(b"Cells were given by vein.\n\nThey stayed in the lungs.\n", name="iv_cells.txt")
    document = reading.documents[0]
    assert document.citation.title == "iv cells"
    assert "Cells were given by vein." in pieces(document, SectionKind.BODY)[0]
    assert any("title" in warning for warning in reading.warnings)


def test_a_byline_is_no_heading() -> None:
    """Who wrote and when it was posted is set apart; it neither heads the text below it nor gives a date."""
    text = "On Cells by Vein\nBy Ann Alpha, MD\nPosted on March 3, 2020\n\nCells were given by vein, and they stayed.\n"
    document = read(text, name="a.txt")
    assert pieces(document, SectionKind.BODY) == ["Cells were given by vein, and they stayed."]
    assert pieces(document, SectionKind.HEADING) == []
    assert document.citation.date is None


def test_hard_wrapped_text_is_joined() -> None:
    """Line breaks inside a wrapped paragraph become spaces, so that no sentence is cut at them; entries stay apart."""
    text = (
        "On Cells\n\nCells that were given by vein were found in the lungs of all\nanimals one hour after the injection.\n\n"
        "- a first entry of a list that is long enough to be joined\n- a second entry\n"
    )
    body = pieces(read(text, name="a.txt"), SectionKind.BODY)[0]
    assert "in the lungs of all animals one hour" in body
    assert "\n- a second entry" in body


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"%PDF-1.4 binary", "a PDF"),
        (b"PK\x03\x04....", "ZIP"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "web page"),
        (bytes(range(32)) * 20, "other data"),
        (b"# Only a title\n", "no text"),
    ],
)
def test_what_is_no_post_is_refused(content: bytes, said: str) -> None:
    """Empty, wrongly named and binary files are refused with what they are and a cure."""
    with pytest.raises(UnreadableError) as caught:
        read_post(content, name="a.md")
    assert said in caught.value.reason
    assert caught.value.cure


def test_windows_text_is_read_with_a_warning() -> None:
    """Bytes that are not UTF-8 are read as Windows-1252, and that is said."""
    reading = read_post("Café\n\n5 µm – wide.\n".encode("cp1252"), name="a.txt")  # noqa: RUF001 - Windows-1252's own dash
    assert "5 µm – wide." in reading.documents[0].text  # noqa: RUF001 - as above
    assert any("Windows-1252" in warning for warning in reading.warnings)


@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
    )
)
def test_any_bytes_give_a_reading_or_a_reason(content: bytes) -> None:
    """Whatever the bytes, there is a document or an error of ours, in Markdown and in text."""
    for name in ("a.md", "a.txt"):
        try:
            document = read_post(content, name=name).documents[0]
        except UnreadableError:
            continue
        assert document.sections
        assert document.text.encode("utf-8")


LINES = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=150)


@given(st.lists(LINES, min_size=1, max_size=12))
def test_no_word_of_a_plain_text_is_lost(lines: list[str]) -> None:
    """The words of a text file are the words of the stored text, in order."""
    source = "\n".join(["The Opening Title of the Post", "", "A sentence stands here.", *lines])
    document = read(source, name="a.txt")
    assert "".join(document.text.split()) == "".join(source.split())
