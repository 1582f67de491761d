"""statuses.jsonl: what checks found comes back as it was written, and is taken off a document again without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_material import record

from corpus.document import CuratorWord, Document, Link, Record, Status
from corpus.errors import LibraryError
from corpus.statuses import (
    Check,
    Said,
    SaidOf,
    Statuses,
    new_links,
    read_statuses,
    statuses_bytes,
    told,
    untold,
    with_statuses,
)

texts = st.text(min_size=1, max_size=20)
links = st.builds(
    Link,
    st.sampled_from(["RetractionIn", "ErratumIn", "ExpressionOfConcernIn", "CommentIn"]),
    texts,
    st.none() | st.sampled_from(["1", "2"]),
)
statuses = st.sampled_from(list(Status))
saids = st.builds(
    Said,
    names=st.lists(texts, min_size=1, max_size=3).map(tuple),
    source=st.sampled_from(["PubMed", "Retraction Watch"]),
    date=st.dates().map(lambda day: day.isoformat()),
    reach=st.sampled_from(["", "entries to 2023-10-04"]),
    own=statuses,
    status=statuses,
    links=st.lists(links, max_size=3).map(tuple),
)
checks = st.builds(Check, texts, texts, st.just(""), st.integers(0, 9), st.integers(0, 9))


def document(status: Status, own: list[Link]) -> Document:
    """A synthetic paper with links of its own."""
    plain = record(1, status=status)
    return Document(
        plain.id,
        plain.kind,
        plain.text,
        plain.sections,
        plain.citation,
        Record(links=tuple(own)),
        plain.status,
    )


@given(st.lists(checks, max_size=3).map(tuple), st.lists(saids, max_size=5).map(tuple))
def test_what_is_written_comes_back(
    tmp_path_factory: pytest.TempPathFactory, made: tuple[Check, ...], said: tuple[Said, ...]
) -> None:
    """Checks come back in order, what was said of documents by name and source; the same again is the same bytes."""
    path = tmp_path_factory.mktemp("statuses") / "statuses.jsonl"
    path.write_bytes(statuses_bytes(Statuses(made, said)))
    back = read_statuses(path)
    assert back.checks == made
    assert sorted(back.said, key=repr) == sorted(said, key=repr)
    assert statuses_bytes(back) == path.read_bytes()


@given(
    st.sampled_from([Status.NONE_RECORDED, Status.CORRECTED, Status.CONCERN]),
    st.lists(links, max_size=2),
    statuses,
    st.lists(links, max_size=3),
)
def test_what_was_said_is_taken_off_without_a_trace(
    status: Status, own: list[Link], said_status: Status, said_links: list[Link]
) -> None:
    """A document told what one source says, and then untold, is the document itself, whatever its own record says."""
    plain = document(status, list(dict.fromkeys(own)))
    said = Said((plain.id,), "PubMed", "2026-11-24", "", status, said_status, new_links(plain, said_links))
    changed = told(plain, [said])
    assert changed.checked == (("PubMed", "2026-11-24"),)
    bare = untold(changed, [said])
    assert (bare.record, bare.checked, bare.text) == (plain.record, (), plain.text)
    if not own:
        assert bare == plain


def test_the_curators_status_stays() -> None:
    """A status that a curator set is neither raised nor lowered by what sources say."""
    plain = record(1)
    word = CuratorWord("status", ("none-recorded",), "synthetic", "2026-01-01", "read")
    held = Document(plain.id, plain.kind, plain.text, plain.sections, plain.citation, curator=(word,))
    said = Said((plain.id,), "PubMed", "2026-11-24", status=Status.RETRACTED)
    assert told(held, [said]).status is Status.NONE_RECORDED


def test_a_document_is_found_by_any_of_its_names() -> None:
    """What was said of a paper under its DOI holds for it when it has a PMID as well."""
    plain = record(1)
    said = Said((plain.id, "doi:10.0000/synthetic"), "PubMed", "2026-11-24", status=Status.RETRACTED)
    assert SaidOf([said])(plain) == (said,)
    (changed, other) = with_statuses([plain, record(2)], Statuses(said=(said,)))
    assert (changed.status, other.status) == (Status.RETRACTED, Status.NONE_RECORDED)


@pytest.mark.parametrize("line", [b"{", b"[]", b'{"other": 1}', b'{"document": {"names": 3}}', b"\xff"])
def test_a_line_that_cannot_be_read_is_an_error(tmp_path: Path, line: bytes) -> None:
    """Any damaged line is an error with its number; no file at all is no check."""
    path = tmp_path / "statuses.jsonl"
    assert read_statuses(path) == Statuses()
    path.write_bytes(statuses_bytes(Statuses((Check("PubMed", "2026-11-24", "", 1, 0),))) + line + b"\n")
    with pytest.raises(LibraryError, match="line 2"):
        read_statuses(path)
