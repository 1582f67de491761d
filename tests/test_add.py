"""Add: what a curator names is put into the library, and what it is to what was there is told."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from eutils_stand_in import Entry, StandIn, entries, stand_in
from hypothesis import given
from hypothesis import strategies as st

from assistant.commands.add import command
from corpus import keep
from corpus.add import stated_by
from corpus.errors import LibraryError
from corpus.library import open_library, read_library

POST = "# Synthetic post\n\nThis synthetic post has a sentence of its own, and then another one.\n"
RECORD = (
    "PMID- 00000001\nTI  - Synthetic record of one title that is long enough to tell\nAB  - Synthetic abstract of the record.\n"
    "AID - 10.1000/synthetic.1 [doi]\nPT  - Journal Article\n\n"
)
HTML = {"Content-Type": "text/html; charset=utf-8"}
SIGNED = (
    "--meta",
    "curator.who=Synthetic",
    "--meta",
    "curator.when=2026-11-24",
    "--meta",
    "curator.why=test",
)


def page(title: str = "Synthetic page") -> bytes:
    """A page long enough to be read as a post."""
    body = " ".join(f"Sentence {number} of the page says nothing of note." for number in range(12))
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{body}</p></article></body></html>".encode()


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A stand-in for PubMed, for the DOI's registry and for a blog, with five records."""
    records = [*entries(4), Entry(5, entries(1)[0].entered, entries(1)[0].entered, "10.1000/synthetic.5")]
    with stand_in(records) as state:
        state.limit = 10_000
        state.pages["/blog/a-post.html"] = (200, HTML, page())
        yield state


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library that allows this machine's addresses, with one post."""
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "library.toml").write_text('name = "x"\n[settings]\nallow_private_addresses = true\n', "utf-8")
    (folder / "held.md").write_text(POST, "utf-8")
    return folder


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the library, for sources."""
    folder = tmp_path / "outside"
    folder.mkdir()
    return folder


def added(library: Path, *arguments: str, server: StandIn | None = None) -> tuple[int, dict[str, Any]]:
    """The command's exit and its JSON object."""
    address = server.address if server else "http://127.0.0.1:9"
    variables = {"FIRSTPASS_EUTILS_URL": address, "FIRSTPASS_DOI_URL": f"{address}/doi/", "NCBI_API_KEY": "k"}
    outcome = CliRunner().invoke(command, [*arguments, "--library", str(library), "--json"], env=variables)
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    return outcome.exit_code, json.loads(outcome.stdout)


