"""Ledger: milliseconds and memory of ledger and ladder over millions of labelled documents.

Run: FIRSTPASS_LEDGER="1000000 3000000 10000000" python -m pytest -n 0 -m benchmark -s tests/benchmarks/bench_ledger.py
(one million documents where the variable is not set; ten million take a minute and 2 GB). The labels are those that the tagger gives real abstracts (../shared/data), each document of the library having all the
labels of one of them, drawn at random. The label table is written, mapped and counted as a store's is.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from report import Report

from corpus.label import Label
from index.labels import LabelTable

ROOT = Path(__file__).resolve().parents[2]
MILLISECONDS = 300
SOURCES = ("domain/abstracts.jsonl", "nfcorpus/corpus.jsonl")
EVERY = 3
"""One real abstract in so many is labelled."""
ASKED = (
    "is IV BMC for knee OA real?",
    "any human data on IV svf",
    "prp vs ha knee",
    "tendonitis prp?",
    "intravenous MSC in rats",
    "stem cells for osteoarthritis in humans, randomised trials",
    "iv cultured msc knee arthritis humans rct",
)
REPEATS = 5
SHARE = 0.04
"""Papers that report a study which another paper reports too."""
SEED = 20_261_124


@dataclass(frozen=True, slots=True)
class Shelf:
    """What counting needs of a store."""

    ids: tuple[str, ...]
    table: LabelTable

    def labels(self, document: str) -> Mapping[str, Label]:
        """Not asked while counting."""
        raise NotImplementedError(document)


def labelled(shared: Path) -> list[set[tuple[str, str]]]:
    """The labels, kinds and statuses of real abstracts."""
    from corpus.document import Citation, Document, Kind
    from corpus.tagging import label_document
    from corpus.text import Part, compose
    from corpus.vocabulary import load_vocabulary

    vocabulary = load_vocabulary()
    found = []
    for source in SOURCES:
        with (shared / "data" / source).open(encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines][::EVERY]
        for record in records:
            text, sections = compose(record["title"], [Part(record["text"])])
            document = Document(
                f"file:{record['_id']}", Kind.PAPER, text, sections, Citation(record["title"])
            )
            labels = label_document(document, vocabulary)
            found.append(
                {(facet, value) for facet, label in labels.items() for value in label.values}
                | {("kind", document.kind.value), ("status", document.status.value)}
            )
    return found


def write_table(folder: Path, real: Sequence[set[tuple[str, str]]], documents: int) -> None:
    """Write the table of so many documents."""
    chance = np.random.default_rng(SEED)
    drawn = chance.integers(0, len(real), documents)
    columns, parts, start = {}, [], 0
    for column in sorted(set().union(*real)):
        having = np.array([column in one for one in real])
        rows = np.flatnonzero(having[drawn]).astype(np.int32)
        if len(rows):
            columns[column] = (start, start + len(rows))
            parts.append(rows)
            start += len(rows)
    study: NDArray[np.int64] = np.arange(documents)
    later = chance.random(documents) < SHARE / 2
    study[later] = np.maximum(study[later] - 1, 0)
    _, study = np.unique(study, return_inverse=True)
    countable = chance.random(documents) < 0.998
    table = LabelTable(columns, np.concatenate(parts), study.astype(np.int32), countable)
    table.save(folder)


def measured(folder: Path, documents: int) -> dict[str, Any]:
    """What counting over the table of a folder costs in this process."""
    from assistant.evidence import counter_of, gather
    from assistant.question import read_message
    from corpus.vocabulary import load_vocabulary

    vocabulary = load_vocabulary()
    parts = [read_message(text, vocabulary).parts[0] for text in ASKED]
    ids = tuple(f"pmid:{number:08}" for number in range(documents))
    before = resident()
    began = time.perf_counter()
    shelf = Shelf(ids, LabelTable.load(folder))
    counter_of(shelf)
    opened = 1000 * (time.perf_counter() - began)
    lines = []
    for text, part in zip(ASKED, parts, strict=True):
        took, spent = [], []
        for _ in range(REPEATS):
            began, used = time.perf_counter(), time.process_time()
            evidence = gather(shelf, vocabulary, part)
            took.append(1000 * (time.perf_counter() - began))
            spent.append(1000 * (time.process_time() - used))
        middle = sorted(took)[REPEATS // 2], max(took), sorted(spent)[REPEATS // 2]
        lines.append((text, len(evidence.asked), evidence.direct.studies, *middle))
    return {
        "opened": opened,
        "lines": lines,
        "memory": resident() - before,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "disk": sum(path.stat().st_size for path in folder.iterdir()) / 2**20,
    }


def resident() -> float:
    """The memory that this process has now, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


@pytest.mark.benchmark
def test_ledgers_over_millions_of_documents(report: Report, shared: Path, tmp_path: Path) -> None:
    """Ledger and ladder take each question less than 300 ms of one processor over every size, each in a process of its own."""
    real = labelled(shared)
    for documents in map(int, os.environ.get("FIRSTPASS_LEDGER", "1000000").split()):
        folder = tmp_path / str(documents)
        folder.mkdir()
        write_table(folder, real, documents)
        command = [sys.executable, __file__, str(folder), str(documents)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        run = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        found = json.loads(run.stdout)
        show(documents, found)
        worst = max(spent for *_, spent in found["lines"])
        assert report(f"ledger over {documents:,} documents, processor ms", worst, "<=", MILLISECONDS)


def show(documents: int, found: Mapping[str, Any]) -> None:
    """Print the table of one size."""
    print(
        f"\n{documents:,} documents: table {found['disk']:,.0f} MB on disk, opened with its counter in "
        f"{found['opened']:,.0f} ms; counting takes {found['memory']:,.0f} MB beside the ids ({found['peak']:,.0f} MB in all at most)"
    )
    print("  median ms   most ms  processor ms  facets    direct  question")
    for text, facets, direct, median, most, spent in found["lines"]:
        print(f"  {median:9.1f} {most:9.1f} {spent:13.1f} {facets:7} {direct:9,}  {text}", flush=True)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured(Path(sys.argv[1]), int(sys.argv[2]))))
