"""Disks that are full or cannot be written, clocks and histories: what is served stays, and what is said of it is so."""

from __future__ import annotations

import gc
import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from bench_material import HIP_PRP, KNEE_JOINT, asked, bench, hip_prp, knee_joint, library, write_records
from small_disk import PAGE, fill, read_only, small_disk
from store_material import records, tools

from assistant.answering import kept_floor
from assistant.indexing import index_library
from index.build import build
from index.errors import StoreDamaged, StoreError
from index.publish import available, now, prune, rollback
from index.root import current_version, history, stores
from index.store import open_store

MEGA = 1 << 20


@pytest.fixture(autouse=True)
def _stores_in_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIRSTPASS_STORES", raising=False)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def told_by(change: Callable[[], object]) -> str | None:
    """The error that a change ends in; None where it is done."""
    try:
        change()
    except StoreError as error:
        return str(error)
    finally:
        gc.collect()  # as at the end of a command: a store that an error still holds would hold its room too
    return None


def test_a_disk_that_is_full_at_any_moment_leaves_a_whole_store(tmp_path: Path) -> None:
    """Whatever room is left, the message says which store is served, that one opens whole, and with room the build goes through."""
    with small_disk(tmp_path / "disk", MEGA) as disk:
        root = disk / "root"
        build(records(5), tools=tools(), root=root)
        said = set()
        for pages in range(0, 60, 2):
            before = current_version(root)
            filler = fill(disk, pages * PAGE)
            told = told_by(partial(build, records(6 + pages), tools=tools(), root=root))
            said.add(told is None)
            after = current_version(root)
            assert (
                told is None
                or f"store {after} is served and whole" in told
                or ("the store served before stays" in told and after == before)
            )
            filler.unlink()
            with open_store(root) as store:
                assert store.documents in {5, *(6 + fewer for fewer in range(0, pages + 2, 2))}
            assert build(records(6 + pages), tools=tools(), root=root).version == history(root)[-1].version
        assert said == {True, False}


def test_a_full_disk_does_not_stop_answers(tmp_path: Path) -> None:
    """Without room for the floor or anything else kept, the answer has the same bytes."""
    with small_disk(tmp_path / "disk", 4 * MEGA) as disk:
        of = bench(library(disk / "library", knee_joint(90000001), hip_prp(90000003)))
        index_library(of)
        right = [json.dumps(asked(of, text)) for text in (KNEE_JOINT, HIP_PRP)]
        shutil.rmtree(of.root / "floors")
        fill(disk, 0)
        assert [json.dumps(asked(of, text)) for text in (KNEE_JOINT, HIP_PRP)] == right
        assert not list(of.root.rglob("*.new"))


def test_a_folder_that_cannot_be_written_answers_and_refuses_to_build(tmp_path: Path) -> None:
    """Read-only: the same bytes as before, also without a floor kept; building and going back name what cannot be written."""
    with small_disk(tmp_path / "disk", 4 * MEGA) as disk:
        of = bench(library(disk / "library", knee_joint(90000001), hip_prp(90000003)))
        index_library(of)
        write_records(disk / "library", knee_joint(90000001))
        version = index_library(of).report.version
        right = json.dumps(asked(of, KNEE_JOINT))
        shutil.rmtree(of.root / "floors")
        write_records(disk / "library", hip_prp(90000003))
        with read_only(disk):
            assert json.dumps(asked(of, KNEE_JOINT)) == right
            with of.open() as store:
                assert kept_floor(of, store) is None
            for change in (lambda: index_library(of), lambda: rollback(of.root), lambda: prune(of.root)):
                with pytest.raises(StoreError, match=r"cannot be written .*the store served before stays"):
                    change()
            assert current_version(of.root) == version


def test_a_history_that_cannot_be_written_does_not_deny_what_is_served(tmp_path: Path) -> None:
    """A store published just before the history fails is said to be served; where the history cannot be read the file is named."""
    build(records(2), tools=tools(), root=tmp_path)
    (tmp_path / "history.jsonl").unlink()
    (tmp_path / "history.jsonl").mkdir()
    with pytest.raises(StoreError, match="is served and whole") as refused:
        build(records(3), tools=tools(), root=tmp_path)
    assert str(current_version(tmp_path)) in str(refused.value)
    with open_store(tmp_path) as store:
        assert store.documents == 3
    for read in (history, available):
        with pytest.raises(StoreDamaged, match=r"history\.jsonl cannot be read.*firstpass index"):
            read(tmp_path)
    (tmp_path / "history.jsonl").rmdir()
    build(records(4), tools=tools(), root=tmp_path)
    assert history(tmp_path)[-1].version == current_version(tmp_path)


def test_a_clock_set_back_changes_no_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was published last is served, kept and gone back from, whatever its date; dates are those stated."""
    versions = []
    for number, when in enumerate(("2000000000", "1000000000", "0"), start=1):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", when)
        versions.append(build(records(number), tools=tools(), root=tmp_path).version)
    assert available(tmp_path) == tuple(versions[::-1])
    assert [line.built[:4] for line in history(tmp_path)] == ["2033", "2001", "1970"]
    assert rollback(tmp_path).version == versions[1]
    assert prune(tmp_path, keep=2) == (versions[0],)
    with open_store(tmp_path) as store:
        assert (store.documents, store.built) == (2, "2001-09-09T01:46:40+00:00")


@pytest.mark.parametrize("stated", ["soon", "9" * 30, "-1e9", "1.5", " "])
def test_a_stated_time_that_is_none_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stated: str
) -> None:
    """SOURCE_DATE_EPOCH that is no time is named before anything is changed, and the lock is free again."""
    build(records(1), tools=tools(), root=tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", stated)
    with pytest.raises(StoreError, match="SOURCE_DATE_EPOCH"):
        build(records(2), tools=tools(), root=tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "")
    assert now() > "2020"
    assert build(records(2), tools=tools(), root=tmp_path).published


def test_files_that_others_left_in_the_root_are_no_hindrance(tmp_path: Path) -> None:
    """Strange files and folders beside the stores, in them and in the place of the builder's card change nothing."""
    build(records(2), tools=tools(), root=tmp_path)
    version = str(current_version(tmp_path))
    for place in (tmp_path, stores(tmp_path), stores(tmp_path) / version, tmp_path / "aside"):
        (place / ".nfs0000").write_text("x")
        (place / "odd").mkdir()
    (tmp_path / "builder.json").unlink()
    (tmp_path / "builder.json").write_bytes(b"\xff\x00")
    with open_store(tmp_path) as store:
        assert store.documents == 2
    for count in (3, 4, 5, 6):
        assert build(records(count), tools=tools(), root=tmp_path).published
    assert len(available(tmp_path)) == 3
    assert (stores(tmp_path) / ".nfs0000").exists()
