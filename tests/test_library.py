"""A library is read whole: every file is read, reported or skipped by the stated rule, and none stops another."""

from __future__ import annotations

import gzip
import os
import resource
import socket
import tempfile
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import spool
from corpus.document import Status
from corpus.errors import LibraryError, UnreadableError
from corpus.intake import FileKind, Readers, kind_of, own_readers
from corpus.library import open_library, read_library
from corpus.reading import Reading

NBIB = b"""
PMID- 00000001
TI  - Synthetic record 1 on the injection of nothing into synthetic knees.
AB  - Synthetic abstract of record 1.
DP  - 2001
SO  - Synth J. 2001;1(1):1.
"""
RIS = b"TY  - JOUR\nTI  - Synthetic record 1 on the injection of nothing into synthetic knees\nPY  - 2001\nER  - \n"
XML = b"""<?xml version="1.0"?>
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>00000002</PMID><Article>
<ArticleTitle>Synthetic record 2</ArticleTitle><Abstract><AbstractText>Synthetic abstract 2.</AbstractText></Abstract>
</Article></MedlineCitation></PubmedArticle>
<DeleteCitation><PMID>00000003</PMID></DeleteCitation></PubmedArticleSet>
"""
POST = b"---\ntitle: Synthetic post\n---\n\nSynthetic words of a post that says nothing.\n"
HTML = (
    b"<!doctype html><html><head><title>Synthetic page</title></head><body><article><h1>Synthetic page</h1><p>"
    + (b"Synthetic words of a saved page that say nothing at all. " * 12)
    + b"</p></article></body></html>"
)


def library(folder: Path, **named: bytes) -> Path:
    """A folder with these files; "__" in a name stands for a folder, "_dot_" for a dot."""
    for name, content in named.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_every_file_is_read_reported_or_skipped(tmp_path: Path) -> None:
    """Files of every kind, good and bad: those seen are those read, those reported and those skipped by rule."""
    library(
        tmp_path,
        a_dot_nbib=NBIB,
        sub__b_dot_xml=XML,
        sub__c_dot_md=POST,
        d_dot_html=HTML,
        e_dot_pdf=b"not a PDF",
        f_dot_md=b"",
        g_dot_docx=b"PK\x03\x04synthetic",
        h_dot_csv=b"a,b\n",
        i_dot_xml=b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y 'z'>]><PubmedArticleSet>&y;</PubmedArticleSet>",
        j=b"no ending",
        k_dot_png=b"\x89PNG\r\n\x1a\nsynthetic",
        README_dot_md=b"for people",
        LICENSE=b"for people",
        _dot_hidden=b"x",
        _dot_git__config=b"x",
        sub__README_dot_md=POST,
    )
    reading = read_library(open_library(tmp_path))
    assert reading.read == ("a.nbib", "d.html", "sub/README.md", "sub/b.xml", "sub/c.md")
    assert reading.unread == ("e.pdf", "f.md", "g.docx", "h.csv", "i.xml", "j", "k.png")
    assert reading.skipped == (".git", ".hidden", "LICENSE", "README.md")
    assert {problem.place for problem in reading.problems} == set(reading.unread)
    assert all(problem.reason and problem.cure for problem in reading.problems)
    assert all(document.origin in reading.read for document in reading.documents)


def test_documents_come_sorted_and_the_same_each_time(tmp_path: Path) -> None:
    """Two readings of one folder are equal, and the documents are in the order of their ids."""
    opened = open_library(library(tmp_path, b_dot_nbib=NBIB, a_dot_xml=XML, c_dot_md=POST))
    one, other = read_library(opened), read_library(opened)
    assert one == other
    ids = [document.id for document in one.documents]
    assert ids == sorted(ids) == ["pmid:00000001", "pmid:00000002", "post:c"]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.txt", b"%PDF-1.4 synthetic", FileKind.PAPER),
        ("a.md", HTML, FileKind.PAGE),
        ("a.txt", b"\xef\xbb\xbf\n<?xml version='1.0'?>\n<!-- x -->\n<!DOCTYPE HTML>", FileKind.PAGE),
        ("a.txt", NBIB, FileKind.RECORDS),
        ("a.md", RIS, FileKind.RECORDS),
        ("a.txt", XML, FileKind.RECORDS),
        ("a.xml.gz", gzip.compress(XML), FileKind.RECORDS),
        ("a.dat", gzip.compress(NBIB), FileKind.RECORDS),
        ("a.md", b"<div>A post that begins with a tag</div>", FileKind.POST),
        ("a.MD", POST, FileKind.POST),
        ("a.pdf", b"damaged", FileKind.PAPER),
    ],
)
def test_what_a_file_holds_decides_before_its_ending(name: str, content: bytes, kind: FileKind) -> None:
    """A file with the wrong ending goes to the reader of what it holds."""
    assert kind_of(content, name=name, readers=own_readers()) is kind


