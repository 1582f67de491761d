"""Reading a question and matching it over 100,000 labelled documents, beside the search itself.

Run: python -m pytest -m benchmark -s tests/benchmarks/bench_match.py
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from report import Report

from assistant.evidence import gather
from assistant.question import read_message
from corpus.document import Citation, Document, Kind
from corpus.label import FACETS, UNSTATED, Label, Origin
from corpus.vocabulary import load_vocabulary
from index.labels import LabelTable

DOCUMENTS = 100_000
MILLISECONDS = 50
QUESTIONS = (
    "is IV BMC for knee OA real?",
    "prp vs ha knee",
    "iv stem cell knee arthritis??",
    "any human data on IV svf",
    "tendonitis prp?",
)


class Shelf:
    """So many documents whose labels are drawn at random from the vocabulary's own values."""

    def __init__(self, count: int) -> None:
        vocabulary = load_vocabulary()
        chance = np.random.default_rng(3)
        drawn = {
            facet: chance.choice(sorted(vocabulary.ids(facet)), count)
            for facet in ("intervention", "route", "condition")
        }
        drawn["species"] = chance.choice(["human", "human", "rat", "mouse", "rabbit"], count)
        drawn["design"] = chance.choice(
            ["rct", "cohort", "case-series", "animal-study", "systematic-review"], count
        )
        self.ids = tuple(f"pmid:{number:08d}" for number in range(count))
        labels = [
            {
                facet: Label((str(drawn[facet][row]),), Origin.TEXT_RULE) if facet in drawn else UNSTATED
                for facet in FACETS
            }
            for row in range(count)
        ]
        documents = [Document(one, Kind.PAPER, "", (), Citation("Synthetic record")) for one in self.ids]
        # One study in twenty has two papers.
        studies = [str(row - 1 if row % 20 == 1 else row) for row in range(count)]
        self.table = LabelTable.build(documents, labels, studies)
        self._labels = labels

    def labels(self, document: str) -> dict[str, Label]:
        """One document's labels."""
        return self._labels[int(document.removeprefix("pmid:"))]


def milliseconds(work: Callable[[], object], times: int = 20) -> float:
    """The middle of so many runs."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - began))
    return float(np.median(spent))


@pytest.mark.benchmark
def test_matching_a_hundred_thousand_documents(report: Report) -> None:
    """Each question is read and matched over 100,000 documents within 50 ms."""
    vocabulary = load_vocabulary()
    shelf = Shelf(DOCUMENTS)
    print(f"\n{'question':32} read ms  match ms")
    worst = 0.0
    for question in QUESTIONS:
        part = read_message(question, vocabulary).parts[0]
        reading = milliseconds(lambda question=question: read_message(question, vocabulary))  # type: ignore[misc] # bound now, not later
        matching = milliseconds(lambda part=part: gather(shelf, vocabulary, part))  # type: ignore[misc] # as above
        worst = max(worst, reading + matching)
        print(f"{question:32} {reading:7.2f} {matching:9.2f}")
    assert report(f"read and matched over {DOCUMENTS} documents, ms", worst, "<=", MILLISECONDS)
