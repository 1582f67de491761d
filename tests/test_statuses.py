"""statuses.jsonl: what checks found comes back as it was written, and is taken off a document again without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_material import record

from corpus import own_file
from corpus.document import CuratorWord, Document, Link, Record, Status
from corpus.errors import LibraryError
from corpus.statuses import (
    Check,
    Said,
    SaidOf,
    Statuses,
    kept_in,
    new_links,
    read_statuses,
    statuses_bytes,
    statuses_file,
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


CHECK = Check("PubMed", "2026-11-24", "", 1, 1)
FOUND = Statuses((CHECK,), (Said(("pmid:1",), "PubMed", "2026-11-24", status=Status.RETRACTED),))


def unsealed(content: bytes) -> bytes:
    """The lines below the seal."""
    assert content.startswith(b'{"seal":')
    return content.partition(b"\n")[2]


@pytest.mark.parametrize("line", [b"{", b"[]", b'{"other": 1}', b'{"document": {"names": 3}}', b"\xff"])
def test_a_line_that_cannot_be_read_is_an_error(tmp_path: Path, line: bytes) -> None:
    """Any damaged line of a file without its seal is an error with its number; no file at all is no check."""
    path = tmp_path / "statuses.jsonl"
    assert read_statuses(path) == Statuses()
    path.write_bytes(unsealed(statuses_bytes(Statuses((CHECK,)))) + line + b"\n")
    with pytest.raises(LibraryError, match="line 2"):
        read_statuses(path)


def test_every_flipped_bit_and_every_cut_is_an_error(tmp_path: Path) -> None:
    """No bit of the file, no byte of its end and no line of it can be lost so that another status is read, or none."""
    path = tmp_path / "statuses.jsonl"
    whole = statuses_bytes(FOUND)
    lines = whole.splitlines(keepends=True)
    cuts = [whole[:end] for end in range(len(whole))]
    flips = [
        whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
        for at in range(len(whole))
        for bit in range(8)
    ]
    for damaged in (*cuts, *flips, lines[0], lines[0] + lines[2], whole + lines[1], b"\n" + whole):
        path.write_bytes(damaged)
        with pytest.raises(LibraryError, match="no retraction check holds"):
            read_statuses(path)
    assert len(flips) > 1000


def test_other_line_ends_are_the_same_file(tmp_path: Path) -> None:
    """A library kept in git is checked out with the line ends of its machine."""
    path = tmp_path / "statuses.jsonl"
    path.write_bytes(statuses_bytes(FOUND).replace(b"\n", b"\r\n"))
    assert read_statuses(path) == FOUND


def test_a_file_without_its_seal_is_read_as_it_stands(tmp_path: Path) -> None:
    """As an older firstpass wrote it, or a curator who changed it leaves it; with the seal left in, the change is refused and the way named."""
    path = tmp_path / "statuses.jsonl"
    changed = statuses_bytes(FOUND).replace(b'"status":"retracted"', b'"status":"concern"')
    path.write_bytes(changed)
    with pytest.raises(LibraryError, match=r"take out its first line.*curation\.toml"):
        read_statuses(path)
    path.write_bytes(unsealed(changed))
    assert read_statuses(path).said[0].status is Status.CONCERN


def test_a_file_that_is_there_stays_the_one(tmp_path: Path) -> None:
    """Kept with the stores while the library could not be written, it is still read once it can; what is in the library goes before it."""
    library, root = tmp_path / "library", tmp_path / "stores"
    library.mkdir()
    root.mkdir()
    assert statuses_file(library, root) == library / "statuses.jsonl"
    assert statuses_file(library, root, shipped=True) == root / "statuses.jsonl"
    (root / "statuses.jsonl").write_bytes(statuses_bytes(FOUND))
    assert statuses_file(library, root) == root / "statuses.jsonl"
    assert kept_in(library, root) == (library, root)
    assert kept_in(library, root, shipped=True) == (root,)
    (library / "statuses.jsonl").write_bytes(statuses_bytes(FOUND))
    assert statuses_file(library, root, shipped=True) == library / "statuses.jsonl"


def test_the_checks_of_a_large_library_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written for each paper of a library may be longer than any file that a person writes."""
    monkeypatch.setattr(own_file, "LARGEST", 100)
    path = tmp_path / "statuses.jsonl"
    path.write_bytes(statuses_bytes(FOUND))
    assert read_statuses(path) == FOUND
    with pytest.raises(OSError, match="more than the 100 bytes"):
        own_file.own_bytes(path)
