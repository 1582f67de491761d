"""The same paper twice is one document, whatever came first; what is not the same stays apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import (
    Citation,
    CuratorWord,
    Document,
    Kind,
    MeshHeading,
    Record,
    Section,
    SectionKind,
    Status,
)
from corpus.merge import merge
from corpus.same import Words, normalised

TITLE = "Synthetic record one on the injection of nothing into knees"
OTHER = "Synthetic record two on a wholly different matter of hips"


def document(  # noqa: PLR0913 - what a test varies stands by name at its place
    title: str = TITLE,
    *,
    pmid: str | None = None,
    doi: str | None = None,
    year: int | None = None,
    body: str = "Synthetic body.",
    origin: str = "a.nbib",
    kind: Kind = Kind.PAPER,
    **more: object,
) -> Document:
    """A synthetic document as a reader gives it."""
    text = f"{title}\n{body}"
    sections = (
        Section(SectionKind.TITLE, 0, len(title)),
        Section(SectionKind.BODY, len(title) + 1, len(text)),
    )
    id_ = f"pmid:{pmid}" if pmid else f"doi:{doi}" if doi else f"file:{normalised(title).replace(' ', '-')}"
    citation = Citation(title=title, pmid=pmid, doi=doi, year=year)
    whole = Document(id_, kind, text, sections, citation, origin=origin)
    return replace(whole, **more)  # type: ignore[arg-type]  # the fields are named by the tests below


def authored(one: Document, *authors: str) -> Document:
    """The document with these authors."""
    return replace(one, citation=replace(one.citation, authors=authors))


@pytest.mark.parametrize(
    ("one", "other", "by"),
    [
        (document(pmid="1"), document(OTHER, pmid="1"), "pmid"),
        (document(doi="10.0000/x"), document(TITLE.upper(), doi="10.0000/x", year=2000), "doi + title"),
        (document("Short one", doi="10.0000/x"), document("Another", doi="10.0000/x"), "doi"),
        (document(), document(TITLE + ".", pmid="1"), "title"),
        (document(year=2000), document("[" + TITLE.title() + ".]", doi="10.0000/x", year=2000), "title"),
        (document("RETRACTED: " + TITLE), document(pmid="1"), "title"),
        (document("Untitled", body="b" * 300), document("Untitled", body="b" * 300), "text"),
    ],
)
def test_what_is_the_same_becomes_one(one: Document, other: Document, by: str) -> None:
    """A shared PMID, DOI, telling title or whole text makes one document, and the merge says by what and from where."""
    merged = merge([one, replace(other, origin="b.ris")])
    assert len(merged.documents) == 1
    (said,) = merged.merges
    assert said.kept == merged.documents[0].id
    assert said.by in (by, by.split(" + ", maxsplit=1)[0])
    assert said.origins == ("a.nbib", "b.ris")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (document(pmid="1"), document(pmid="2")),
        (document(doi="10.0000/x"), document(doi="10.0000/y")),
        (document(year=2000), document(year=2001)),
        (document("Knee pain"), document("Knee pain", body="Other synthetic body.")),
        (document("RETRACTED: Knee pain"), document("Knee pain", pmid="1")),
        (document(pmid="1"), document("Retraction: " + TITLE)),
        (document(pmid="1"), document("Erratum to: " + TITLE)),
        (document(pmid="1"), document(status=Status.NOTICE)),
        (document(doi="10.0000/x"), document("Retraction note: " + TITLE, doi="10.0000/x")),
        (document(pmid="1"), document(kind=Kind.POST)),
        (document(doi="10.0000/x"), document(OTHER, doi="10.0000/x")),
        (authored(document(), "Nobody A"), authored(document(pmid="1"), "Someone B")),
        (document("Untitled", body="b" * 300, year=1999), document("Untitled", body="b" * 300, year=2001)),
    ],
)
def test_what_contradicts_itself_stays_apart(one: Document, other: Document) -> None:
    """Other identifiers, years or authors, a notice, a post, a congress's common DOI, or a title too short keep two apart."""
    merged = merge([one, replace(other, origin="b.ris")])
    assert len(merged.documents) == 2
    assert merged.merges == ()
    assert len({each.id for each in merged.documents}) == 2


def test_a_retraction_of_surgery_is_no_notice() -> None:
    """A paper about retracting a tendon is merged like any other: the word alone does not make a notice."""
    title = "Retraction of the synthetic tendon after a tear of it"
    assert len(merge([document(title), document(title, pmid="1")]).documents) == 1


def test_a_title_that_fits_two_papers_joins_neither() -> None:
    """A record without identifiers is not given to one of two papers of the same title; the curator is told."""
    merged = merge([document(pmid="1"), document(pmid="2"), document(origin="c.ris")])
    assert len(merged.documents) == 3
    assert any("[[merge]]" in warning for warning in merged.warnings)


