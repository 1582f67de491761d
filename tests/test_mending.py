"""Mending: what is put right without a judgement, what is left, and that nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from assistant.cli import cli
from corpus.library import open_library, read_library
from corpus.mending import ASIDE, Look, look, mend

POST = """---
title: Synthetic post
pmid: PMID 00000012
doi: https://doi.org/10.0000/Synthetic.1
layout: plain   # of the blog
tags:
  - knees
- hips
---

Synthetic words: https://doi.org/10.0000/synthetic.2 stays as it is written here.
"""
SIDECAR = 'doi = "http://dx.doi.org/10.0000/synthetic.3"\nlayout = "plain"\n\n[labels]\nroute = ["oral"]\n\n[curator]\nwho = "a"\nwhen = "2026-01-01"\nwhy = "b"\n'
WORDS = b"Synthetic words of a post that says nothing.\n"


def library(folder: Path, **files: str | bytes) -> Path:
    """A library of these files; "__" in a name stands for a folder, "_dot_" for a dot."""
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def looked(folder: Path) -> Look:
    """What is found in the library."""
    opened = open_library(folder)
    return look(opened, read_library(opened).read)


def mended(folder: Path) -> Look:
    """What was found, after it was mended."""
    found = looked(folder)
    assert mend(open_library(folder), found) == ()
    return found


def test_front_matter_is_mended_and_reads_as_before(tmp_path: Path) -> None:
    """A dead key becomes a comment with its lines, DOI and PMID are plain, the words below stay, and the document is the same."""
    post = POST.replace("\n- hips", "")
    library(tmp_path, a_dot_md=post)
    (before,) = read_library(open_library(tmp_path)).documents
    assert [(one.sort, one.key) for one in mended(tmp_path).mends] == [
        ("pmid-as-text", "pmid"),
        ("doi-as-address", "doi"),
        ("dead-key", "layout"),
        ("dead-key", "tags"),
    ]
    text = (tmp_path / "a.md").read_text("utf-8")
    assert text == (
        post.replace("PMID 00000012", "12")
        .replace("doi: https://doi.org/", "doi: ")
        .replace("layout", "# layout")
        .replace("tags:\n  - knees", "# tags:\n#   - knees")
    )
    reading = read_library(open_library(tmp_path))
    (after,) = reading.documents
    assert (after.text, after.citation.doi, after.id) == (before.text, before.citation.doi, "pmid:12")
    assert not reading.warnings
    assert (tmp_path / ASIDE / "a.md").read_text("utf-8") == post
    assert looked(tmp_path).mends == ()


def test_a_sidecar_is_mended_and_its_tables_are_not_touched(tmp_path: Path) -> None:
    """Only the keys above the first table of a sidecar are looked at; the curator's words in it stay letter by letter."""
    library(tmp_path, a_dot_md=WORDS, a_dot_md_dot_meta_dot_toml=SIDECAR)
    assert {one.sort for one in mended(tmp_path).mends} == {"doi-as-address", "dead-key"}
    text = (tmp_path / "a.md.meta.toml").read_text("utf-8")
    assert text == SIDECAR.replace("http://dx.doi.org/", "").replace("layout", "# layout")


@pytest.mark.parametrize("key", ["titel", "pimd", "statuss", "lables"])
def test_a_key_that_may_be_misspelt_is_left(tmp_path: Path, key: str) -> None:
    """A key near to one that has a meaning is named and left: to take out what was meant to count would be a judgement."""
    folder = library(tmp_path, a_dot_md=f"---\ndate: 2026-01-01\n{key}: something\n---\n\nSynthetic words.\n")
    found = mended(folder)
    assert [one.sort for one in found.mends] == ["dead-key"]
    assert "may be meant to be" in found.mends[0].left
    assert found.content == {}


def test_front_matter_that_would_be_none_is_left(tmp_path: Path) -> None:
    """Where the dead key is the only one, the fences would become rules of Markdown and the key words of the post: it is left."""
    (one,) = mended(library(tmp_path, a_dot_md="---\nlayout: plain\n---\n\nSynthetic words.\n")).mends
    assert one.left == "it would not read as before"


@pytest.mark.parametrize("name", ["curation.toml", "questions.toml"])
def test_an_id_that_a_curator_named_is_not_changed(tmp_path: Path, name: str) -> None:
    """Where curation.toml or questions.toml names pmid:00000012, the PMID stays as written, and so does the curator's file."""
    signed = 'who = "a"\nwhen = 2026-01-01\nwhy = "b"\n'
    said = {
        "curation.toml": f'[[exclude]]\ndocument = "pmid:00000012"\n{signed}',
        "questions.toml": '[[question]]\nquestion = "synthetic"\ndirect = ["pmid:00000012"]\n',
    }[name]
    library(tmp_path, a_dot_md="---\npmid: 00000012\n---\n\nSynthetic words.\n")
    (tmp_path / name).write_text(said, "utf-8")
    (one,) = mended(tmp_path).mends
    assert "names pmid:00000012" in one.left
    assert "pmid: 00000012" in (tmp_path / "a.md").read_text("utf-8")


