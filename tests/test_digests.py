"""Digests remembered: a file is read again whenever it was written to, and only then."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from store_material import records, tools

from index.build import build
from index.digests import Digests, sha256
from index.errors import StoreDamaged
from index.root import current_version, remembered, stores
from index.sealed import read_sealed, write_sealed
from index.store import open_store

Known = dict[str, tuple[str, str]]


def known(root: Path) -> Known:
    """What is remembered below a root."""
    return read_sealed(root / "digests.json", dict[str, tuple[str, str]]) or {}


def test_a_store_that_was_just_built_is_remembered_where_it_was_moved_to(tmp_path: Path) -> None:
    """Publishing moves the files; opening them then hashes none, for each is remembered with the hash that it has."""
    build(records(5), tools=tools(), root=tmp_path)
    folder = stores(tmp_path) / str(current_version(tmp_path))
    held = known(tmp_path)
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"]
    for file in files:
        name = file.relative_to(folder).as_posix()
        assert held[f"{name} {file.stat().st_ino}"][1] == sha256(file)
    open_store(tmp_path).close()
    assert known(tmp_path) == held


def test_what_is_remembered_is_not_read(tmp_path: Path) -> None:
    """A hash put into the memory by hand is given back for a file that nobody touched, and not for one that was."""
    file = tmp_path / "file"
    file.write_bytes(b"one")
    digests = Digests(tmp_path / "digests.json")
    assert digests.sha256(tmp_path, ["file"]) == (sha256(file),)
    held = known(tmp_path)
    write_sealed(tmp_path / "digests.json", {key: (stamp, "other") for key, (stamp, _) in held.items()})
    assert digests.sha256(tmp_path, ["file"]) == ("other",)
    file.write_bytes(b"two")
    assert digests.sha256(tmp_path, ["file"]) == (sha256(file),)


@pytest.mark.parametrize("wait", [0, 0.02])
def test_a_byte_flipped_in_place_is_told_whatever_the_times_say(tmp_path: Path, wait: float) -> None:
    """The same size and the time of writing set back: still refused, however soon after the store was opened."""
    build(records(5), tools=tools(), root=tmp_path)
    open_store(tmp_path).close()
    folder = stores(tmp_path) / str(current_version(tmp_path))
    for name in ("vectors.faiss", "documents.jsonl", "words/rows.npy"):
        copy = tmp_path / "kept"
        shutil.copy2(folder / name, copy)
        stat = (folder / name).stat()
        time.sleep(wait)
        with (folder / name).open("r+b") as stream:
            stream.seek(-2, os.SEEK_END)
            byte = stream.read(1)[0]
            stream.seek(-2, os.SEEK_END)
            stream.write(bytes([byte ^ 1]))
        os.utime(folder / name, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        with pytest.raises(StoreDamaged, match=f"{name} was altered"):
            open_store(tmp_path)
        shutil.copy2(copy, folder / name)
        open_store(tmp_path).close()


def test_a_file_just_written_is_remembered_only_as_what_it_is(tmp_path: Path) -> None:
    """Written, hashed and written again as fast as can be, the second content is never taken for the first."""
    file = tmp_path / "file"
    digests = Digests(tmp_path / "digests.json")
    for number in range(200):
        file.write_bytes(number.to_bytes(2, "big"))
        assert digests.sha256(tmp_path, ["file"]) == (sha256(file),)


def test_a_damaged_memory_is_none(tmp_path: Path) -> None:
    """A byte of the memory flipped, or the memory cut short, costs hashing once more; the store is served all the same."""
    build(records(3), tools=tools(), root=tmp_path)
    whole = (tmp_path / "digests.json").read_bytes()
    for at in range(0, len(whole), 97):
        (tmp_path / "digests.json").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        open_store(tmp_path).close()
    (tmp_path / "digests.json").write_bytes(whole[:-9])
    open_store(tmp_path).close()
    assert remembered(tmp_path).sha256(tmp_path, ["current"]) == (sha256(tmp_path / "current"),)


def test_verifying_reads_every_byte(tmp_path: Path) -> None:
    """What a memory says does not satisfy `verify`: a store whose file differs from its manifest is told though remembered as whole."""
    build(records(3), tools=tools(), root=tmp_path)
    folder = stores(tmp_path) / str(current_version(tmp_path))
    published = sha256(folder / "keys.npy")
    content = bytearray((folder / "keys.npy").read_bytes())
    content[-1] ^= 1
    (folder / "keys.npy").write_bytes(content)
    digests = remembered(tmp_path)
    digests.sha256(folder, ["keys.npy"])
    held = {
        key: (stamp, published if key.startswith("keys.npy ") else digest)
        for key, (stamp, digest) in known(tmp_path).items()
    }
    write_sealed(tmp_path / "digests.json", held)
    with open_store(tmp_path) as store, pytest.raises(StoreDamaged, match=r"keys\.npy was altered"):
        store.verify()
