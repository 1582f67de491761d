"""Readers and builders side by side: a reader has a whole store at any moment, also where names are seen late."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from bench_material import (
    KNEE_IV,
    KNEE_JOINT,
    asked,
    bench,
    hip_prp,
    knee_iv,
    knee_joint,
    library,
    write_records,
)
from store_material import record, records, tools

from assistant.answering import Answerer
from assistant.contract import answer_object
from assistant.indexing import index_library
from index.build import build
from index.errors import StoreDamaged
from index.publish import prune, rollback
from index.root import Pointer, current_version, history, stores, write_pointer
from index.store import open_store

HERE = Path(__file__).resolve().parent
BUILDER = """
import sys
from pathlib import Path
from store_material import records, tools
from index.build import build
from index.errors import StoreLocked
root, first = Path(sys.argv[1]), int(sys.argv[2])
sys.stdin.readline()
for count in range(first, first + 5):
    try:
        print(build(records(count), tools=tools(), root=root).version)
    except StoreLocked as error:
        assert "run the command again" in str(error)
        print("locked")
"""


def test_a_reader_has_a_whole_store_while_others_are_built_and_removed(tmp_path: Path) -> None:
    """While twenty stores are published, gone back from and removed, whatever is opened says exactly what one of them does."""
    build(records(3), tools=tools(), root=tmp_path)
    stop, failed, seen = threading.Event(), [], set()

    def read() -> None:
        while not stop.is_set():
            try:
                with open_store(tmp_path) as store:
                    count = store.documents
                    assert store.document(store.ids[count - 1]) == record(count)
                    assert store.best_words("cells", 99)[0].tolist()
                    seen.add(count)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test fails by it below
                failed.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(20):
        build(records(3 + number % 4), tools=tools(), root=tmp_path)
        if number % 5 == 4:
            rollback(tmp_path)
        prune(tmp_path, keep=1 + number % 2)
    stop.set()
    reader.join()
    assert failed == []
    assert seen <= {3, 4, 5, 6}


def test_a_store_that_is_seen_late_is_waited_for(tmp_path: Path) -> None:
    """Where the pointer is there before the folder, as network drives may have it, the store is opened once it is seen."""
    version = build(records(3), tools=tools(), root=tmp_path).version
    (stores(tmp_path) / version).rename(tmp_path / "late")
    showing = threading.Timer(0.15, (tmp_path / "late").rename, [stores(tmp_path) / version])
    showing.start()
    with open_store(tmp_path) as store:
        assert store.documents == 3
    showing.join()


def test_a_store_that_is_never_seen_is_named_with_both_cures(tmp_path: Path) -> None:
    """A pointer to a folder that does not come is an error that says to wait or to build, and building cures it."""
    build(records(3), tools=tools(), root=tmp_path)
    write_pointer(tmp_path, Pointer("0" * 16, "2026-01-02T03:04:05+00:00"))
    with pytest.raises(StoreDamaged, match=r"0000 is not there.*network drive.*firstpass index"):
        open_store(tmp_path)
    assert build(records(3), tools=tools(), root=tmp_path).published
    open_store(tmp_path).close()


def test_an_old_pointer_to_a_store_that_was_removed_is_read_again(tmp_path: Path) -> None:
    """A reader that still sees the pointer before, and whose store is gone, has the new one as soon as it sees that pointer."""
    build(records(3), tools=tools(), root=tmp_path)
    old = (tmp_path / "current").read_bytes()
    build(records(4), tools=tools(), root=tmp_path)
    prune(tmp_path, keep=1)
    new = (tmp_path / "current").read_bytes()
    (tmp_path / "current").write_bytes(old)
    showing = threading.Timer(0.15, (tmp_path / "current").write_bytes, [new])
    showing.start()
    with open_store(tmp_path) as store:
        assert store.documents == 4
    showing.join()


@pytest.mark.parametrize("harm", ["pointer", "pointer away", "folder", "file"])
def test_who_answers_already_goes_on_with_what_is_open(tmp_path: Path, harm: str) -> None:
    """With a pointer, folder or file damaged or away, an answerer gives the same bytes, and takes the next whole store up."""
    of = bench(library(tmp_path, knee_joint(90000001)))
    index_library(of)
    answerer = Answerer(of, of.open(), of.encoders())
    before = json.dumps(answer_object(answerer.answer(KNEE_JOINT)))
    write_records(tmp_path, knee_joint(90000001), hip_prp(90000002))
    new = stores(of.root) / index_library(of).report.version
    match harm:
        case "pointer":
            (of.root / "current").write_bytes(b"altered\n")
        case "pointer away":
            (of.root / "current").unlink()
        case "folder":
            new.rename(of.root / "late")
        case _:
            (new / "documents.jsonl").write_bytes(b"")
    assert json.dumps(answer_object(answerer.answer(KNEE_JOINT))) == before
    write_records(tmp_path, knee_joint(90000001), knee_iv(90000003))
    index_library(of)
    after = answer_object(answerer.answer(KNEE_IV))
    assert after == asked(of, KNEE_IV)
    assert after["store"]["version"] == current_version(of.root)


@pytest.mark.slow
def test_builders_side_by_side_leave_one_whole_history(tmp_path: Path) -> None:
    """Of four processes that build at once each publishes or is refused by name; every publication stands in the history, and the last is served."""
    environment = {**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}"}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", BUILDER, str(tmp_path), str(first)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for first in (5, 15, 25, 35)
    ]
    told = [run.communicate("go\n", timeout=300) for run in running]
    assert [run.returncode for run in running] == [0] * 4, [error for _, error in told]
    published = [line for said, _ in told for line in said.split() if line != "locked"]
    assert published
    assert sorted(published) == sorted(line.version for line in history(tmp_path))
    with open_store(tmp_path) as store:
        assert store.version == history(tmp_path)[-1].version
        store.verify()
    assert list((tmp_path / "aside").iterdir()) == []
