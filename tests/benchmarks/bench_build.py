"""The whole build against the bare model, memory and milliseconds per question: one table, in one run.

Run: python -m pytest -m benchmark -s tests/benchmarks/bench_build.py
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from report import Report

from corpus import passage
from corpus.document import Citation, Document, Kind
from corpus.text import Part, compose
from index import encoder as encoders
from index.bfloat import BFLOAT16
from index.build import publish_measured
from index.encoder import Encoders
from index.search import search
from index.store import open_store

DOCUMENTS = 400
QUESTIONS = 100
SEED = 20_240_229
SENTENCES = (
    "Pain fell by {} points in the {} group after {} weeks",
    "There was no difference in range of motion between the {} and {} groups (p = 0.{})",
    "We enrolled {} adults with osteoarthritis of the {} and followed them for {} months",
    "Bone marrow was drawn from the iliac crest and concentrated to {} mL for the {} at {} rpm",
    "Adverse events were seen in {} of the {} participants and resolved within {} days",
    "Cells were found in the lung in {}% of {} animals and in the spleen in {}%",
    "Magnetic resonance imaging showed {} mm of cartilage in the {} compartment at {} weeks",
)


def written() -> list[Document]:
    """Plainly synthetic abstracts of lengths like real ones."""
    chance = np.random.default_rng(SEED)
    places = ("knee", "hip", "shoulder", "ankle", "hand")
    made = []
    for number in range(DOCUMENTS):
        lines = [
            str(chance.choice(SENTENCES)).format(
                int(chance.integers(99)), chance.choice(places), int(chance.integers(99))
            )
            for _ in range(int(chance.integers(4, 18)))
        ]
        title = f"Synthetic record {number} of the {chance.choice(places)}"
        text, sections = compose(title, [Part(". ".join(lines) + ".")])
        made.append(Document(f"file:{number:05}", Kind.PAPER, text, sections, Citation(title)))
    return made


def work(act: Callable[[], object]) -> tuple[float, float]:
    """The seconds by the clock and those that all cores computed."""
    clock, cores = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - clock, time.process_time() - cores


def seconds(act: Callable[[], object]) -> float:
    """How long it took."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


@pytest.mark.benchmark
@pytest.mark.model
def test_the_whole_build_against_the_bare_model(encoder: Encoders, tmp_path: Path, report: Report) -> None:
    """Splitting, encoding, storing and publishing, against bare encoding of the same texts: 1.5 of its rate where the processor multiplies bfloat16, 0.95 elsewhere."""
    from sentence_transformers import SentenceTransformer

    documents = written()
    limit, count = encoder.token_limit, encoder.count_tokens
    texts = [
        text
        for one in documents
        for text in passage.embedded(
            one, passage.split(one, limit=limit, count=count), limit=limit, count=count
        )
    ]
    bare = SentenceTransformer(str(encoders.find(None)), device="cpu", local_files_only=True)
    bare.encode(texts[:8], show_progress_bar=False)
    bare_runs, whole_runs = [], []
    for turn in range(3):  # in turns, so that what else the machine does falls on both
        bare_runs.append(work(lambda: bare.encode(texts, batch_size=32, show_progress_bar=False)))
        folder = tmp_path / str(turn)
        whole_runs.append(work(lambda folder=folder: publish_measured(documents, encoder, folder)))  # type: ignore[misc]  # mypy cannot infer a lambda's default
    store = open_store(folder)
    questions = [
        f"Does pain of the {place} fall after {number} weeks?"
        for number in range(QUESTIONS // 2)
        for place in ("hip", "hand")
    ]
    alone = [seconds(lambda q=q: encoder.questions.encode([q])) for q in questions]  # type: ignore[misc]  # as above
    answered = [seconds(lambda q=q: search(store, q, encoder.questions.encode([q])[0])) for q in questions]  # type: ignore[misc]  # as above
    (bare_clock, bare_cores), (whole_clock, whole_cores) = min(bare_runs), min(whole_runs)
    ratio = bare_clock / whole_clock
    asked = 1.5 if encoder.arithmetic == BFLOAT16 else 0.95
    rows = {
        "passages": f"{len(texts)}",
        "bare encode, passages/s": f"{len(texts) / bare_clock:.1f}",
        "whole build, passages/s": f"{len(texts) / whole_clock:.1f}",
        f"ratio (in {encoder.arithmetic}, at least {asked})": f"{ratio:.2f}",
        "ratio by processor time": f"{bare_cores / whole_cores:.2f}",
        "peak memory, MB": f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}",
        "question encoded, ms (median)": f"{1000 * np.median(alone):.1f}",
        "question answered, ms (median)": f"{1000 * np.median(answered):.1f}",
        "question answered, ms (99th of 100)": f"{1000 * np.percentile(answered, 99):.1f}",
    }
    print("\n" + "\n".join(f"{name:38}{value:>10}" for name, value in rows.items()))
    assert report("whole build / bare encode, passages a second", ratio, ">=", asked)