def test_a_file_of_no_known_kind_says_what_to_do() -> None:
    """An unknown kind is refused with its name and a cure that fits it."""
    with pytest.raises(UnreadableError, match=r"a \.bib file is not a kind firstpass reads; export"):
        kind_of(b"@article{x}", name="a.bib", readers=own_readers())


def test_one_paper_in_two_files_is_one_document(tmp_path: Path) -> None:
    """A MEDLINE record and an RIS record of one title are merged, and the merge is reported."""
    reading = read_library(open_library(library(tmp_path, a_dot_nbib=NBIB, b_dot_ris=RIS)))
    assert [document.id for document in reading.documents] == ["pmid:00000001"]
    assert reading.merges[0].origins == ("a.nbib", "b.ris")


def test_a_deleted_citation_takes_its_document_along(tmp_path: Path) -> None:
    """A PMID that PubMed deleted is no document, in whatever file it stands, and is named."""
    gone = NBIB.replace(b"00000001", b"00000003")
    reading = read_library(open_library(library(tmp_path, a_dot_nbib=gone, b_dot_xml=XML)))
    assert [document.id for document in reading.documents] == ["pmid:00000002"]
    assert reading.deleted == ("00000003",)


def test_the_curators_word_reaches_the_documents(tmp_path: Path) -> None:
    """An override in curation.toml changes the status; a wrong one stops the reading with its line."""
    signed = 'who = "a"\nwhen = 2026-01-01\nwhy = "b"\n'
    library(
        tmp_path,
        a_dot_nbib=NBIB,
        curation_dot_toml=f'[[override]]\ndocument="pmid:00000001"\nfacet="status"\nvalues=["retracted"]\n{signed}'.encode(),
    )
    assert read_library(open_library(tmp_path)).documents[0].status is Status.RETRACTED
    (tmp_path / "curation.toml").write_text('[[override]]\nfacet="status"\n', "utf-8")
    with pytest.raises(LibraryError, match="line 1"):
        read_library(open_library(tmp_path))


def test_links_and_things_that_are_no_files_are_reported(tmp_path: Path) -> None:
    """A link out of the library, a dead link, a link in a circle, a pipe and a socket are problems, never opened."""
    outside = tmp_path / "outside.md"
    outside.write_bytes(POST)
    inside = tmp_path / "library"
    library(inside, sub__a_dot_md=POST)
    (inside / "out.md").symlink_to(outside)
    (inside / "dead.md").symlink_to(inside / "nowhere.md")
    (inside / "circle").symlink_to(inside)
    os.mkfifo(inside / "pipe.md")
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as opened:
        os.chdir(inside)  # the name of a socket may be no longer than a hundred characters
        try:
            opened.bind("socket.md")
        finally:
            os.chdir(here)
        reading = read_library(open_library(inside))
    assert reading.unread == ("circle", "dead.md", "out.md", "pipe.md", "socket.md")
    assert reading.read == ("sub/a.md",)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may open any file")
def test_a_file_without_permission_is_reported(tmp_path: Path) -> None:
    """A file that may not be opened is a problem, and the rest is read."""
    library(tmp_path, a_dot_md=POST, b_dot_md=POST)
    (tmp_path / "a.md").chmod(0)
    reading = read_library(open_library(tmp_path))
    assert (reading.unread, reading.read) == (("a.md",), ("b.md",))


def test_a_name_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    """A file whose name cannot be written in the store is a problem that says to rename it."""
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.md")).write_bytes(POST)
    (problem,) = read_library(open_library(tmp_path)).problems
    assert problem.cure == "rename it"


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    """A file above the limit is a problem; its size is named, and the rest is read."""
    library(tmp_path, a_dot_md=POST * 100, b_dot_md=POST)
    reading = read_library(open_library(tmp_path), most_bytes=1000)
    assert (reading.unread, reading.read) == (("a.md",), ("b.md",))
    assert "1,000" in reading.problems[0].reason


def test_a_reader_that_fails_stops_nothing(tmp_path: Path) -> None:
    """A defect of one reader is a problem of one file, reported as a defect."""

    def broken(content: bytes, *, name: str) -> Reading:
        raise ZeroDivisionError(name)

    own = own_readers()
    readers = Readers({**own.by_kind, FileKind.PAGE: broken}, own.looks_like_records)
    reading = read_library(open_library(library(tmp_path, a_dot_html=HTML, b_dot_md=POST)), readers=readers)
    assert (reading.unread, reading.read) == (("a.html",), ("b.md",))
    assert "ZeroDivisionError" in reading.problems[0].reason


