"""Publishing: one builder at a time, one step, a way back, and nothing lost when the file system refuses."""

from __future__ import annotations

import resource
from pathlib import Path

import numpy as np
import pytest
from store_material import records, tools

from index.build import build, prepare
from index.errors import StoreError, StoreLocked, StoreMissing
from index.publish import available, prune, repair, rollback
from index.root import current_version, history, store_root, stores
from index.store import open_store


def test_a_second_builder_is_refused_and_told_who_builds(tmp_path: Path) -> None:
    """While one build is under way another one is refused; once it has ended it is not."""
    first = prepare(records(2), tools=tools(), root=tmp_path)
    with pytest.raises(StoreLocked, match="process"):
        build(records(3), tools=tools(), root=tmp_path)
    first.discard()
    assert build(records(3), tools=tools(), root=tmp_path).published


def test_going_back_brings_the_store_before(tmp_path: Path) -> None:
    """Going back serves the earlier store with its own date; twice goes back two; before the first there is none."""
    versions = [
        build(records(n), tools=tools(), root=tmp_path, built=f"2026-01-0{n}T00:00:00+00:00").version
        for n in (1, 2, 3)
    ]
    assert rollback(tmp_path).version == versions[1]
    with open_store(tmp_path) as store:
        assert (store.documents, store.built) == (2, "2026-01-02T00:00:00+00:00")
    assert rollback(tmp_path).version == versions[0]
    with pytest.raises(StoreMissing):
        rollback(tmp_path)
    assert rollback(tmp_path, versions[2]).version == versions[2] == current_version(tmp_path)
    assert [line.act for line in history(tmp_path)] == ["build"] * 3 + ["rollback"] * 3


def test_pruning_keeps_what_is_served(tmp_path: Path) -> None:
    """Only the stores published last are kept, the one served always."""
    for n in (1, 2, 3):
        build(records(n), tools=tools(), root=tmp_path)
    first = rollback(tmp_path, available(tmp_path)[-1]).version
    assert len(prune(tmp_path, keep=1)) == 2
    assert available(tmp_path) == (first,)


def test_an_open_store_outlives_its_files(tmp_path: Path) -> None:
    """A reader answers the same after a newer store was published and its own was removed."""
    build(records(5), tools=tools(), root=tmp_path)
    with open_store(tmp_path) as store:
        before = store.document(store.ids[4]), store.nearest(store.vectors(np.array([2]))[0], 3)[0].tolist()
        build(records(6), tools=tools(), root=tmp_path)
        prune(tmp_path, keep=1)
        assert not store.folder.exists()
        after = store.document(store.ids[4]), store.nearest(store.vectors(np.array([2]))[0], 3)[0].tolist()
        assert before == after
        assert store.best_words("cells", 9)[0].tolist()


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    """Half a store aside and half a pointer are removed, and a publication that the history lacks is added."""
    version = build(records(2), tools=tools(), root=tmp_path).version
    (tmp_path / "aside" / "half").mkdir()
    (tmp_path / "current.1.new").write_text("half")
    (tmp_path / "history.jsonl").unlink()
    assert len(repair(tmp_path)) == 3
    assert [line.version for line in history(tmp_path)] == [version]
    assert repair(tmp_path) == ()


def test_a_full_disk_is_said_and_the_old_store_stays(tmp_path: Path) -> None:
    """Where a file cannot be written whole, the build fails with a cure and the store before is still served."""
    version = build(records(2), tools=tools(), root=tmp_path).version
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (700, 3_000, 9_000, 20_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(StoreError, match="the store served before stays"):
                build(records(200), tools=tools(), root=tmp_path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        with open_store(tmp_path) as store:
            assert store.version == version


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A root below a plain file is refused with the path named."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be written"):
        build(records(1), tools=tools(), root=tmp_path / "file" / "root")


def test_where_stores_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside the library, in the user's folder for the one that ships, and where FIRSTPASS_STORES says."""
    monkeypatch.delenv("FIRSTPASS_STORES", raising=False)
    assert store_root(tmp_path) == tmp_path / ".firstpass"
    assert not store_root(tmp_path, shipped=True).is_relative_to(tmp_path)
    monkeypatch.setenv("FIRSTPASS_STORES", str(tmp_path / "named"))
    assert store_root(tmp_path, shipped=True) == tmp_path / "named"


def test_the_stores_are_kept_out_of_git(tmp_path: Path) -> None:
    """The root ignores itself, and the time stated for reproducible builds is honoured."""
    build(records(1), tools=tools(), root=tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "*\n"
    assert stores(tmp_path).is_dir()