def test_a_file_with_the_bytes_of_another_is_set_aside(tmp_path: Path) -> None:
    """Of three files of one content one stays, whichever lies highest; the others are kept as they were, out of the library."""
    library(tmp_path, b_dot_md=WORDS, sub__a_dot_md=WORDS, sub__c_dot_md=WORDS, d_dot_md=WORDS + b"More.\n")
    mended(tmp_path)
    assert read_library(open_library(tmp_path)).read == ("b.md", "d.md")
    assert (
        (tmp_path / ASIDE / "sub/a.md").read_bytes() == (tmp_path / ASIDE / "sub/c.md").read_bytes() == WORDS
    )


def test_files_that_something_speaks_about_or_that_were_pulled_stay(tmp_path: Path) -> None:
    """A double with a sidecar, one whose id a curator named, and whatever lies in pulled/ are left, with the reason."""
    signed = 'who = "a"\nwhen = 2026-01-01\nwhy = "b"\n'
    library(
        tmp_path,
        pulled__x__a_dot_md=WORDS,
        pulled__x__b_dot_md=WORDS,
        c_dot_md=WORDS,
        c_dot_md_dot_meta_dot_toml='title = "Synthetic"\n',
        d_dot_md=WORDS,
        e_dot_md=WORDS,
        curation_dot_toml=f'[[exclude]]\ndocument = "post:d"\n{signed}',
    )
    found = mended(tmp_path)
    assert {one.place for one in found.mends if one.left} == {"pulled/x/b.md", "c.md", "d.md"}
    assert {one.place for one in found.mends if not one.left} == {"e.md"}
    assert (tmp_path / "pulled/x/b.md").read_bytes() == (tmp_path / "d.md").read_bytes() == WORDS


def test_a_file_that_was_changed_meanwhile_is_left(tmp_path: Path) -> None:
    """What a curator wrote after the library was looked at is not written over."""
    library(tmp_path, a_dot_md=POST.replace("\n- hips", ""))
    found = looked(tmp_path)
    (tmp_path / "a.md").write_bytes(WORDS)
    assert mend(open_library(tmp_path), found) == ("a.md",)
    assert (tmp_path / "a.md").read_bytes() == WORDS


VALUES = st.sampled_from(
    ["x", '"x: y"', "[a, b]", "'#'", "|\n  block\n\n  more", ">\n  folded", "", "- a", "{a: b}"]
)


@given(
    st.lists(
        st.tuples(st.sampled_from(["layout", "tags", "title", "doi", "journal", "x_1"]), VALUES), max_size=6
    )
)
def test_a_mend_never_changes_what_a_file_says(
    tmp_path_factory: pytest.TempPathFactory, keys: list[tuple[str, str]]
) -> None:
    """Whatever front matter is written, the document after mending is the one before, but for the notes."""
    lines = "\n".join(f"{key}: {value}" for key, value in keys)
    folder = library(tmp_path_factory.mktemp("posts"), a_dot_md=f"---\n{lines}\n---\n\nSynthetic words.\n")
    before = read_library(open_library(folder))
    mended(folder)
    after = read_library(open_library(folder))
    assert (after.documents, after.problems) == (before.documents, before.problems)
    assert set(after.warnings) <= set(before.warnings)


PIECES = st.sampled_from(
    ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x00", " ", "\t", "---", "+++", "...", "- ", "# ", ": ", " = ", "[a]", '"', "'''", "|", "&a", "*a",
     "layout", "doi", "pmid", "00012", "https://doi.org/10.0000/x", "title", "é", "\ufeff"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["---", "+++"]), st.booleans())
def test_no_front_matter_is_too_odd(
    tmp_path_factory: pytest.TempPathFactory, odd: str, fence: str, sidecar: bool
) -> None:
    """Whatever stands between the fences or in a sidecar, looking and mending raise nothing and change no word of the document."""
    content = odd if sidecar else f"{fence}\n{odd}\n{fence}\n\nSynthetic words.\n"
    named = {"a_dot_md_dot_meta_dot_toml": content, "a_dot_md": WORDS} if sidecar else {"a_dot_md": content}
    folder = library(tmp_path_factory.mktemp("odd"), **named)
    before = read_library(open_library(folder))
    mended(folder)
    after = read_library(open_library(folder))
    assert [(one.text, one.citation.title) for one in after.documents] == [
        (one.text, one.citation.title) for one in before.documents
    ]
    assert after.problems == before.problems


def test_the_command_says_what_it_did_and_a_dry_run_does_nothing(tmp_path: Path) -> None:
    """`check --fix --dry-run` names what would be mended and writes nothing; without it the same is done; then nothing is left."""
    post = POST.replace("\n- hips", "")
    library(tmp_path, a_dot_md=post)
    fix = ["check", "--fix", "--json", "--library", str(tmp_path)]
    would = json.loads(CliRunner().invoke(cli, [*fix, "--dry-run"]).stdout)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md"]
    assert (tmp_path / "a.md").read_text("utf-8") == post
    did = json.loads(CliRunner().invoke(cli, fix).stdout)
    assert did["mended"] == would["mended"]
    assert len(did["mended"]) == 4
    assert json.loads(CliRunner().invoke(cli, fix).stdout)["mended"] == []


def test_the_starter_library_is_not_mended() -> None:
    """What ships with firstpass is not written into."""
    assert CliRunner().invoke(cli, ["check", "--fix"]).exit_code == 1