def files(folder: Path) -> dict[str, bytes]:
    """Every file of the folder that is not hidden, with its content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".firstpass" not in path.parts
    }


def test_a_file_is_copied_and_its_documents_are_told(library: Path, outside: Path) -> None:
    """A file keeps its name and its bytes, and each document it holds is named."""
    source = outside / "export.nbib"
    source.write_text(RECORD, "utf-8")
    code, told = added(library, str(source))
    assert code == 0
    (one,) = told["added"]
    assert one["file"] == "export.nbib"
    title = "Synthetic record of one title that is long enough to tell"
    assert one["documents"] == [{"id": "pmid:00000001", "title": title}]
    assert (library / "export.nbib").read_bytes() == source.read_bytes()


def test_the_same_content_is_said_and_not_doubled(library: Path, outside: Path) -> None:
    """Content that the library holds under another name, or that is named twice at once, is not copied again."""
    (outside / "copy.md").write_text(POST, "utf-8")
    for name in ("new.md", "again.md"):
        (outside / name).write_text(POST.replace("another one", "a third"), "utf-8")
    code, told = added(library, *(str(outside / name) for name in ("copy.md", "new.md", "again.md")))
    assert code == 0
    assert [one["file"] for one in told["added"]] == ["new.md"]
    assert [one["file"] for one in told["already"]] == ["held.md", "new.md"]
    assert sorted(files(library)) == ["held.md", "library.toml", "new.md"]


def test_another_file_of_the_same_name_is_never_written_over(library: Path, outside: Path) -> None:
    """A file whose name is taken gets a number, and what was there stays as it was."""
    (outside / "held.md").write_text(POST.replace("another one", "a third"), "utf-8")
    _, told = added(library, str(outside / "held.md"))
    assert told["added"][0]["file"] == "held-2.md"
    assert (library / "held.md").read_text("utf-8") == POST


def test_what_cannot_be_read_is_told_and_not_copied(library: Path, outside: Path) -> None:
    """A file of no kind that is read stays outside, with its reason and a cure; a source that gives nothing ends with 1."""
    (outside / "table.xlsx").write_bytes(b"PK\x03\x04synthetic")
    (outside / "empty.md").write_bytes(b"")
    (outside / "good.md").write_text(POST.replace("another one", "a third"), "utf-8")
    code, told = added(
        library, *(str(outside / name) for name in ("table.xlsx", "empty.md", "good.md", "absent"))
    )
    assert code == 1
    assert [Path(one["place"]).name for one in told["problems"]] == ["table.xlsx", "empty.md", "absent"]
    assert all(one["reason"] and one["cure"] for one in told["problems"])
    assert len(told["failed"]) == 3
    assert sorted(files(library)) == ["good.md", "held.md", "library.toml"]


def test_a_folder_is_taken_whole(library: Path, outside: Path) -> None:
    """Each file of a folder goes in below the folder's name, with its sidecar; hidden files, links and another library's settings stay."""
    folder = outside / "posts"
    (folder / "deep").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git/config").write_text("x", "utf-8")
    for number, name in enumerate(("a.md", "deep/b.md")):
        (folder / name).write_text(POST.replace("another one", f"number {number}"), "utf-8")
    (folder / "a.md.meta.toml").write_text('year = "2018"\n', "utf-8")
    (folder / "library.toml").write_text('name = "other"\n', "utf-8")
    (folder / "link.md").symlink_to("/etc/passwd")
    code, told = added(library, str(folder))
    assert code == 0
    assert [one["file"] for one in told["added"]] == ["posts/a.md", "posts/deep/b.md"]
    assert [Path(one).name for one in told["skipped"]] == ["library.toml"]
    assert [Path(one["place"]).name for one in told["problems"]] == ["link.md"]
    names = ["held.md", "library.toml", "posts/a.md", "posts/a.md.meta.toml", "posts/deep/b.md"]
    assert sorted(files(library)) == names
    years = {one.origin: one.citation.year for one in read_library(open_library(library)).documents}
    assert years["posts/a.md"] == 2018


def test_the_library_is_not_added_to_itself(library: Path) -> None:
    """The library's own folder is refused; the folder around it gives what lies outside the library."""
    code, told = added(library, str(library))
    assert (code, told["added"]) == (1, [])
    (library.parent / "beside.md").write_text(POST.replace("another one", "a third"), "utf-8")
    _, told = added(library, str(library.parent))
    assert [Path(one["source"]).name for one in told["added"]] == ["beside.md"]


def test_what_is_stated_goes_into_a_sidecar(library: Path, outside: Path) -> None:
    """--meta is written beside the file, whose bytes stay as they were, and the library reads it."""
    source = outside / "new.md"
    source.write_text(POST.replace("another one", "a third"), "utf-8")
    meta = ("--meta", "year=2018", "--meta", "authors=Synthetic A", "--meta", "authors=Synthetic B")
    labels = ("--meta", "labels.route=intravenous", *SIGNED)
    code, _ = added(library, str(source), *meta, *labels)
    assert code == 0
    assert (library / "new.md").read_bytes() == source.read_bytes()
    found = next(one for one in read_library(open_library(library)).documents if one.origin == "new.md")
    assert (found.citation.year, found.citation.authors) == (2018, ("Synthetic A", "Synthetic B"))
    assert [(word.facet, word.values, word.who) for word in found.curator] == [
        ("route", ("intravenous",), "Synthetic")
    ]


def test_what_is_stated_of_a_file_that_is_there_is_written_too(library: Path, outside: Path) -> None:
    """A file that the library holds gets the sidecar it lacks; one that has another keeps it, and that is told."""
    source = outside / "copy.md"
    source.write_text(POST, "utf-8")
    _, told = added(library, str(source), "--meta", "year=2018")
    assert told["problems"] == []
    assert tomllib.loads((library / "held.md.meta.toml").read_text("utf-8")) == {"year": "2018"}
    _, told = added(library, str(source), "--meta", "year=2019")
    assert "sidecar" in told["problems"][0]["reason"]
    assert tomllib.loads((library / "held.md.meta.toml").read_text("utf-8")) == {"year": "2018"}