def test_progress_is_told_before_each_file(tmp_path: Path) -> None:
    """Whoever shows progress hears how many are done, how many there are and which is next."""
    told: list[tuple[int, int, str]] = []
    opened = open_library(library(tmp_path, a_dot_md=POST, b_dot_md=POST))
    read_library(opened, on_progress=lambda *step: told.append(step))
    assert told == [(0, 2, "a.md"), (1, 2, "b.md"), (2, 2, "")]


def test_a_sidecar_speaks_for_a_file_that_cannot(tmp_path: Path) -> None:
    """X.meta.toml gives the page X its title, identifiers and status; every offset still fits; it is no file of its own."""
    library(tmp_path, page_dot_html=HTML, alone_dot_pdf_dot_meta_dot_toml=b'title = "x"')
    (tmp_path / "page.html.meta.toml").write_text(
        'title = "A much longer synthetic title than the page has"\nkind = "paper"\npmid = "00000007"\n'
        'status = "retracted"\n[curator]\nwho = "a"\nwhen = "2026-01-01"\nwhy = "b"\n',
        "utf-8",
    )
    reading = read_library(open_library(tmp_path))
    (document,) = reading.documents
    assert (document.id, document.status) == ("pmid:00000007", Status.RETRACTED)
    title, *rest = (document.text[section.start : section.end] for section in document.sections)
    assert title == document.citation.title == "A much longer synthetic title than the page has"
    (tmp_path / "page.html.meta.toml").unlink()
    (bare,) = read_library(open_library(tmp_path)).documents
    assert rest == [bare.text[section.start : section.end] for section in bare.sections[1:]] != []
    assert (reading.skipped, reading.unread) == (("page.html.meta.toml",), ("alone.pdf.meta.toml",))


@pytest.mark.parametrize("said", ["title = ", 'status = "retractd"', "colour"])
def test_a_wrong_sidecar_is_a_problem_of_its_file(tmp_path: Path, said: str) -> None:
    """A sidecar that cannot be read is named, and its file waits: what it meant to say must not be lost."""
    library(tmp_path, page_dot_html=HTML, page_dot_html_dot_meta_dot_toml=said.encode())
    (problem,) = read_library(open_library(tmp_path)).problems
    assert problem.place == "page.html"
    assert "page.html.meta.toml" in problem.reason


LIBRARY = b"""
name = "Synthetic library"
scope = "Nothing,\\n  and more of it"
language = "en"
include = ["*.md", "kept/"]
exclude = ["drafts/", "*-old.md"]

[settings]
model = "synthetic/model"
floor = 0.25
keep_stores = 3
colour = "red"

[vocabulary]
extra = 1

[[search]]
name = "nothing"
source = "pubmed"
query = "nothing[ti]"
last_run = 2026-01-02
count = 0
remark = "kept"
"""


def test_what_the_library_says_of_itself_is_kept(tmp_path: Path) -> None:
    """Name, scope, searches, settings and vocabulary are read; a key without meaning is kept and named with its line."""
    opened = open_library(library(tmp_path, library_dot_toml=LIBRARY))
    assert (opened.name, opened.scope, opened.language) == (
        "Synthetic library",
        "Nothing, and more of it",
        "en",
    )
    assert opened.settings == {"model": "synthetic/model", "floor": 0.25, "keep_stores": 3, "colour": "red"}
    assert opened.vocabulary == {"extra": 1}
    (search,) = opened.searches
    assert (search.source, search.query, search.last_run, search.count) == (
        "pubmed",
        "nothing[ti]",
        "2026-01-02",
        0,
    )
    assert search.more == {"remark": "kept"}
    assert opened.warnings == ("library.toml, line 12: the key 'colour' of [settings] has no meaning here",)


def test_include_and_exclude_choose_the_files(tmp_path: Path) -> None:
    """Only what is included and not excluded is read; the rest is skipped, and said to be."""
    library(
        tmp_path,
        library_dot_toml=LIBRARY,
        a_dot_md=POST,
        b_dot_html=HTML,
        kept__c_dot_html=HTML,
        drafts__d_dot_md=POST,
    )
    (tmp_path / "e-old.md").write_bytes(POST)
    reading = read_library(open_library(tmp_path))
    assert reading.read == ("a.md", "kept/c.html")
    assert reading.skipped == ("b.html", "drafts/d.md", "e-old.md", "library.toml")


