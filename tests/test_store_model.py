"""The real command on damaged exports, digests and pointers, and where nothing can be written: the same bytes or a named error.

FIRSTPASS_TRIM tries each file once; without it each is tried at its head, its middle and its end.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench_material import KNEE_JOINT, hip_prp, knee_joint, library, write_records
from small_disk import fill, read_only, small_disk
from test_onnx import _small

from index.encoder import open_encoder
from index.questions import Exports
from index.root import FOLDER

pytestmark = [pytest.mark.slow, pytest.mark.model]
PLACES = (1 / 2,) if os.environ.get("FIRSTPASS_TRIM") else (0, 1 / 2, 1)
MEGA = 1 << 20


@pytest.fixture(autouse=True)
def _own_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stores lie in the library, and are built at a stated time."""
    monkeypatch.delenv("FIRSTPASS_STORES", raising=False)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A library that was indexed, on a disk of its own with some room."""
    with small_disk(tmp_path_factory.mktemp("disk") / "disk", 400 * MEGA) as folder:
        made = library(folder / "library", knee_joint(90000001), hip_prp(90000003))
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("FIRSTPASS_STORES", raising=False)
            patch.setenv("SOURCE_DATE_EPOCH", "1000000000")
            assert run("index", "--library", str(made))[0] == 0
            assert asked(made)[0]
        yield folder


def run(*arguments: str) -> tuple[int, str, str]:
    """The real command in a process of its own: its exit code, and what it says on either channel; a traceback is a failure."""
    code = "from assistant.cli import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, env=environment
    )
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    return done.returncode, done.stdout, done.stderr


def asked(folder: Path) -> tuple[str, str]:
    """What `ask --json` prints, and the error that it ends in."""
    code, out, said = run("ask", KNEE_JOINT, "--json", "--library", str(folder))
    return ("", said) if code else (out, "")


def flip(path: Path, place: float) -> None:
    """Flip one bit of the file in place, its time of writing as it was."""
    content, times = bytearray(path.read_bytes()), path.stat()
    content[round(place * (len(content) - 1))] ^= 1
    with path.open("r+b") as stream:
        stream.write(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize("place", PLACES)
def test_a_flipped_bit_of_anything_kept_changes_no_answer(disk: Path, place: float) -> None:
    """Exports, tokenizer, digests, floor, vocabulary, pointer, history, each file of the store: the same bytes, or an error that names the cure."""
    folder = disk / "library"
    right, _ = asked(folder)
    assert right
    for path in sorted(
        path for path in (folder / FOLDER).rglob("*") if path.is_file() and path.stat().st_size
    ):
        whole = path.read_bytes()
        flip(path, place)
        found, said = asked(folder)
        assert found == right or "firstpass index" in said, (path, said)
        if said or "models" not in path.parts:  # a damaged export was made anew
            path.write_bytes(whole)
    assert asked(folder)[0] == right
    encoder = json.loads(run("status", "--json", "--library", str(folder))[1])["encoder"]
    assert encoder["library"] == "onnxruntime"


def test_where_nothing_can_be_written_the_answer_is_the_same(disk: Path) -> None:
    """Read-only or full: the same bytes, without digests, floor or vocabulary kept; to index is refused by name and leaves what is served."""
    folder = disk / "library"
    right, _ = asked(folder)
    root = folder / FOLDER
    for kept in (root / "models" / "digests.json", root / "digests.json", root / "vocabulary.kept"):
        kept.unlink(missing_ok=True)
    shutil.rmtree(root / "floors")
    write_records(folder, knee_joint(90000001))
    with read_only(disk):
        assert asked(folder)[0] == right
        code, _, said = run("index", "--library", str(folder))
        assert (code, "cannot be written" in said) == (1, True)
        assert run("status", "--library", str(folder))[0] == 0
    filler = fill(disk, 0)
    assert asked(folder)[0] == right
    code, _, said = run("index", "--library", str(folder))
    assert (code, "the store served before stays" in said) == (1, True)
    filler.unlink()
    write_records(folder, knee_joint(90000001), hip_prp(90000003))
    assert asked(folder)[0] == right


def test_a_full_disk_is_not_taken_for_a_model_that_cannot_be_exported(tmp_path: Path) -> None:
    """An export that a full disk stopped is made once there is room; nothing of it is left, and nothing said of the model."""
    encoders = open_encoder(_small(tmp_path / "model", 0))
    with small_disk(tmp_path / "disk", 16 * MEGA) as disk:
        exports = Exports(disk / "root")
        for free in (0, MEGA, 4 * MEGA):
            filler = fill(disk, free)
            exports.make(encoders)
            assert exports.read(encoders.fingerprint) is None
            filler.unlink()
            assert not [path for path in disk.rglob("*") if path.is_file()]
        exports.make(encoders)
        made = exports.read(encoders.fingerprint)
        assert made is not None
        assert not made.failed
