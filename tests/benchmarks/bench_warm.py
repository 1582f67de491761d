"""The warm question: a whole answer, from the message to Slack's blocks, against the encoding of its question alone; then eight askers at once.

About 10,000 passages: the starter library, the domain's abstracts and NFCorpus's, with the embedded model. Every question
measured is new; those asked before it, to warm up, are others.

Run: python -m pytest -n 0 -m benchmark -s tests/benchmarks/bench_warm.py
FIRSTPASS_KEEP names a folder where the store is kept for the next run; FIRSTPASS_PASSAGES sets another size.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from many_questions import many_questions
from report import Report

from assistant.answering import Answerer, Bench
from assistant.settings import Settings
from assistant.slack.blocks import message
from assistant.slack.responder import OneAtATime
from corpus import passage
from corpus.document import Document
from corpus.library import starter_library
from index import measure
from index.encoder import Encoders
from index.errors import StoreError

PASSAGES = int(os.environ.get("FIRSTPASS_PASSAGES", "10000"))
WARM, ALONE, TOGETHER = 200, 400, 800
"""Questions to warm up, questions one after the other, questions of all askers."""
ASKERS = 8
WHOLE, TAIL = 2.0, 3.0


def documents(shared: Path, library: Path, encoder: Encoders) -> Iterator[Document]:
    """The starter library, the domain's abstracts and so many of NFCorpus's that there are enough passages."""
    read = [
        bench.read().documents
        for bench in (Bench(Settings(starter_library(), starter=True)), bench_of(library))
    ]
    known: dict[str, Document] = {one.id: one for found in read for one in found}
    judged = measure.read(shared / "data" / "nfcorpus").documents
    count = 0
    for one in (*known.values(), *(replace(one, id=f"file:{one.id.lower()}") for one in judged)):
        if count >= PASSAGES:
            return
        count += len(passage.split(one, limit=encoder.token_limit, count=encoder.count_tokens))
        yield one


def bench_of(library: Path) -> Bench:
    """The bench of the library."""
    return Bench(Settings(library, starter=False))


def answerer_of(shared: Path, folder: Path, encoder: Encoders) -> tuple[Bench, Answerer]:
    """An answerer over the store in a folder, which is built first where there is none that these rules made."""
    library = folder / "library"
    library.mkdir(parents=True, exist_ok=True)
    (library / "library.toml").write_text('name = "Benchmark library"\n', "utf-8")
    shutil.copyfile(shared / "data" / "domain" / "abstracts.nbib", library / "abstracts.nbib")
    bench = bench_of(library)
    try:
        store = bench.open()
    except StoreError:
        chosen = sorted(documents(shared, library, encoder), key=lambda one: one.id)
        reading = replace(bench.read(), documents=tuple(chosen))
        bench.publish(bench.prepare(reading, bench.exports.first(encoder)))
        store = bench.open()
    return bench, Answerer(bench, store, bench.questions())


def milliseconds(work: Callable[[], object]) -> float:
    """How long it took."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def together(ask: Callable[[str], object], texts: list[str]) -> list[float]:
    """How long each of these questions took, asked by eight people at once, each the next as soon as one is answered."""
    taken: list[float] = []

    def asker(first: int) -> None:
        taken.extend([milliseconds(lambda text=text: ask(text)) for text in texts[first::ASKERS]])  # type: ignore[misc] # bound now, not later

    threads = [threading.Thread(target=asker, args=(first,)) for first in range(ASKERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return taken


@pytest.mark.benchmark
@pytest.mark.model
def test_a_warm_question_costs_about_what_its_encoding_does(
    encoder: Encoders, shared: Path, tmp_path: Path, report: Report
) -> None:
    """The middle answer takes at most twice the encoding of its question; of eight askers' the slowest hundredth three times the middle."""
    kept = os.environ.get("FIRSTPASS_KEEP")
    bench, answerer = answerer_of(shared, Path(kept) if kept else tmp_path, encoder)
    encode, asked = bench.questions().questions.encode, OneAtATime(answerer)

    def ask(text: str) -> object:
        return message(asked.answer(text), bench.vocabulary, key="k" * 24)

    typed = [
        one.text for one in many_questions(bench.vocabulary, WARM + ALONE + TOGETHER) if not one.following
    ]
    warm, alone, rest = typed[:WARM], typed[WARM : WARM + ALONE], typed[WARM + ALONE :]
    for text in warm:
        encode([text])
        ask(text)
    # In turns, so that what else the machine does falls on both.
    pairs = [(milliseconds(lambda t=t: encode([t])), milliseconds(lambda t=t: ask(t))) for t in alone]  # type: ignore[misc] # bound now, not later
    encoded, whole = (np.array(column) for column in zip(*pairs, strict=True))
    began = time.perf_counter()
    crowd = together(ask, rest)
    took = time.perf_counter() - began
    ratio, tail = (
        float(np.median(whole) / np.median(encoded)),
        float(np.percentile(crowd, 99) / np.median(crowd)),
    )
    rows = {
        "passages; documents": f"{answerer.sources.stamp.passages}; {answerer.sources.stamp.documents}",
        "question encoded, ms: p50, p99": f"{np.median(encoded):.1f}, {np.percentile(encoded, 99):.1f}",
        "whole answer, ms: p50, p99": f"{np.median(whole):.1f}, {np.percentile(whole, 99):.1f}",
        f"answer / encoding, p50 (at most {WHOLE:g})": f"{ratio:.2f}",
        f"{ASKERS} askers, ms: p50, p99": f"{np.median(crowd):.1f}, {np.percentile(crowd, 99):.1f}",
        f"{ASKERS} askers, p99 / p50 (at most {TAIL:g})": f"{tail:.2f}",
        f"{ASKERS} askers, answers a second": f"{len(crowd) / took:.0f}",
    }
    print("\n" + "\n".join(f"{name:44}{value:>18}" for name, value in rows.items()))
    holds = [
        report("whole answer / its question's encoding, p50", ratio, "<=", WHOLE),
        report(f"{ASKERS} askers at once, p99 / p50", tail, "<=", TAIL),
    ]
    assert all(holds)