@pytest.mark.parametrize(
    "meta",
    [
        "year",
        "year=",
        "=2018",
        "year=soon",
        "colour=red",
        "labels.route=intravenous",
        "kind=opinion",
        "a.b.c=1",
    ],
)
def test_a_wrong_statement_stops_everything(library: Path, outside: Path, meta: str) -> None:
    """A key that has no meaning, a value that cannot be, a label without a curator: nothing is added then."""
    source = outside / "new.md"
    source.write_text(POST.replace("another one", "a third"), "utf-8")
    before = files(library)
    with pytest.raises(LibraryError, match="nothing was added"):
        added(library, str(source), "--meta", meta)
    assert files(library) == before


def test_a_statement_about_many_records_is_refused(library: Path, outside: Path) -> None:
    """--meta speaks about one document, so an export of two is not added with it."""
    source = outside / "two.nbib"
    second = (
        RECORD.replace("00000001", "00000002")
        .replace("synthetic.1", "synthetic.2")
        .replace("of one", "of two")
    )
    source.write_text(RECORD + second, "utf-8")
    code, told = added(library, str(source), "--meta", "year=2018")
    assert (code, told["added"]) == (1, [])
    assert "one document" in told["problems"][0]["reason"]


def test_what_it_merged_with_is_told(library: Path, outside: Path, server: StandIn) -> None:
    """A record of a paper that the library holds in another file is named as the same source, in a dry run too."""
    ris = "TY  - JOUR\nTI  - Synthetic record 5.\nAB  - Synthetic abstract.\nDO  - 10.1000/SYNTHETIC.5\nER  - \n"
    (library / "old.ris").write_text(ris, "utf-8")
    for arguments in (("--dry-run",), ()):
        code, told = added(library, "10.1000/synthetic.5", *arguments, server=server)
        assert code == 0
        assert [(one["kept"], one["origins"]) for one in told["merges"]] == [
            ("pmid:5", ["added/pmid-5.xml", "old.ris"])
        ]


def test_what_merged_before_is_not_told_again(library: Path, outside: Path) -> None:
    """Sources that were the same before, and have nothing to do with what is added, are not named."""
    for name in ("a.nbib", "b.nbib"):
        (library / name).write_text(RECORD + "\n" * len(name) * (name == "b.nbib"), "utf-8")
    (outside / "new.md").write_text(POST.replace("another one", "a third"), "utf-8")
    assert added(library, str(outside / "new.md"))[1]["merges"] == []


def test_a_dry_run_writes_nothing(library: Path, outside: Path) -> None:
    """A dry run says what would be added and leaves every file as it is."""
    (outside / "new.md").write_text(POST.replace("another one", "a third"), "utf-8")
    before = sorted(library.rglob("*"))
    code, told = added(library, str(outside / "new.md"), "--dry-run", "--meta", "year=2018")
    assert (code, told["dry_run"], len(told["added"])) == (0, True, 1)
    assert sorted(library.rglob("*")) == before


def test_the_command_tells_what_it_did(library: Path, outside: Path) -> None:
    """What was added, what is there already and what to do next go to standard output, what could not be read to standard error."""
    (library / "old.nbib").write_text(RECORD, "utf-8")
    (outside / "new.nbib").write_text(RECORD + "\n", "utf-8")
    (outside / "copy.md").write_text(POST, "utf-8")
    sources = [str(outside / name) for name in ("new.nbib", "copy.md", "absent")]
    outcome = CliRunner().invoke(command, [*sources, "--library", str(library)])
    assert outcome.exit_code == 1
    assert outcome.stdout == (
        "added new.nbib: 1 document\n  pmid:00000001  Synthetic record of one title that is long enough to tell\n"
        f"there already: {sources[1]} is held.md\n"
        "same source: pmid:00000001 is in new.nbib, old.nbib (by pmid); answers count it once\nnext: firstpass index\n"
    )
    assert outcome.stderr.startswith(f"not read: {sources[2]}: there is no such file")


@pytest.mark.parametrize("source", ["3", "pmid:3", "PMID: 3", "https://pubmed.ncbi.nlm.nih.gov/3/?from=x#y"])
def test_a_pmid_is_fetched_from_pubmed(library: Path, server: StandIn, source: str) -> None:
    """A PMID, however it is written, brings PubMed's own record."""
    code, told = added(library, source, server=server)
    assert code == 0
    assert told["added"][0]["documents"] == [{"id": "pmid:3", "title": "Synthetic record 3."}]
    assert (library / "added/pmid-3.xml").read_text("utf-8").startswith("<?xml")


