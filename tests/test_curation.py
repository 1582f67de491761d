"""A curator's word is signed, dated, taken exactly or refused with its line, and never lost in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.curation import curate, read_curation
from corpus.document import Citation, CuratorWord, Document, Kind, Status
from corpus.errors import LibraryError
from corpus.toml_lines import line_of

SIGNED = 'who = "A. Curator"\nwhen = 2026-01-02\nwhy = "synthetic reason"\n'


def written(folder: Path, text: str) -> Path:
    """A curation.toml with this text."""
    path = folder / "curation.toml"
    path.write_text(text, "utf-8")
    return path


def document(id_: str, *, doi: str | None = None) -> Document:
    """A synthetic document."""
    return Document(id_, Kind.PAPER, "Synthetic", (), Citation(title="Synthetic", doi=doi))


def test_no_file_means_no_word(tmp_path: Path) -> None:
    """A library without curation.toml has no overrides."""
    curation = read_curation(tmp_path / "curation.toml")
    assert (curation.overrides, curation.excludes) == ((), ())


def test_an_override_becomes_the_curators_word(tmp_path: Path) -> None:
    """Facet, values, who, when and why reach the document, in place of an earlier word on the facet."""
    path = written(
        tmp_path,
        f'[[override]]\ndocument = "pmid:1"\nfacet = "route"\nvalues = ["oral", "inhaled"]\n{SIGNED}',
    )
    earlier = CuratorWord("route", ("topical",), "x", "2020-01-01", "old")
    other = CuratorWord("species", ("human",), "x", "2020-01-01", "old")
    before = Document(
        "pmid:1", Kind.PAPER, "Synthetic", (), Citation(title="Synthetic"), curator=(earlier, other)
    )
    (after,) = curate([before], read_curation(path), same={}).documents
    word = CuratorWord("route", ("inhaled", "oral"), "A. Curator", "2026-01-02", "synthetic reason")
    assert after.curator == (word, other)


def test_a_status_override_sets_the_status(tmp_path: Path) -> None:
    """A curator's status is the document's status, and stands among the curator's words."""
    path = written(
        tmp_path, f'[[override]]\ndocument = "pmid:1"\nfacet = "status"\nvalues = ["retracted"]\n{SIGNED}'
    )
    (after,) = curate([document("pmid:1")], read_curation(path), same={}).documents
    assert after.status is Status.RETRACTED
    assert after.curator[0].facet == "status"


def test_a_document_may_be_named_by_any_of_its_ids(tmp_path: Path) -> None:
    """A DOI, and an id that a merge absorbed, both lead to the one document."""
    path = written(
        tmp_path,
        f'[[override]]\ndocument = "doi:10.0000/x"\nfacet = "route"\nvalues = ["oral"]\n{SIGNED}'
        f'[[override]]\ndocument = "file:old"\nfacet = "species"\nvalues = ["dog"]\n{SIGNED}',
    )
    curated = curate([document("pmid:1", doi="10.0000/x")], read_curation(path), same={"file:old": "pmid:1"})
    assert [word.facet for word in curated.documents[0].curator] == ["route", "species"]
    assert curated.problems == ()


def test_an_excluded_document_is_gone(tmp_path: Path) -> None:
    """[[exclude]] leaves one document out, and says which."""
    path = written(tmp_path, f'[[exclude]]\ndocument = "pmid:1"\n{SIGNED}')
    curated = curate([document("pmid:1"), document("pmid:2")], read_curation(path), same={})
    assert [each.id for each in curated.documents] == ["pmid:2"]
    assert curated.excluded == ("pmid:1",)


def test_a_word_on_no_document_is_a_problem_with_its_line(tmp_path: Path) -> None:
    """An unknown document in any table is reported with its line; the other words hold."""
    path = written(
        tmp_path,
        f'[[override]]\ndocument = "pmid:9"\nfacet = "route"\nvalues = ["oral"]\n{SIGNED}'
        f'\n[[exclude]]\ndocument = "pmid:1"\n{SIGNED}'
        f'[[keep_apart]]\ndocuments = ["pmid:2", "pmid:8"]\n{SIGNED}',
    )
    curated = curate([document("pmid:1"), document("pmid:2")], read_curation(path), same={})
    assert [problem.place for problem in curated.problems] == [
        "curation.toml, line 1",
        "curation.toml, line 14",
    ]
    assert curated.excluded == ("pmid:1",)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[[override]]\ndocument = "pmid:1"\n', 1, "'facet'"),
        (f'[[override]]\ndocument="pmid:1"\nfacet="rout"\nvalues=["x"]\n{SIGNED}', 3, "rout"),
        (f'[[override]]\ndocument="pmid:1"\nfacet="route"\nvalues="x"\n{SIGNED}', 4, "list"),
        (f'[[override]]\ndocument="pmid:1"\nfacet="route"\nvalues=[]\n{SIGNED}', 4, "list"),
        (f'[[override]]\ndocument="pmid:1"\nfacet="status"\nvalues=["gone"]\n{SIGNED}', 4, "status"),
        (f'[[exclude]]\ndocument="pmid:1"\ncolour="red"\n{SIGNED}', 3, "colour"),
        ('[[exclude]]\ndocument="pmid:1"\nwho="a"\nwhen="soon"\nwhy="b"\n', 4, "date"),
        ('[[exclude]]\ndocument="pmid:1"\nwho=" "\nwhen=2026-01-01\nwhy="b"\n', 3, "who"),
        (f'[[exclude]]\ndocument="pmid:1"\n{SIGNED}[[exclude]]\ndocument="pmid:2"\n', 6, "who"),
        (f'[[merge]]\ndocuments=["pmid:1"]\n{SIGNED}', 1, "two"),
        ('[overrides]\ndocument="pmid:1"\n', 1, "overrides"),
        ('[override]\ndocument="pmid:1"\n', 1, "[[override]]"),
        (f'[[override]]\ndocument="a"\nfacet="route"\nvalues=["x"]\n{SIGNED}' * 2, 8, "line 1"),
    ],
)
def test_a_word_that_cannot_be_taken_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    """A missing signature, an unknown facet, key, table or status, or a wrong type names its line and the matter."""
    with pytest.raises(LibraryError, match=f"line {line}:") as raised:
        read_curation(written(tmp_path, text))
    assert said in str(raised.value)


def test_what_is_not_toml_is_refused(tmp_path: Path) -> None:
    """A slip in the TOML itself is refused with the line that the parser names."""
    with pytest.raises(LibraryError, match="line 2"):
        read_curation(written(tmp_path, "[[override]]\ndocument = \n"))


def test_lines_are_counted_past_long_texts() -> None:
    """A key inside a text of several lines is not taken for a key, nor another table's for this one's."""
    text = 'a = """\nb = 1\n"""\nb = 2\n[t]\nb = 3\n[[u]]\nb = 4\n[[u]]\nb = 5\n'
    assert line_of(text, "b") == 4
    assert line_of(text, "b", table="t") == 6
    assert line_of(text, "b", table="u", number=1) == 10
    assert line_of(text, "missing", table="u", number=1) == 9
