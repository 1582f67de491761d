"""Vectors: opening time, milliseconds a question and recall@10, exact against trained, by size.

Run: python tests/benchmarks/bench_vectors.py 10000 50000 200000
The vectors are random around as many centres as there are lists, a stand-in for real ones.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from index.seam import Vectors
from index.vectors import Nearest, lists, write

DIMENSION = 384
ASKED = 50


def material(count: int) -> Vectors:
    """Vectors of length one, gathered around centres."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(lists(count), DIMENSION)).astype(np.float32)
    drawn = centres[rng.integers(0, len(centres), count)]
    drawn += rng.normal(size=drawn.shape).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn


def opened(folder: Path, vectors: Vectors, *, exact_below: int) -> tuple[Nearest, float]:
    """The vectors written and opened, and the seconds that writing took."""
    np.save(folder / "vectors.npy", vectors)
    began = time.perf_counter()
    write(folder / "vectors.npy", exact_below=exact_below)
    return Nearest(folder), time.perf_counter() - began


def main() -> None:
    """Print one line a size and way."""
    print("passages  way      build s  p50 ms  recall@10")
    for count in map(int, sys.argv[1:] or ("10000",)):
        vectors = material(count)
        asked = vectors[:: max(1, count // ASKED)][:ASKED]
        truth: list[set[int]] = []
        for way, below in (("exact", count + 1), ("trained", 0)):
            with tempfile.TemporaryDirectory() as folder:
                nearest, built = opened(Path(folder), vectors, exact_below=below)
                took, found = [], []
                for vector in asked:
                    began = time.perf_counter()
                    found.append(set(nearest.nearest(vector, 10)[0].tolist()))
                    took.append(1000 * (time.perf_counter() - began))
                truth = truth or found
                recall = np.mean([len(a & b) / len(b) for a, b in zip(found, truth, strict=True)])
                line = f"{count:8}  {way:7}  {built:7.1f}  {np.median(took):6.1f}  {recall:9.3f}"
                print(line, flush=True)


if __name__ == "__main__":
    main()
