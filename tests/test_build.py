"""Building: unchanged is reused, the same library gives the same bytes, an interrupted run goes on."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from store_material import record, records, refusing_tools, tools

from index import write
from index.build import build, prepare, publish
from index.errors import StoreError
from index.root import current_version, stores
from index.store import open_store


def digests(root: Path) -> dict[str, str]:
    """The hash of every file of the published stores."""
    files = sorted(path for path in stores(root).rglob("*") if path.is_file())
    return {p.relative_to(root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_same_library_gives_the_same_bytes(tmp_path: Path) -> None:
    """In another folder, in another order, at another time, and by another way there, every byte is the same."""
    build(records(9), tools=tools(), root=tmp_path / "a", built="2026-01-01T00:00:00+00:00")
    build(records(9)[::-1], tools=tools(), root=tmp_path / "b", built="2026-02-02T00:00:00+00:00")
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    build([*records(4), record(5, "Otherwise.")], tools=tools(), root=tmp_path / "c")
    build(records(9), tools=tools(), root=tmp_path / "c")
    version = str(current_version(tmp_path / "a"))
    there = {name: value for name, value in digests(tmp_path / "c").items() if version in name}
    assert there == digests(tmp_path / "a")


def test_nothing_changed_writes_nothing(tmp_path: Path) -> None:
    """The second build of a library encodes nothing, publishes nothing and leaves every file as it was."""
    first = build(records(5), tools=tools(), root=tmp_path)
    before = {path: path.stat().st_mtime_ns for path in stores(tmp_path).rglob("*")}
    second = build(records(5), tools=refusing_tools(0), root=tmp_path)
    assert (second.version, second.encoded, second.published) == (first.version, 0, False)
    assert {path: path.stat().st_mtime_ns for path in stores(tmp_path).rglob("*")} == before


def test_only_what_changed_is_encoded(tmp_path: Path) -> None:
    """One document changed, one added, one removed: only the passages of the first two are encoded."""
    build(records(6), tools=tools(), root=tmp_path)
    documents = [*records(5)[1:], record(2, "Something else now."), record(7)]
    documents = list({document.id: document for document in documents}.values())
    report = build(documents, tools=tools(), root=tmp_path)
    assert report.added == ("pmid:00000007",)
    assert report.changed == ("pmid:00000002",)
    assert report.removed == ("pmid:00000001", "pmid:00000006")
    assert (report.encoded, report.reused, report.published) == (2, 3, True)


def test_reused_vectors_are_those_of_their_texts(tmp_path: Path) -> None:
    """After a change that moves every ordinal, each passage still has the vector that its own text gives."""
    build(records(6), tools=tools(), root=tmp_path / "a")
    build([record(0), *records(6)], tools=tools(), root=tmp_path / "a")
    build([record(0), *records(6)], tools=tools(), root=tmp_path / "b")
    with open_store(tmp_path / "a") as one, open_store(tmp_path / "b") as other:
        everything = np.arange(len(one))
        assert (one.vectors(everything) == other.vectors(everything)).all()


def test_another_vocabulary_labels_anew_and_encodes_nothing(tmp_path: Path) -> None:
    """A changed vocabulary gives a new version whose vectors are all taken over."""
    first = build(records(4), tools=tools(), root=tmp_path)
    second = build(records(4), tools=tools("synthetic-2"), root=tmp_path)
    assert second.version != first.version
    assert second.encoded == 0


def test_an_interrupted_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches that were finished before an interruption are not encoded again, and are cleared after publishing."""
    monkeypatch.setattr(write, "BATCH", 2)
    with pytest.raises(KeyboardInterrupt):
        build(records(10), tools=refusing_tools(3), root=tmp_path)
    assert current_version(tmp_path) is None
    report = build(records(10), tools=tools(), root=tmp_path)
    assert (report.encoded, report.reused) == (4, 6)
    assert not (tmp_path / "work").exists()


def test_a_torn_checkpoint_is_encoded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finished batch with a flipped byte is not used."""
    monkeypatch.setattr(write, "BATCH", 2)
    with pytest.raises(KeyboardInterrupt):
        build(records(6), tools=refusing_tools(2), root=tmp_path / "a")
    torn = next((tmp_path / "a" / "work").rglob("*.batch"))
    torn.write_bytes(torn.read_bytes()[:-1] + b"\x7f")
    report = build(records(6), tools=tools(), root=tmp_path / "a")
    assert report.encoded == 4
    build(records(6), tools=tools(), root=tmp_path / "b")
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_two_documents_of_one_id_are_refused(tmp_path: Path) -> None:
    """Nothing is published when two documents share an id; the id is named."""
    with pytest.raises(StoreError, match="pmid:00000001"):
        build([record(1), record(1, "Other.")], tools=tools(), root=tmp_path)
    assert current_version(tmp_path) is None


def test_a_gate_may_ask_the_new_store_before_it_is_served(tmp_path: Path) -> None:
    """A prepared store answers while the old one is still served, and leaves nothing when it is discarded."""
    build(records(3), tools=tools(), root=tmp_path)
    served = current_version(tmp_path)
    prepared = prepare(records(4), tools=tools(), root=tmp_path)
    with prepared.open() as store:
        assert store.documents == 4
    assert current_version(tmp_path) == served
    prepared.discard()
    assert list((tmp_path / "aside").iterdir()) == []
    assert publish(prepare(records(4), tools=tools(), root=tmp_path)).published
