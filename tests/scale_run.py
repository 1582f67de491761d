"""One step of the scale benchmark in a process of its own, so that its memory and its times are its own; prints one JSON object.

Run by tests/benchmarks/bench_scale.py: python tests/scale_run.py build|ask|exact ROOT SHARED KEPT DOCUMENTS REAL
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.seam import Ordinals, Scores, Vectors

TOP = 10
OFTEN = 0.02
"""Seconds between two looks at the memory."""
DEEP = 20
"""Questions whose whole mix is compared with that over exact search."""
LEDGER = (
    "is IV BMC for knee OA real?",
    "prp vs ha knee",
    "iv stem cell knee arthritis??",
    "any human data on IV svf",
    "tendonitis prp?",
)


def main() -> None:
    """Do the step that is named and print what it came to."""
    step, root, shared, kept, documents, taken = sys.argv[1:7]
    steps: dict[str, Callable[..., dict[str, Any]]] = {"build": built, "ask": asked, "exact": exact}
    made = steps[step](Path(root), Path(shared), Path(kept), int(documents), int(taken))
    sys.stdout.write(json.dumps(made))


def built(root: Path, shared: Path, kept: Path, documents: int, taken: int) -> dict[str, Any]:
    """Build and publish a library of so many documents; of the processor's seconds those that drawing it took are left out."""
    from scale_material import Drawn, DrawnLabels, Timed, encoders, real

    from corpus.vocabulary import load_vocabulary
    from index.build import BuildTools, build

    found = real(shared, kept, None, documents=taken)
    drawing, label = Timed(encoders(found)), DrawnLabels(load_vocabulary())
    before = resident()
    began, worked = time.perf_counter(), time.process_time()
    tools = BuildTools(drawing.encoders, label, "drawn-labels-1", label.study_of)
    library = Drawn(found.sentences, documents)
    with Watching() as watched:
        report = build(library, tools=tools, root=root)
    drawn = drawing.seconds + library.seconds
    spent, work = time.perf_counter() - began, time.process_time() - worked
    return {
        "passages": report.encoded,
        "clock": spent,
        "work": work - drawn,
        "drawing": drawn,
        "peak": resident()["peak"],
        "own": watched.own,
        "before": before,
    }


def asked(root: Path, shared: Path, kept: Path, documents: int, taken: int) -> dict[str, Any]:
    """Open a store and ask it: times, memory and what was found."""
    questions, vectors = _questions(shared, kept, taken)
    start = resident()
    began = time.perf_counter()
    from index.store import open_store

    store = open_store(root)
    opened = time.perf_counter() - began
    after = resident()
    from index.search import search

    near, words, mixed, found, hits = [], [], [], [], []
    for question, vector in zip(questions, vectors, strict=True):
        mixed.append(milliseconds(lambda q=question, v=vector: hits.append(search(store, q, v, n=TOP))))  # type: ignore[misc] # bound now
    last = resident()
    for question, vector in zip(questions, vectors, strict=True):
        near.append(milliseconds(lambda v=vector: found.append(store.nearest(v, TOP)[0].tolist())))  # type: ignore[misc] # as above
        words.append(milliseconds(lambda q=question: store.best_words(q, 1000)))  # type: ignore[misc] # as above
    return {
        "passages": len(store),
        "documents": store.documents,
        "open": 1000 * opened,
        "start": start,
        "opened": after,
        "asked": last,
        "search": spread(mixed),
        "near": spread(near),
        "words": spread(words),
        "found": found,
        "hits": [[hit.passage.document for hit in of] for of in hits],
        "ledger": _ledger(store),
    }


def exact(root: Path, shared: Path, kept: Path, documents: int, taken: int) -> dict[str, Any]:
    """What comparing every vector finds, alone and in the mix."""
    from index.search import search
    from index.store import open_store

    questions, vectors = _questions(shared, kept, taken)
    store = open_store(root)
    plain = Exact(store)
    found = [plain.nearest(vector, TOP)[0].tolist() for vector in vectors]
    hits = [
        [hit.passage.document for hit in search(plain, question, vector, n=TOP)]
        for question, vector in list(zip(questions, vectors, strict=True))[:DEEP]
    ]
    return {"found": found, "hits": hits}


class Exact:
    """A store in which every vector is compared."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._all = store.vectors(np.arange(len(store)))

    def __len__(self) -> int:
        return len(self._store)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def nearest(
        self, vector: Vectors, n: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[Ordinals, Scores]:
        """The passages nearest to a vector."""
        scores = self._all @ vector
        many = min(n, len(scores))
        first = np.argpartition(-scores, many - 1)[:many]
        order = first[np.lexsort((first, -scores[first]))].astype(np.int64)
        return order, scores[order].astype(np.float32)


def _questions(shared: Path, kept: Path, taken: int) -> tuple[tuple[str, ...], Vectors]:
    from scale_material import questions

    return questions(shared, kept, taken)


def _ledger(store: Any) -> dict[str, float]:
    # The first count makes what the others share; it is one of those that the 99th is taken of.
    from assistant.evidence import gather
    from assistant.question import read_message
    from corpus.vocabulary import load_vocabulary

    vocabulary = load_vocabulary()
    parts = [read_message(question, vocabulary).parts[0] for question in LEDGER]
    first = milliseconds(lambda: gather(store, vocabulary, parts[0]))
    times = [
        milliseconds(lambda part=part: gather(store, vocabulary, part))  # type: ignore[misc] # bound now
        for part in parts
        for _ in range(10)
    ]
    return {**spread([first, *times]), "first": first[0]}


def milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """How long it takes by the clock, and how much of it the processor works for it."""
    began, worked = time.perf_counter(), time.thread_time()
    work()
    return 1000 * (time.perf_counter() - began), 1000 * (time.thread_time() - worked)


def spread(times: list[tuple[float, float]]) -> dict[str, float]:
    """The middle and the 99th of 100 by the clock, and the same of the processor's work."""
    clock, work = np.array(times).T
    return {
        "p50": float(np.percentile(clock, 50)),
        "p99": float(np.percentile(clock, 99)),
        "work": float(np.percentile(work, 50)),
        "work99": float(np.percentile(work, 99)),
    }


class Watching:
    """Looks every so often at what this process holds of its own, which the system keeps no peak of.

    Attributes:
        own: the most megabytes seen, without mapped files.
    """

    def __init__(self) -> None:
        self.own = 0.0
        self._done = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._done.wait(OFTEN):
            self.own = max(self.own, resident()["own"])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self.own = max(self.own, resident()["own"])


def resident() -> dict[str, float]:
    """Megabytes that this process holds in memory: all, and its own without mapped files, and the most it held."""
    stated = dict(
        line.split(":", 1)
        for line in Path("/proc/self/status").read_text("ascii").splitlines()
        if ":" in line
    )
    return {
        name: int(stated[key].split()[0]) / 1024
        for name, key in (("all", "VmRSS"), ("own", "RssAnon"), ("files", "RssFile"), ("peak", "VmHWM"))
    }


if __name__ == "__main__":
    main()