def test_without_library_toml_the_folder_gives_the_name(tmp_path: Path) -> None:
    """A named folder needs no library.toml; its digest changes with what a curator writes."""
    folder = library(tmp_path / "knees", a_dot_md=POST)
    before = open_library(folder)
    assert (before.name, before.scope, before.warnings) == ("knees", "", ())
    (folder / "curation.toml").write_text("# nothing yet\n", "utf-8")
    assert open_library(folder).digest != before.digest


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("name = 3\n", 1, "a text"),
        ("\n[settings]\n\nkeep_stores = 0\n", 4, "above 0"),
        ("[settings]\nallow_private_addresses = 'yes'\n", 2, "true or false"),
        ("[settings]\nvocabulary = '../x.toml'\n", 2, "file"),
        ("[[search]]\nname = 'a'\nsource = 'web'\n", 3, "pubmed"),
        ("[[search]]\nname = 'a'\nsource = 'pubmed'\n", 1, "'query'"),
        ("[[search]]\nname = 'a'\nsource = 'feed'\nurl = 'x'\n[[search]]\nsource = 'feed'\n", 5, "'name'"),
        ("exclude = 'drafts'\n", 1, "list"),
        ("name = \n", 1, "TOML"),
    ],
)
def test_a_wrong_library_toml_names_file_line_and_cure(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    """A wrong type or missing key is refused with the file, the line and what is wanted."""
    with pytest.raises(LibraryError, match=f"line {line}") as raised:
        open_library(library(tmp_path, library_dot_toml=text.encode()))
    assert said in str(raised.value)
    assert "library.toml" in str(raised.value)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The library named must be a folder."""
    with pytest.raises(LibraryError, match="no folder"):
        open_library(tmp_path / "missing")


def records(first: int, count: int) -> bytes:
    """So many synthetic records of some 3 KB, each with a text of its own."""
    made = []
    for number in range(first, first + count):
        text = " ".join(f"Batch {number * 7919 % 90001 + at} of synthetic cells." for at in range(90))
        made.append(f"PMID- {90000000 + number}\nTI  - Synthetic record {number}\nAB  - {text}\nDP  - 2001\n")
    return "\n".join(made).encode()


def peak(folder: Path, files: int) -> tuple[int, int]:
    """The most bytes that Python held while a library of so many files was read and gone through, and those of its texts."""
    folder.mkdir()
    for number in range(files):
        (folder / f"{number:03}.nbib").write_bytes(records(number * 10, 10))
        if number % 4 == 0:  # some papers twice
            (folder / f"{number:03}-again.nbib").write_bytes(records(number * 10, 2))
    tracemalloc.start()
    try:
        documents = read_library(open_library(folder)).documents
        texts = sum(len(one.text) for one in documents)
        return tracemalloc.get_traced_memory()[1], texts
    finally:
        tracemalloc.stop()


def test_a_library_is_read_without_being_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six times the papers take less more memory than a third of their texts: what is held of each is its name."""
    monkeypatch.setattr(spool, "WRITTEN", 1 << 12)
    monkeypatch.setattr(spool, "BLOCK", 4)
    peak(tmp_path / "first", 1)  # what is read once
    small, few = peak(tmp_path / "few", 4)
    large, many = peak(tmp_path / "many", 24)
    assert many > max(5 * few, large)
    assert large - small < (many - few) / 3


def test_a_document_that_no_file_can_hold_is_a_problem(tmp_path: Path) -> None:
    """What a reader gives that cannot be written, half a character here, is told by file and document; the rest is read."""
    library(tmp_path, a_dot_nbib=NBIB + NBIB.replace(b"00000001", b"00000004"), b_dot_md=POST)

    def spoiled(content: bytes, *, name: str) -> Reading:
        reading = own_readers().by_kind[FileKind.RECORDS](content, name=name)
        first, *others = reading.documents
        return replace(reading, documents=(replace(first, text=f"{first.text} \ud800"), *others))

    readers = Readers({**own_readers().by_kind, FileKind.RECORDS: spoiled}, own_readers().looks_like_records)
    reading = read_library(open_library(tmp_path), readers=readers)
    assert [one.id for one in reading.documents] == ["pmid:00000004", "post:b"]
    (problem,) = reading.problems
    assert problem.place == "a.nbib"
    assert "pmid:00000001 cannot be stored" in problem.reason


def test_a_library_too_large_for_the_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what is read cannot be kept, the error names the folder and the way out, and no half of a library is given."""
    for number in range(3):
        (tmp_path / f"{number}.nbib").write_bytes(records(number * 100, 100))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)  # what it found is remembered there
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))
    try:
        with pytest.raises(LibraryError, match=rf"{tmp_path} cannot be written \(File too large\).*TMPDIR"):
            read_library(open_library(tmp_path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
