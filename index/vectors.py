"""Vectors: the nearest passages to a question; FAISS stands behind it and its errors are translated here.

Below `EXACT_BELOW` passages every vector is compared. From there on an index trained on the vectors (inverted lists
of 8-bit codes) names candidates, whose cosines are then computed from the whole vectors. These stay on disk, mapped; of what was
read of them no more than some 1 GB is kept resident, whatever the store's size. The figures below were chosen by
tests/benchmarks/bench_vectors.py on 1,000,000 vectors: what they give stands there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from index.errors import StoreDamaged, StoreError
from index.manifest import CURE
from index.mapped import let_go, load
from index.seam import Ordinals, Scores, Vectors

EXACT_BELOW = 100_000
"""Passages from which on an index is trained: comparing every vector takes 12 ms there, twice a question."""
NAME = "vectors.faiss"
WHOLE = "vectors.npy"
"""The vectors themselves, beside a trained index; an exact one holds them."""
BLOCK = 8192
FEW = 4_000
"""Allowed passages up to which a filtered question compares each of them, also beside a trained index."""
SPARE = 10
"""One candidate more is taken from a trained index for so many asked for, and so many at least: what rounding to 8 bits may misplace."""
PROBES = 128
"""Lists of a trained index looked into; where only some passages are allowed more, by the root of how few they are."""
POINTS = 40
"""Vectors a list is trained on."""
RESIDENT = 16_384
"""Whole vectors read until what was mapped of them is let go: the system maps 64 KB around each."""
ROUNDS = 10
"""Rounds of training."""


def write(whole: Path, *, exact_below: int = EXACT_BELOW) -> None:
    """Write the index of the vectors in a file beside it; the file itself stays only where the index is trained.

    The same vectors give the same bytes, with any number of threads.
    """
    vectors = load(whole)
    exact = len(vectors) < exact_below
    with _translated(whole.parent, writing=True):
        import faiss

        # Through a file of ours: FAISS's own says nothing where the disk is full as it is closed.
        with _one_thread(), (whole.parent / NAME).open("wb") as stream:
            if exact:
                _write_exact(vectors, stream)
            else:
                made = _filled(_trained(vectors), vectors)
                faiss.write_index(made, faiss.PyCallbackIOWriter(stream.write))  # type: ignore[attr-defined]  # its stubs do not know it
    del vectors
    if exact:
        whole.unlink()


def _filled(made: Any, vectors: Vectors) -> Any:
    """A trained index with the vectors in its lists, whose room is made beforehand: a list that grows takes twice its own."""
    import faiss

    cells = [made.quantizer.assign(block, 1)[:, 0] for block in _blocks(vectors)]
    rooms = np.zeros(made.nlist, dtype=np.int64)
    for of in cells:
        rooms += np.bincount(of, minlength=made.nlist)
    for cell, room in enumerate(rooms.tolist()):
        made.invlists.resize(cell, room)
        made.invlists.resize(cell, 0)
    for block, of in zip(_blocks(vectors), cells, strict=True):
        made.add_core(len(block), faiss.swig_ptr(block), None, faiss.swig_ptr(of))
    return made


def _write_exact(vectors: Vectors, stream: IO[bytes]) -> None:
    """Write what FAISS writes of an index of these vectors, block by block: it would hold all of them, twice while it grows."""
    import faiss

    empty = faiss.IndexFlatIP(vectors.shape[1])
    empty.ntotal = len(vectors)
    head = faiss.serialize_index(empty).tobytes()  # ends with how many numbers follow
    stream.write(head[:-8] + vectors.size.to_bytes(8, "little"))
    for block in _blocks(vectors):
        stream.write(block.astype("<f4").tobytes())


def _blocks(vectors: Vectors) -> Iterator[Vectors]:
    for start in range(0, len(vectors), BLOCK):
        yield np.ascontiguousarray(vectors[start : start + BLOCK])
        let_go(vectors)


def lists(passages: int) -> int:
    """How many lists a trained index has: twice the root, to a power of two."""
    return 1 << max(round(float(np.log2(2 * np.sqrt(max(passages, 1))))), 2)


def _trained(vectors: Vectors) -> Any:
    import faiss

    dimension = vectors.shape[1]
    cells = min(lists(len(vectors)), len(vectors))
    made = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        cells,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    made.cp.seed, made.cp.niter, made.cp.max_points_per_centroid = 0, ROUNDS, POINTS
    made.cp.min_points_per_centroid = 1
    step = max(1, len(vectors) // (cells * POINTS))
    made.train(_each(vectors, step))
    return made


def _each(vectors: Vectors, step: int) -> Vectors:
    """Every so-manieth vector, read block by block: mapped at once, all of them would be resident."""
    taken = []
    for start in range(0, len(vectors), BLOCK * step):
        taken.append(np.ascontiguousarray(vectors[start : start + BLOCK * step : step]))
        let_go(vectors)
    return np.concatenate(taken)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Have FAISS add up in one order: the same bytes with any number of threads."""
    import faiss

    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


