"""Vectors: what comparing all costs against a trained index at so many lists looked into, by size.

Run: python tests/benchmarks/bench_vectors.py 10000 100000 1000000
The vectors are drawn around real ones (tests/scale_material.py) and asked for by real questions; the first run encodes these.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from scale_material import DrawnVectors, questions, real

from index import vectors
from index.encoder import open_encoder
from index.seam import Ordinals, Vectors
from index.vectors import Nearest, write

ROOT = Path(__file__).resolve().parents[2]
SHARED, KEPT = ROOT.parent / "shared", ROOT / ".pytest_cache" / "d" / "scale"
REAL = 5188
BLOCK = 10_000
DEEP = 1000
"""As deep as search asks."""


def draw(file: Path, drawing: DrawnVectors, count: int, dimension: int) -> None:
    """So many vectors, written to a file."""
    made = np.lib.format.open_memmap(file, "w+", np.dtype("<f4"), (count, dimension))
    for start in range(0, count, BLOCK):
        made[start : start + BLOCK] = drawing.encode(
            [str(at) for at in range(start, min(start + BLOCK, count))]
        )
    made.flush()


def main() -> None:
    """Print one line a size and way."""
    KEPT.mkdir(parents=True, exist_ok=True)
    encoders = None if (KEPT / f"real-{REAL}.npz").exists() else open_encoder()
    found = real(SHARED, KEPT, encoders, documents=REAL)
    asked = questions(SHARED, KEPT, REAL)[1]
    print("passages  way           build s  p50 ms  recall@10  recall@1000")
    for count in map(int, sys.argv[1:] or ("10000",)):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "vectors.npy"
            draw(file, DrawnVectors(found), count, asked.shape[1])
            everything = np.load(file)
            best = [np.argsort(-(everything @ vector))[:DEEP] for vector in asked]
            del everything
            for probes in (32, 64, 128, 256):
                vectors.PROBES = probes
                line(file, asked, best, exact=False, way=f"{probes} of {vectors.lists(count)}")
            line(file, asked, best, exact=True, way="exact")


def line(file: Path, asked: Vectors, best: list[Ordinals], *, exact: bool, way: str) -> None:
    """Write and ask, and print what it came to."""
    kept = file.with_suffix(".kept")
    kept.hardlink_to(file)
    began = time.perf_counter()
    write(file, exact_below=10**12 if exact else 0)
    built = time.perf_counter() - began
    nearest, took, near, deep = Nearest(file.parent), [], [], []
    for vector, true in zip(asked, best, strict=True):
        began = time.perf_counter()
        ordinals = nearest.nearest(vector, DEEP)[0]
        took.append(1000 * (time.perf_counter() - began))
        near.append(len(set(ordinals[:10].tolist()) & set(true[:10].tolist())) / 10)
        deep.append(len(set(ordinals.tolist()) & set(true.tolist())) / len(true))
    if exact:
        kept.rename(file)
    else:
        kept.unlink()
    print(
        f"{len(nearest):8}  {way:12}  {built:7.1f}  {np.median(took):6.1f}  {np.mean(near):9.3f}  {np.mean(deep):11.3f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
