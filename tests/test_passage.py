"""Passages: exact slices that end at sentence ends, within one section and the model's limit."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_encoder import count_words

from corpus import passage, sentences
from corpus.document import Citation, Document, Kind, Role, SectionKind
from corpus.passage import Passage
from corpus.text import Part, compose
from index.encoder import Encoders

KINDS = (SectionKind.BODY, SectionKind.BODY, SectionKind.HEADING, SectionKind.BOILERPLATE)
INK = st.one_of(st.sampled_from("aB. ,;\n\u0301\u200d\U0001f469e\u0308한字。"), st.characters())
TEXTS = st.one_of(
    st.text(alphabet=INK, max_size=300),
    st.lists(
        st.sampled_from(
            ["Pain fell.", "It rose, then fell; it stayed", "vs.", "IL-6", "\n", "x" * 40, "👩‍⚕️"]
        ),
        max_size=80,
    ).map(" ".join),
)
PARTS = st.lists(
    st.builds(Part, text=TEXTS, kind=st.sampled_from(KINDS), label=st.sampled_from([None, "RESULTS"])),
    max_size=4,
)


def made(title: str, parts: list[Part]) -> Document:
    """A document as a reader composes it."""
    text, sections = compose(title, parts)
    return Document("file:synthetic", Kind.PAPER, text, sections, Citation(title))


def cut(document: Document, *, limit: int = 256, longest: int = passage.LONGEST) -> tuple[Passage, ...]:
    """The passages by the word counter."""
    return passage.split(document, limit=limit, count=count_words, longest=longest)


def quotes(document: Document, **options: int) -> list[str]:
    """The passages' own words."""
    return [document.text[one.start : one.end] for one in cut(document, **options)]


def count_characters(text: str) -> int:
    """A tokenizer at its worst: one token a character."""
    return len(text) + 2


@given(
    st.text(max_size=80),
    PARTS,
    st.integers(min_value=24, max_value=300),
    st.integers(min_value=10, max_value=400),
)
def test_passages_hold_every_inked_character_of_the_body_once(
    title: str, parts: list[Part], limit: int, longest: int
) -> None:
    """Nothing of a body is lost or doubled, nothing else is in a passage, and each lies within one section, in order."""
    document = made(title, parts)
    found = passage.split(document, limit=limit, count=count_characters, longest=longest)
    body = [section for section in document.sections if section.kind is SectionKind.BODY]
    sections = body or [section for section in document.sections if section.kind is SectionKind.TITLE]
    wanted = "".join("".join(document.text[section.start : section.end].split()) for section in sections)
    assert "".join("".join(document.text[one.start : one.end].split()) for one in found) == wanted
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert all(any(s.start <= one.start and one.end <= s.end for s in sections) for one in found)


@given(st.text(max_size=80), PARTS, st.integers(min_value=60, max_value=300))
def test_title_and_passage_together_fit_the_limit(title: str, parts: list[Part], limit: int) -> None:
    """What the model reads is never over its limit, unless one grapheme alone is."""
    document = made(title, parts)
    found = passage.split(document, limit=limit, count=count_characters)
    texts = passage.embedded(document, found, limit=limit, count=count_characters)
    assert all(
        count_characters(text) <= limit or one.end - one.start < 60
        for one, text in zip(found, texts, strict=True)
    )


@given(st.text(max_size=80), PARTS)
def test_splitting_twice_gives_the_same(title: str, parts: list[Part]) -> None:
    """The same document gives the same passages."""
    document = made(title, parts)
    assert cut(document) == cut(document)


@given(PARTS)
def test_passages_begin_and_end_where_sentences_do(parts: list[Part]) -> None:
    """With room enough, no passage begins or ends inside a sentence."""
    document = made("A synthetic title", parts)
    edges = [
        (section.start + start, section.start + end)
        for section in document.sections
        for start, end in sentences.spans(document.text[section.start : section.end])
    ]
    starts, ends = {start for start, _ in edges}, {end for _, end in edges}
    for one in cut(document, limit=100_000, longest=60):
        assert one.start in starts
        assert one.end in ends