@pytest.mark.parametrize(
    "source", ["10.1000/Synthetic.5", "doi:10.1000/synthetic.5", "https://doi.org/10.1000%2Fsynthetic.5"]
)
def test_a_doi_that_pubmed_knows_brings_its_record(library: Path, server: StandIn, source: str) -> None:
    """A DOI, however it is written, brings PubMed's record with that very DOI."""
    code, told = added(library, source, server=server)
    assert (code, told["added"][0]["documents"][0]["id"]) == (0, "pmid:5")


def test_a_doi_that_pubmed_does_not_know_brings_the_registry_s_citation(
    library: Path, server: StandIn
) -> None:
    """Where PubMed has no record, the DOI's registry is asked for its citation as RIS."""
    ris = b"TY  - JOUR\nTI  - Synthetic registry record\nAB  - Synthetic abstract.\nDO  - 10.1000/elsewhere\nPY  - 2019\nER  - \n"
    server.pages["/doi/10.1000/elsewhere"] = (
        200,
        {"Content-Type": "application/x-research-info-systems"},
        ris,
    )
    server.pages["/doi/10.1000/another"] = (200, {"Content-Type": "application/x-research-info-systems"}, ris)
    code, told = added(library, "10.1000/elsewhere", server=server)
    assert (code, told["added"][0]["documents"][0]["id"]) == (0, "doi:10.1000/elsewhere")
    code, told = added(library, "10.1000/another", server=server)
    assert (code, told["added"]) == (1, [])
    assert "another record" in told["problems"][0]["reason"]


@pytest.mark.parametrize(
    ("source", "reason"), [("99", "no record with the PMID 99"), ("10.1000/unknown", "answers 404")]
)
def test_an_identifier_that_is_unknown_is_told(
    library: Path, server: StandIn, source: str, reason: str
) -> None:
    """A PMID or DOI that brings nothing is a problem with a cure, and nothing is written."""
    server.pages["/doi/10.1000/unknown"] = (404, {}, b"")
    before = files(library)
    code, told = added(library, source, server=server)
    assert code == 1
    assert reason in told["problems"][0]["reason"]
    assert files(library) == before


def test_a_page_is_fetched_and_keeps_its_address(library: Path, server: StandIn) -> None:
    """A page is kept as it was served, and its address is cited."""
    code, told = added(library, f"{server.address}/blog/a-post.html", server=server)
    assert (code, told["added"][0]["file"]) == (0, "added/a-post.html")
    assert (library / "added/a-post.html").read_bytes() == page()
    found = next(
        one for one in read_library(open_library(library)).documents if one.origin == "added/a-post.html"
    )
    assert found.citation.url == f"{server.address}/blog/a-post.html"


@pytest.mark.parametrize(
    ("path", "media_type", "name"),
    [
        ("/export.nbib", "application/octet-stream", "added/export.nbib"),
        ("/export.nbib", "text/plain; charset=utf-8", "added/export.nbib"),
        ("/export.php", "text/plain", "added/export.txt"),
        ("/export", "", "added/export.html"),
        ("/export.html", "text/plain", "added/export.html"),
    ],
)
def test_an_export_that_a_server_gives_is_read_as_what_it_is(
    library: Path, server: StandIn, path: str, media_type: str, name: str
) -> None:
    """Where the server's type says little, the file's ending and its content decide how it is read."""
    server.pages[path] = (200, {"Content-Type": media_type} if media_type else {}, RECORD.encode())
    code, told = added(library, server.address + path, server=server)
    assert (code, told["added"][0]["file"]) == (0, name)
    assert told["added"][0]["documents"][0]["id"] == "pmid:00000001"


def test_a_private_address_is_refused_unless_the_setting_allows_it(library: Path, server: StandIn) -> None:
    """Without allow_private_addresses a page on this machine is not asked for, even where E-utilities are on it."""
    (library / "library.toml").write_text('name = "x"\n', "utf-8")
    code, told = added(library, f"{server.address}/blog/a-post.html", "3", server=server)
    assert (code, server.visited) == (1, [])
    assert "allow_private_addresses" in told["problems"][0]["cure"]
    assert told["added"][0]["documents"][0]["id"] == "pmid:3"