def test_the_fuller_text_wins_and_the_rest_is_united() -> None:
    """The longer body is kept with its sections; identifiers, record fields, checks and the strongest status come from all."""
    short = document(
        pmid="1",
        status=Status.RETRACTED,
        checked=(("pubmed", "2026-01-02"),),
        record=Record(publication_types=("Journal Article",), mesh=(MeshHeading("Humans"),)),
    )
    long = document(
        doi="10.0000/x",
        body="Synthetic body, much longer than the other.",
        origin="b.pdf",
        status=Status.CONCERN,
        checked=(("curator", "2026-01-01"),),
        record=Record(publication_types=("Preprint", "Journal Article"), trials=("NCT00000000",)),
    )
    (one,) = merge([short, long]).documents
    assert one.id == "pmid:1"
    assert (one.text, one.sections, one.origin) == (long.text, long.sections, "b.pdf")
    assert (one.citation.pmid, one.citation.doi) == ("1", "10.0000/x")
    assert one.status is Status.RETRACTED
    assert set(one.record.publication_types) == {"Journal Article", "Preprint"}
    assert len(one.record.publication_types) == 2
    assert (one.record.mesh, one.record.trials) == ((MeshHeading("Humans"),), ("NCT00000000",))
    assert one.checked == (("curator", "2026-01-01"), ("pubmed", "2026-01-02"))


def test_the_source_speaks_before_our_note_and_keeps_our_labels() -> None:
    """Where a note meets the paper itself, the paper's words are the text however short, and the curator's labels stay."""
    word = CuratorWord("route", ("intravenous",), "a curator", "2026-01-01", "synthetic")
    note = document(body="Our long synthetic note. " * 9, note=True, curator=(word,), origin="n.md")
    paper = document(pmid="1", body="Own words.")
    (one,) = merge([note, paper]).documents
    assert (one.text, one.note, one.curator) == (paper.text, False, (word,))


def test_of_two_words_on_one_facet_the_newer_holds() -> None:
    """Two notes that label one facet differently leave one word, the newer, and the curator is told of the other."""
    older = CuratorWord("route", ("oral",), "a", "2025-01-01", "synthetic")
    newer = CuratorWord("route", ("topical",), "b", "2026-01-01", "synthetic")
    merged = merge([document(curator=(newer,)), document(curator=(older,), origin="b.md")])
    assert merged.documents[0].curator == (newer,)
    assert any("oral" in warning and "topical" in warning for warning in merged.warnings)


def test_a_curator_joins_and_keeps_apart() -> None:
    """[[merge]] joins what nothing else would, and [[keep_apart]] parts what shares a title."""
    pair = [document(pmid="1"), document(OTHER, doi="10.0000/x")]
    joined = merge(pair, words=Words(together=(("pmid:1", "doi:10.0000/x"),)))
    assert [each.id for each in joined.documents] == ["pmid:1"]
    assert (joined.merges[0].by, joined.merges[0].absorbed) == ("curator", ("doi:10.0000/x",))
    alike = [document(pmid="1"), document(doi="10.0000/x")]
    apart = merge(alike, words=Words(apart=(("pmid:1", "doi:10.0000/x"),)))
    assert len(apart.documents) == 2


def test_two_sources_that_want_one_id_both_live() -> None:
    """Two different posts of the same file name in two folders get an id each, and the maintainer is told."""
    first = document("One post", kind=Kind.POST, id="post:same", origin="a/same.md")
    second = document("Two post", kind=Kind.POST, id="post:same", origin="b/same.md")
    merged = merge([second, first])
    assert [each.id for each in merged.documents] == ["post:b-same-md", "post:same"]
    assert any("b/same.md" in warning for warning in merged.warnings)


PIECES = st.builds(
    document,
    st.sampled_from([TITLE, TITLE + ".", OTHER, "RETRACTED: " + TITLE, "Erratum: " + TITLE, "Short"]),
    pmid=st.sampled_from([None, "1", "2"]),
    doi=st.sampled_from([None, "10.0000/x", "10.0000/y"]),
    year=st.sampled_from([None, 2000, 2001]),
    body=st.sampled_from(["Synthetic.", "Synthetic, longer.", "s" * 300]),
    origin=st.sampled_from(["a.nbib", "b.ris", "c/d.md"]),
    kind=st.sampled_from(list(Kind)),
    note=st.booleans(),
    status=st.sampled_from(list(Status)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=7).flatmap(lambda ones: st.tuples(st.just(ones), st.permutations(ones))))
def test_the_order_of_the_files_changes_nothing(both: tuple[list[Document], list[Document]]) -> None:
    """Any order of the same documents gives the same documents, merges and warnings, each id once."""
    given_order, another = both
    one = merge(given_order)
    assert merge(another) == one
    ids = [each.id for each in one.documents]
    assert ids == sorted(set(ids))
    assert len(given_order) == len(ids) + sum(len(each.origins) - 1 for each in one.merges)


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=6))
def test_no_retraction_is_lost(ones: list[Document]) -> None:
    """Whatever PMID came in retracted goes out retracted, under its own id or under the one that absorbed it."""
    merged = merge(ones)
    for one in ones:
        if one.status is Status.RETRACTED and one.citation.pmid:
            went_to = {each.kept for each in merged.merges if one.id in each.absorbed}
            statuses = {
                each.status
                for each in merged.documents
                if each.citation.pmid == one.citation.pmid or each.id in went_to
            }
            assert Status.RETRACTED in statuses