class Nearest:
    """The vectors of a store's folder, mapped into memory.

    Args:
        folder: of the store, its files checked.
    """

    def __init__(self, folder: Path) -> None:
        with _translated(folder):
            import faiss

            self._faiss: Any = faiss  # its stubs do not know the keyword arguments that its bindings add
            self._searcher = faiss.read_index(str(folder / NAME), faiss.IO_FLAG_MMAP_IFC)
            whole = folder / WHOLE
            self._whole: Vectors | None = load(whole) if whole.exists() else None
            self._resident = 0
            self._flat: Vectors = self._mapped(faiss)

    def _mapped(self, faiss: Any) -> Vectors:
        """The vectors of an exact index as they lie in its file: reading a few through FAISS costs a round of its threads."""
        if self._whole is not None or not len(self):
            return np.empty((0, self._searcher.d), dtype=np.float32)
        size = len(self) * self._searcher.d
        searcher: Any = self._searcher  # its stubs name only what every kind of index has
        found: Vectors = faiss.rev_swig_ptr(searcher.get_xb(), size).reshape(len(self), -1)
        return found

    def __len__(self) -> int:
        return int(self._searcher.ntotal)

    def nearest(
        self, vector: Vectors, n: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[Ordinals, Scores]:
        """The passages nearest to a vector with their cosines, nearest first, ties by ordinal.

        Args:
            vector: of length one.
            n: how many at most; where there are fewer, all of them.
            allowed: one truth a passage; None allows all.
        """
        possible = len(self) if allowed is None else int(np.count_nonzero(allowed))
        n = min(n, possible)
        if n <= 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if self._whole is None and n < possible:
            return self._exact(vector, n, allowed, possible)
        if possible <= max(FEW, n):
            chosen = np.ones(len(self), dtype=np.bool_) if allowed is None else allowed
            candidates = np.flatnonzero(chosen).astype(np.int64)
        else:
            candidates, _ = self._ask(vector, min(n + max(n // SPARE, SPARE), possible), allowed)
        scores = np.einsum("ij,j->i", self.vectors(candidates), vector).astype(np.float32)
        return _first(candidates, scores, n)

    def vectors(self, ordinals: Ordinals) -> Vectors:
        """The vectors of these passages, in the order asked."""
        if self._whole is not None:
            return self._read(self._whole, ordinals)
        found: Vectors = self._flat[np.asarray(ordinals, dtype=np.int64)]
        return found

    def _read(self, whole: Vectors, ordinals: Ordinals) -> Vectors:
        found: Vectors = np.asarray(whole[ordinals], dtype=np.float32)
        self._resident += len(ordinals)
        if self._resident > RESIDENT:
            self._resident = 0
            let_go(whole)
        return found

    def _exact(
        self, vector: Vectors, n: int, allowed: NDArray[np.bool_] | None, possible: int
    ) -> tuple[Ordinals, Scores]:
        depth = min(n + 1, possible)
        ordinals, scores = self._ask(vector, depth, allowed)
        # As long as the last one found ties with the last one wanted, one of a lower ordinal may be missing.
        while depth < possible and scores[-1] >= scores[n - 1]:
            depth = min(depth * 2, possible)
            ordinals, scores = self._ask(vector, depth, allowed)
        return _first(ordinals, scores, n)

    def _ask(self, vector: Vectors, n: int, allowed: NDArray[np.bool_] | None) -> tuple[Ordinals, Scores]:
        selector = None
        if allowed is not None:
            selector = self._faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        if self._whole is None:
            options = self._faiss.SearchParameters(sel=selector)
        else:
            rarity = 1.0 if allowed is None else len(self) / int(np.count_nonzero(allowed))
            options = self._faiss.SearchParametersIVF(sel=selector, nprobe=round(PROBES * rarity**0.5))
        self._alone()
        asked = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        scores, ordinals = self._searcher.search(asked, n, params=options)
        found = ordinals[0] >= 0
        return ordinals[0][found], scores[0][found]

    def _alone(self) -> None:
        """Have FAISS work on the asking thread alone: one question has too little for two, and waking another costs more than it does."""
        self._faiss.omp_set_num_threads(
            1
        )  # holds for the calling thread only, so it is said before every call


def _first(ordinals: Ordinals, scores: Scores, n: int) -> tuple[Ordinals, Scores]:
    order = np.lexsort((ordinals, -scores))[:n]
    return ordinals[order].astype(np.int64), scores[order].astype(np.float32)


@contextmanager
def _translated(folder: Path, *, writing: bool = False) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, ValueError, EOFError) as error:  # FAISS raises RuntimeError, for files too
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        if writing:
            message = f"the vectors cannot be written to {folder} ({reason}); nothing was published and the store served before stays; free space there and run the command again"
            raise StoreError(message) from error
        message = f"the vectors in {folder} cannot be read ({reason}); this store is not served; {CURE}"
        raise StoreDamaged(message) from error