@pytest.mark.parametrize("path", ["/..%2F..%2Fetc%2Fpasswd", "/a/..%2F..%2Fx.html", "/.hidden", "/"])
def test_no_address_names_a_file_outside(library: Path, server: StandIn, path: str) -> None:
    """Whatever an address's path says, its file goes to added/ under a plain name that is read."""
    server.pages[path] = (200, HTML, page())
    _, told = added(library, server.address + path, server=server)
    name = told["added"][0]["file"]
    assert name.startswith("added/")
    assert name.count("/") == 1
    assert sorted(files(library.parent)) == sorted(f"library/{one}" for one in (*files(library),))
    assert name in read_library(open_library(library)).read


def test_a_name_that_is_too_long_is_cut(library: Path, outside: Path) -> None:
    """A file whose name leaves no room for its sidecar's is taken under a shorter one, with its ending."""
    source = outside / ("ü" * 126 + ".md")
    source.write_text(POST.replace("another one", "a third"), "utf-8")
    code, told = added(library, str(source), "--meta", "year=2018")
    assert code == 0
    assert told["added"][0]["file"].endswith("ü.md")
    assert len(list(library.glob("ü*"))) == 2


def test_a_file_that_the_library_would_not_read_finds_another_place(library: Path, outside: Path) -> None:
    """README.md at the top of a library is not read, so a source of that name goes below added/."""
    (outside / "README.md").write_text(POST.replace("another one", "a third"), "utf-8")
    _, told = added(library, str(outside / "README.md"))
    assert told["added"][0]["file"] == "added/README.md"
    assert "added/README.md" in read_library(open_library(library)).read


def test_what_the_library_leaves_out_is_told(library: Path, outside: Path) -> None:
    """A file that library.toml excludes would never be read, so it is not added."""
    (library / "library.toml").write_text('exclude = ["*.txt"]\n', "utf-8")
    (outside / "new.txt").write_text(POST, "utf-8")
    (outside / "new.txt").write_text(
        "Synthetic title\n\nA sentence that stands alone in its file, and one more.\n", "utf-8"
    )
    code, told = added(library, str(outside / "new.txt"))
    assert (code, told["added"]) == (1, [])
    assert "leaves out" in told["problems"][0]["reason"]


def test_a_wrong_curation_stops_everything(library: Path, outside: Path) -> None:
    """While curation.toml cannot be read, nothing is added."""
    (library / "curation.toml").write_text("[[override]\n", "utf-8")
    (outside / "new.md").write_text(POST.replace("another one", "a third"), "utf-8")
    with pytest.raises(LibraryError, match=r"curation\.toml"):
        added(library, str(outside / "new.md"))
    assert "new.md" not in files(library)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read any file")
def test_a_file_that_may_not_be_read_is_told(library: Path, outside: Path) -> None:
    """A file without permission is a problem like any other."""
    source = outside / "new.md"
    source.write_text(POST, "utf-8")
    source.chmod(0)
    code, told = added(library, str(source))
    assert (code, len(told["problems"])) == (1, 1)


def test_the_starter_library_is_never_written_into(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, outside: Path
) -> None:
    """Where no library is named, nothing is added to the one that ships, and the cure is told."""
    from assistant.access import library_to_change
    from assistant.errors import SettingsError

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FIRSTPASS_LIBRARY", raising=False)
    with pytest.raises(SettingsError, match="--library FOLDER"):
        library_to_change(None)


def test_pairs_make_values_lists_and_tables() -> None:
    """A key once is a value, given again a list; a dotted key stands in a table."""
    stated = stated_by(["year=2018", "authors=A", "authors=B", "labels.route=x=y", "note=true"])
    assert stated == {"year": "2018", "authors": ["A", "B"], "labels": {"route": "x=y"}, "note": "true"}


_TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
_VALUES = _TEXTS | st.booleans() | st.lists(_TEXTS, max_size=3)


@given(st.dictionaries(_TEXTS, _VALUES | st.dictionaries(_TEXTS, _VALUES, max_size=3), max_size=4))
def test_a_sidecar_says_what_was_stated(stated: dict[str, Any]) -> None:
    """Whatever is stated comes back from the TOML that is written."""
    assert tomllib.loads(keep.sidecar_text(stated)) == stated
