"""Keep: what is written into a library is whole, and what was there stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import keep
from corpus.errors import LibraryError


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    """A new file under a name that is taken is refused by name, and what was there stays; nothing is left aside."""
    (tmp_path / "own.md").write_bytes(b"own")
    with pytest.raises(LibraryError, match=r"own\.md is there already"):
        keep.put_new(tmp_path, "own.md", b"new")
    assert (tmp_path / "own.md").read_bytes() == b"own"
    assert list((tmp_path / keep.OWN).iterdir()) == []


def test_a_link_that_leads_nowhere_counts_as_there(tmp_path: Path) -> None:
    """A dangling link is not written through."""
    (tmp_path / "own.md").symlink_to(tmp_path.parent / "outside.md")
    with pytest.raises(LibraryError):
        keep.put_new(tmp_path, "own.md", b"new")
    assert not (tmp_path.parent / "outside.md").exists()


@pytest.mark.parametrize("name", ["../outside.md", "a/../../outside.md"])
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    """No name reaches a folder above the library."""
    folder = tmp_path / "library"
    folder.mkdir()
    for put in (keep.put_new, keep.put_again):
        with pytest.raises(LibraryError, match="leads out"):
            put(folder, name, b"new")
    assert not (tmp_path / "outside.md").exists()


def test_what_cannot_be_written_is_told_with_its_cure(tmp_path: Path) -> None:
    """Where the place cannot be written, the error names the file and what to do, and nothing is left aside."""
    (tmp_path / "folder").write_bytes(b"a file where a folder should be")
    with pytest.raises(LibraryError, match="cannot be written"):
        keep.put_new(tmp_path, "folder/new.md", b"new")
    with pytest.raises(LibraryError, match="cannot be written"):
        keep.put_new(tmp_path, "n" * 300, b"new")
    assert list((tmp_path / keep.OWN).glob("aside-*")) == []


def test_an_own_file_is_replaced_whole(tmp_path: Path) -> None:
    """A file of firstpass's own is replaced by its next version."""
    for content in (b"first", b"second"):
        keep.put_again(tmp_path, "a/state.json", content)
        assert (tmp_path / "a/state.json").read_bytes() == content


def test_lines_are_added_one_by_one(tmp_path: Path) -> None:
    """Each line ends with a line end; one that broke off before is closed and kept."""
    (tmp_path / "log").write_bytes(b"torn")
    keep.append_line(tmp_path, "log", "one")
    keep.append_line(tmp_path, "log", "two")
    assert (tmp_path / "log").read_bytes() == b"torn\none\ntwo\n"


def test_what_a_killed_run_left_aside_is_removed(tmp_path: Path) -> None:
    """The next run that writes removes what an earlier one left aside, and nothing else."""
    own = tmp_path / keep.OWN
    own.mkdir(parents=True)
    (own / "aside-1").write_bytes(b"half")
    (own / "seen.json").write_bytes(b"{}")
    with keep.held_alone(tmp_path):
        assert sorted(path.name for path in own.iterdir()) == ["lock", "seen.json"]


@given(st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=400))
def test_a_shortened_name_fits_and_keeps_its_ending(name: str) -> None:
    """With a number and the sidecar's ending added, the name is within 255 bytes unless its ending alone is longer."""
    short = keep.shortened(f"folder/{name}", ".meta.toml").removeprefix("folder/")
    ending = keep.divided(name)[1]
    assert short.endswith(ending)
    assert len((short + "-2.meta.toml").encode()) <= max(255, len(ending.encode()) + 20)
    assert short == name or len(name.encode()) > 200
