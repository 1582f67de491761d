"""Vectors: exact search is exact, a trained index finds nearly the same, ties go by ordinal."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.errors import StoreDamaged
from index.seam import Vectors
from index.vectors import BLOCK, NAME, POINTS, ROUNDS, WHOLE, Nearest, lists, write


def made(folder: Path, vectors: Vectors, *, exact_below: int = 200_000) -> Nearest:
    """The vectors, written and opened."""
    folder.mkdir(exist_ok=True)
    np.save(folder / "vectors.npy", vectors)
    write(folder / "vectors.npy", exact_below=exact_below)
    return Nearest(folder)


def unit(count: int, dimension: int = 16) -> Vectors:
    """Vectors of length one, always the same."""
    drawn = np.random.default_rng(1).normal(size=(count, dimension)).astype(np.float32)
    lengths: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return lengths


@pytest.mark.parametrize("many", [0, 1, 3, BLOCK + 5])
def test_an_exact_index_is_what_faiss_writes(tmp_path: Path, many: int) -> None:
    """Written block by block, it has the very bytes that FAISS gives an index which holds all the vectors."""
    import faiss

    vectors = np.random.default_rng(many).normal(size=(many, 24)).astype(np.float32)
    np.save(tmp_path / WHOLE, vectors)
    made = faiss.IndexFlatIP(24)
    made.add(vectors)
    write(tmp_path / WHOLE)
    assert (tmp_path / NAME).read_bytes() == faiss.serialize_index(made).tobytes()
    assert len(Nearest(tmp_path)) == many


@pytest.mark.parametrize(("many", "different"), [(1, 1), (300, 300), (2000, 2), (BLOCK + 5, BLOCK + 5)])
def test_a_trained_index_is_what_faiss_writes(tmp_path: Path, many: int, different: int) -> None:
    """Trained and written block by block, it has the very bytes of one that FAISS trains, fills and writes, also where most of its lists are empty."""
    import faiss

    drawn = unit(different, 13)
    vectors = np.ascontiguousarray(drawn[np.arange(many) % different])
    np.save(tmp_path / WHOLE, vectors)
    write(tmp_path / WHOLE, exact_below=1)
    cells = min(lists(many), many)
    made: Any = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(13), 13, cells, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    made.cp.seed, made.cp.niter, made.cp.max_points_per_centroid = 0, ROUNDS, POINTS
    made.cp.min_points_per_centroid = 1
    made.train(vectors[:: max(1, many // (cells * POINTS))])
    made.add(vectors)
    assert (tmp_path / NAME).read_bytes() == faiss.serialize_index(made).tobytes()


def test_ties_go_by_ordinal(tmp_path: Path) -> None:
    """Of many equal vectors the lowest ordinals come, in order, however few are asked for."""
    same = made(tmp_path, np.repeat(unit(1), 300, axis=0))
    for n in (1, 7, 299):
        assert same.nearest(unit(1)[0], n)[0].tolist() == list(range(n))


@pytest.mark.parametrize("exact_below", [200_000, 100])
def test_a_filter_is_kept(tmp_path: Path, exact_below: int) -> None:
    """Exact or trained, only allowed passages come, all of them if asked, and none where none is allowed."""
    vectors = unit(3000)
    nearest = made(tmp_path, vectors, exact_below=exact_below)
    allowed = np.arange(3000) % 7 == 0
    found, scores = nearest.nearest(vectors[1], 5000, allowed)
    assert sorted(found.tolist()) == np.flatnonzero(allowed).tolist()
    assert np.allclose(scores, vectors[found] @ vectors[1], atol=1e-5)
    assert len(nearest.nearest(vectors[1], 5, np.zeros(3000, dtype=bool))[0]) == 0


WRITE = """
import sys
from pathlib import Path
import numpy as np
from index.vectors import Nearest, write
file = Path(sys.argv[1])
asked = np.load(file)[::500]
write(file, exact_below=100)
nearest = Nearest(file.parent)
for vector in asked:
    for found in nearest.nearest(vector, 300):
        sys.stdout.buffer.write(found.tobytes())
"""


def test_a_trained_index_gives_the_same_bytes(tmp_path: Path) -> None:
    """Trained and asked in processes of one, two and four threads, every byte of the index and of what is found is the same."""
    written = []
    for threads in ("1", "2", "4"):
        folder = tmp_path / threads
        folder.mkdir()
        np.save(folder / "vectors.npy", unit(5000))
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        command = [sys.executable, "-c", WRITE, str(folder / "vectors.npy")]
        found = subprocess.run(command, check=True, env=environment, capture_output=True).stdout
        written.append(((folder / "vectors.faiss").read_bytes(), found))
    assert written[0][1]
    assert written[0] == written[1] == written[2]


def test_a_trained_index_finds_nearly_what_comparing_all_does(tmp_path: Path) -> None:
    """Of the ten nearest of 30,000 at least 95 in 100 come, with their own cosines; under a filter too, however few it allows."""
    vectors = unit(30_000, 32)
    nearest = made(tmp_path, vectors, exact_below=100)
    allowed = np.arange(len(vectors)) % 10 < 8
    for mask in (None, allowed, np.arange(len(vectors)) < 50):
        hit = 0
        for asked in vectors[::600]:
            found, scores = nearest.nearest(asked, 10, mask)
            cosines = vectors @ asked if mask is None else np.where(mask, vectors @ asked, -2)
            hit += len(set(found.tolist()) & set(np.argsort(-cosines)[:10].tolist()))
            assert scores == pytest.approx(cosines[found], abs=1e-6)
        assert hit >= 0.95 * 500


def test_what_was_read_of_whole_vectors_is_let_go(tmp_path: Path) -> None:
    """However many whole vectors are asked for, one after the other, the memory that they take stays bounded."""
    made(tmp_path, unit(500), exact_below=100)
    whole = np.zeros((60_000, 1024), dtype=np.float32)
    whole[:, 0] = 1
    np.save(
        tmp_path / "vectors.npy", whole
    )  # no search is asked for, so the trained index need not be theirs
    del whole
    nearest = Nearest(tmp_path)
    before = resident()
    for start in range(0, 60_000, 200):
        assert nearest.vectors(np.arange(start, start + 200))[:, 0].min() == 1
    assert resident() - before < 100


def resident() -> float:
    """Megabytes of this process that are resident."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def test_a_file_that_is_no_index_is_named_damage(tmp_path: Path) -> None:
    """FAISS's own error does not come through."""
    (tmp_path / "vectors.faiss").write_bytes(b"nothing of the kind")
    with pytest.raises(StoreDamaged, match="firstpass index"):
        Nearest(tmp_path)
