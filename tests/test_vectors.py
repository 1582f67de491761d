"""Vectors: exact search is exact, a trained index finds nearly the same, ties go by ordinal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.errors import StoreDamaged
from index.seam import Vectors
from index.vectors import Nearest, write


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


def test_a_trained_index_gives_the_same_bytes(tmp_path: Path) -> None:
    """Trained twice on the same vectors, every byte is the same."""
    for name in ("a", "b"):
        made(tmp_path / name, unit(3000), exact_below=100)
    assert (tmp_path / "a" / "vectors.faiss").read_bytes() == (tmp_path / "b" / "vectors.faiss").read_bytes()


def test_a_file_that_is_no_index_is_named_damage(tmp_path: Path) -> None:
    """FAISS's own error does not come through."""
    (tmp_path / "vectors.faiss").write_bytes(b"nothing of the kind")
    with pytest.raises(StoreDamaged, match="firstpass index"):
        Nearest(tmp_path)