def test_a_passage_says_its_section_role_and_page() -> None:
    """The printed label comes first, the role stands in where none is printed, and a page is kept."""
    parts = [
        Part("We asked.", label="AIM", role=Role.OBJECTIVE),
        Part("It fell.", role=Role.RESULTS),
        Part("Page two.", page=2),
    ]
    assert [(one.section, one.role, one.page) for one in cut(made("Synthetic title", parts))] == [
        ("AIM", Role.OBJECTIVE, None),
        ("RESULTS", Role.RESULTS, None),
        (None, None, 2),
    ]


def test_boilerplate_and_headings_are_never_in_a_passage() -> None:
    """Only the body is quoted, and a passage never reaches over what lies between."""
    parts = [
        Part("It fell."),
        Part("Funded by nobody.", SectionKind.BOILERPLATE),
        Part("Aims", SectionKind.HEADING),
        Part("It rose."),
    ]
    assert quotes(made("Synthetic title", parts)) == ["It fell.", "It rose."]


def test_a_document_without_a_body_has_its_title_as_passage() -> None:
    """A record with a title only can still be found and quoted, and its title is embedded once."""
    document = made("Synthetic record 1", [])
    found = cut(document)
    assert quotes(document) == ["Synthetic record 1"]
    assert passage.embedded(document, found, limit=256, count=count_words) == ("Synthetic record 1",)


def test_a_document_without_any_text_has_no_passage() -> None:
    """Nothing to quote gives an empty tuple."""
    assert cut(made("", [])) == ()


def test_a_long_section_is_cut_evenly() -> None:
    """Eleven sentences over the length aimed at give parts of like length, not full ones and an orphan."""
    document = made("Synthetic title", [Part(" ".join(["Pain was scored in all of the knees."] * 11))])
    lengths = [len(quote) for quote in quotes(document, longest=370)]
    assert len(lengths) == 2
    assert min(lengths) * 1.3 > max(lengths)


def test_an_overlong_sentence_is_cut_at_clauses_then_words() -> None:
    """A sentence over the limit is cut after a comma; a clause over it between words."""
    clause = "one two three four five six seven eight,"
    document = made("T", [Part(f"{clause} {clause} {clause} nine")])
    assert all(quote.endswith((",", "nine")) for quote in quotes(document, limit=16))
    assert all(len(quote.split()) <= 4 for quote in quotes(document, limit=9))


def test_a_grapheme_is_never_cut() -> None:
    """A family emoji and a letter with its accents stay whole, however small the limit."""
    grapheme = "👩\u200d👩\u200d👧e\u0301\u0302"
    document = made("", [Part(grapheme * 20)])
    found = passage.split(document, limit=12, count=count_characters)
    assert len(found) > 1
    assert all(
        document.text[one.start] in "👩e" and document.text[one.end - 1] in "👧\u0302" for one in found
    )


def test_a_long_title_leaves_room_for_the_passage() -> None:
    """A title takes a third of the limit at most; it is embedded cut at a word, the stored one stays whole."""
    document = made("word " * 200, [Part("Pain fell.")])
    (text,) = passage.embedded(document, cut(document, limit=60), limit=60, count=count_words)
    assert text.splitlines()[0] == " ".join(["word"] * 18)
    assert text.splitlines()[1] == "Pain fell."


def test_the_fingerprint_follows_the_length_aimed_at() -> None:
    """A store built with passages of another length is told apart."""
    assert passage.fingerprint() == passage.fingerprint(longest=passage.LONGEST)
    assert passage.fingerprint() != passage.fingerprint(longest=passage.LONGEST + 1)


@pytest.mark.model
def test_the_models_own_tokenizer_holds_the_limit(encoder: Encoders) -> None:
    """Dense figures, long words and other scripts fit the real model's limit with their title."""
    body = " ".join([*["95% CI 0.12-1.34; p<0.001;"] * 200, "hydroxymethylglutaryl" * 60, "骨髄濃縮液" * 90])
    document = made("A synthetic title about " + "osteoarthritis " * 90, [Part(body)])
    limit, count = encoder.token_limit, encoder.count_tokens
    found = passage.split(document, limit=limit, count=count)
    texts = passage.embedded(document, found, limit=limit, count=count)
    assert max(count(text) for text in texts) <= limit
