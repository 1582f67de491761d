"""A disk that rots: bytes that change although nothing was written are told where every byte is read, and index mends them."""

from __future__ import annotations

import json
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

from assistant.indexing import index_library
from index import digests, onnx
from index.errors import EncoderError, StoreDamaged
from index.onnx import Exported
from index.publish import rollback
from index.questions import Exports
from index.root import remembered, stores
from index.sealed import read_sealed, write_sealed
from index.store import open_store


def rot(root: Path, file: Path) -> None:
    """Change the file's bytes, and let what is remembered of it be as if the file system had seen no write."""
    folder = next(one for one in file.parents if one.parent == stores(root))
    name = file.relative_to(folder).as_posix()
    (before,) = remembered(root).sha256(folder, (name,))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    with file.open("r+b") as stream:
        stream.write(content)
    kept = read_sealed(root / digests.NAME, dict[str, tuple[str, str]])
    assert kept is not None
    stat = file.stat()
    kept[f"{name} {stat.st_ino}"] = (digests._stamp(name, stat), before)
    write_sealed(root / digests.NAME, kept)


@pytest.mark.parametrize("name", ["documents.jsonl", "vectors.faiss", "keys.npy"])
def test_what_rots_is_not_taken_over_into_the_next_store(tmp_path: Path, name: str) -> None:
    """A rotten file is named by verify, kept out of every later store, and mended by index, whether or not anything else changed."""
    of = bench(library(tmp_path, knee_joint(90000001), hip_prp(90000003)))
    version = index_library(of).report.version
    right = json.dumps(asked(of, KNEE_JOINT))
    file = stores(of.root) / version / name
    rot(of.root, file)
    with (
        open_store(of.root) as store,
        pytest.raises(StoreDamaged, match=rf"{name} was altered.*firstpass index"),
    ):
        store.verify()
    report = index_library(of).report
    assert (report.version, report.reused) == (version, 0)
    assert json.loads(json.dumps(asked(of, KNEE_JOINT)))["parts"] == json.loads(right)["parts"]
    with open_store(of.root) as store:
        store.verify()
    rot(of.root, file)
    write_records(tmp_path, knee_joint(90000001), hip_prp(90000003), knee_iv(90000002))
    assert index_library(of).report.reused == 0
    assert asked(of, KNEE_IV)["parts"][0]["outcome"] == "direct"


def test_what_rots_is_not_gone_back_to(tmp_path: Path) -> None:
    """Going back reads every byte of the store that is gone back to."""
    of = bench(library(tmp_path, knee_joint(90000001)))
    old = index_library(of).report.version
    write_records(tmp_path, knee_joint(90000001), hip_prp(90000003))
    new = index_library(of).report.version
    rot(of.root, stores(of.root) / old / "documents.jsonl")
    with pytest.raises(StoreDamaged, match="documents"):
        rollback(of.root)
    with open_store(of.root) as store:
        assert store.version == new


def test_an_export_that_rots_is_named(tmp_path: Path) -> None:
    """Verifying reads every byte of an export also where it was remembered as whole."""
    exports = Exports(tmp_path)
    folder = exports.folder("synthetic")
    folder.mkdir(parents=True)
    (folder / "question.onnx").write_bytes(b"synthetic")
    made = Exported("synthetic", "nothing", files={"question.onnx": onnx.entry(folder / "question.onnx")})
    onnx.write_exported(folder, made)
    exports.verify("synthetic")
    exports.verify("none such")
    (folder / "question.onnx").write_bytes(b"synthetiC")
    exports.digests.of(
        folder, [folder / "question.onnx"], lambda: onnx._digest(made.files)
    )  # as if nothing was written
    assert exports.read("synthetic") is not None
    with pytest.raises(EncoderError, match="remove that folder"):
        exports.verify("synthetic")
