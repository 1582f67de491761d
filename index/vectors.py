"""Vectors: the nearest passages to a question; FAISS stands behind it and its errors are translated here.

Below `EXACT_BELOW` passages every vector is compared. From there on an index trained on the vectors (inverted lists
of 8-bit codes) names candidates, whose cosines are then computed from the whole vectors. These stay on disk, mapped; of what was
read of them no more than some 1 GB is kept resident, whatever the store's size. The figures below were chosen by
tests/benchmarks/bench_vectors.py on 1,000,000 vectors: what they give stands there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from index.errors import StoreDamaged, StoreError
from index.manifest import CURE
from index.mapped import let_go, load, put, spare
from index.seam import Ordinals, Scores, Vectors

EXACT_BELOW = 100_000
"""Passages from which on an index is trained: comparing every vector takes 12 ms there, twice a question."""
NAME = "vectors.faiss"
WHOLE = "vectors.npy"
"""The vectors themselves, beside a trained index; an exact one holds them."""
BLOCK = 8192
NUMBER = 8
"""Bytes of a vector's number in a list of a trained index."""
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
    with _translated(whole.parent, writing=True), _one_thread(), (whole.parent / NAME).open("wb") as stream:
        if exact:
            _write_exact(vectors, stream)
        else:
            _write_trained(vectors, stream, whole.parent)
    del vectors
    if exact:
        whole.unlink()


def _write_trained(vectors: Vectors, stream: IO[bytes], folder: Path) -> None:
    """Write what FAISS writes of a trained index with these vectors, each code into its place: it would hold all of them."""
    made = _trained(vectors, folder)
    with TemporaryFile(dir=folder) as aside:
        sizes = np.zeros(made.nlist, dtype=np.int64)
        for block in _blocks(vectors):
            cells = made.quantizer.assign(block, 1)[:, 0]
            sizes += np.bincount(cells, minlength=made.nlist)
            aside.write(cells.astype(np.int32).tobytes())
        stream.write(_head(made, sizes))
        stream.flush()
        aside.seek(0)
        _write_lists(made, sizes, _blocks(vectors), aside, stream)


def _head(made: Any, sizes: NDArray[np.int64]) -> bytes:
    """What stands in a trained index's file before its lists, which have these sizes."""
    import faiss

    made.ntotal = int(sizes.sum())
    head = faiss.serialize_index(made).tobytes()
    none = b"sprs" + bytes(8)  # how FAISS states the sizes of lists that are all empty
    if not head.endswith(none):
        message = f"FAISS {faiss.__version__} writes an index in a form that is not known here"
        raise RuntimeError(message)
    filled = np.flatnonzero(sizes)
    if len(filled) > made.nlist // 2:
        kind, stated = b"full", sizes
    else:
        kind, stated = b"sprs", np.column_stack((filled, sizes[filled])).ravel()
    return head[: -len(none)] + kind + len(stated).to_bytes(8, "little") + stated.astype("<u8").tobytes()


def _write_lists(
    made: Any, sizes: NDArray[np.int64], blocks: Iterator[Vectors], aside: IO[bytes], stream: IO[bytes]
) -> None:
    """Write the lists, one after the other, each its codes and then its numbers, as the blocks come with their cells aside."""
    import faiss

    ends = stream.tell() + np.cumsum(sizes * (made.code_size + NUMBER))
    numbers = ends - sizes * NUMBER
    codes = numbers - sizes * made.code_size
    first = 0
    for block in blocks:
        cells = np.frombuffer(aside.read(4 * len(block)), dtype=np.int32).astype(np.int64)
        encoded = np.empty((len(block), made.code_size), dtype=np.uint8)
        given = [faiss.swig_ptr(one) for one in (block, cells, encoded)]
        made.encode_vectors(len(block), *given, False)
        order = np.argsort(cells, kind="stable")
        encoded, numbered = encoded[order], (first + order).astype("<i8")
        starts = np.flatnonzero(np.diff(cells[order], prepend=-1))
        for start, end in pairwise([*starts.tolist(), len(block)]):
            cell = cells[order[start]]
            codes[cell] += put(stream, codes[cell], encoded[start:end])
            numbers[cell] += put(stream, numbers[cell], numbered[start:end])
        first += len(block)


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


def _trained(vectors: Vectors, folder: Path) -> Any:
    """An empty index trained on every so-manieth vector, as FAISS trains it: it would hold all of these, three times over."""
    import faiss

    dimension = vectors.shape[1]
    cells = min(lists(len(vectors)), len(vectors))
    made: Any = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        cells,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    made.cp.seed, made.cp.niter, made.cp.max_points_per_centroid = 0, ROUNDS, POINTS
    made.cp.min_points_per_centroid = 1
    step = max(1, len(vectors) // (cells * POINTS))
    taken = _some(-(-len(vectors) // step), cells * POINTS, made.cp.seed)
    points = spare(folder, "<f4", (int(np.count_nonzero(taken >= 0)), dimension))
    for places, block in _each(vectors, step, taken):
        points[places] = block
        let_go(points)
    made.train_q1(len(points), faiss.swig_ptr(points), False, made.metric_type)
    made.sq.train(_extremes(made, vectors, step))
    made.is_trained = True
    return made


def _extremes(made: Any, vectors: Vectors, step: int) -> Vectors:
    """The least and the most by which vectors differ from the middle of their cell, in each dimension: all that codes are trained by."""
    middles = made.quantizer.reconstruct_n(0, made.nlist)
    found = np.array([[np.inf], [-np.inf]], dtype=np.float32).repeat(vectors.shape[1], axis=1)
    taken = _some(-(-len(vectors) // step), made.train_encoder_num_vectors(), 1234)  # FAISS's own seed
    for _, block in _each(vectors, step, taken):
        apart = np.subtract(block, middles[made.quantizer.assign(block, 1)[:, 0]], out=block)
        found[0] = np.minimum(found[0], apart.min(axis=0))
        found[1] = np.maximum(found[1], apart.max(axis=0))
    return found


def _some(count: int, most: int, seed: int) -> NDArray[np.int64]:
    """The place of each of so many among those that FAISS takes of them, which are so many at most; -1 for each of the others."""
    import faiss

    if count <= most:
        return np.arange(count)
    drawn = np.empty(count, dtype=np.int32)
    faiss.rand_perm(faiss.swig_ptr(drawn), count, seed)  # type: ignore[attr-defined]  # its stubs do not know it
    places = np.full(count, -1)
    places[drawn[:most]] = np.arange(most)
    return places


def _each(
    vectors: Vectors, step: int, taken: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], Vectors]]:
    """Those of every so-manieth vector that are taken, each with its place, block by block: no more of them are ever resident."""
    stretch = max(BLOCK // step, 1) * step
    for start in range(0, len(taken), BLOCK):
        places = taken[start : start + BLOCK]
        block = np.empty((len(places), vectors.shape[1]), dtype=np.float32)
        for at in range(0, len(places), stretch // step):
            first = (start + at) * step
            piece = vectors[first : first + stretch : step][: len(places) - at]
            block[at : at + len(piece)] = piece
            let_go(vectors)
        chosen = places >= 0
        if chosen.any():
            yield places[chosen], block if chosen.all() else block[chosen]


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
