"""Measure: a judged set in BEIR form to figures, by the product's whole way; ir_measures computes them."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.document import Citation, Document, Kind
from corpus.text import Part, compose
from index.build import publish_measured
from index.encoder import Encoders
from index.errors import JudgedSetError
from index.seam import Ordinals, Scores, Searchable
from index.search import search

RANKED = 100
"""Documents ranked for a question: as deep as R@100 looks."""
DEPTH = 2000
"""Passages taken from one ranking to find its best documents."""

Ranking = list[tuple[str, float]]
"""Documents' ids with their scores, best first."""
Publish = Callable[[Sequence[Document], Encoders, Path], Searchable]
"""What builds and publishes a store of documents in an empty folder, and opens it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged set: documents, questions by id, and how relevant which document is to which question."""

    documents: tuple[Document, ...]
    questions: Mapping[str, str]
    relevance: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """The means over all judged questions; a question that found nothing counts as 0."""

    ndcg_at_10: float
    recall_at_100: float
    rr_at_10: float

    def as_json(self) -> dict[str, float]:
        """The figures under the names that the field uses."""
        return {"nDCG@10": self.ndcg_at_10, "R@100": self.recall_at_100, "RR@10": self.rr_at_10}


@dataclass(frozen=True, slots=True)
class Measured:
    """What a judged set gave: each ranking's figures, and what it took."""

    words: Figures
    vectors: Figures
    both: Figures
    documents: int
    passages: int
    questions: int
    passages_per_second: float
    milliseconds_per_query: float

    def as_json(self) -> dict[str, Any]:
        """Everything, as `measure --json` prints it."""
        return {
            **{name: getattr(self, name).as_json() for name in ("words", "vectors", "both")},
            **{name: getattr(self, name) for name in self.__slots__[3:]},
        }


def measure(
    folder: Path,
    encoders: Encoders,
    *,
    publish: Publish = publish_measured,
    progress: Callable[[int], None] | None = None,
) -> Measured:
    """The figures of a judged set: its documents split, encoded and published as any library's are, then searched.

    Args:
        folder: holds `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv` or `qrels.tsv`.
        encoders: the model.
        publish: builds a store in a folder that is deleted afterwards.
        progress: told of each question as it is answered.
    """
    judged = read(folder)
    with tempfile.TemporaryDirectory(prefix="firstpass-measure-", ignore_cleanup_errors=True) as temporary:
        began = time.perf_counter()
        store = publish(judged.documents, encoders, Path(temporary))
        built = time.perf_counter() - began
        asked = [_ask(store, encoders, text, progress) for text in judged.questions.values()]
        passages = len(store)
    rankings = [
        dict(zip(judged.questions, ranking, strict=True))
        for ranking in zip(*(a.rankings for a in asked), strict=True)
    ]
    words, vectors, both = (figures(judged, ranking) for ranking in rankings)
    return Measured(
        words=words,
        vectors=vectors,
        both=both,
        documents=len(judged.documents),
        passages=passages,
        questions=len(judged.questions),
        passages_per_second=passages / built,
        milliseconds_per_query=1000 * float(np.mean([a.seconds for a in asked])),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    rankings: tuple[Ranking, Ranking, Ranking]
    seconds: float


def _ask(
    store: Searchable, encoders: Encoders, question: str, progress: Callable[[int], None] | None
) -> _Asked:
    began = time.perf_counter()
    vector = encoders.questions.encode([question])[0]
    hits = search(store, question, vector, n=RANKED)
    seconds = time.perf_counter() - began
    both = [(hit.passage.document, hit.score) for hit in hits]
    words = _by_document(store, *store.best_words(question, DEPTH, None))
    vectors = _by_document(store, *store.nearest(vector, DEPTH, None))
    if progress is not None:
        progress(1)
    return _Asked((words, vectors, both), seconds)


def _by_document(store: Searchable, ordinals: Ordinals, scores: Scores) -> Ranking:
    """The best passage's score of each document, best first."""
    _, firsts = np.unique(store.owners(ordinals), return_index=True)
    leads = np.sort(firsts)[:RANKED].tolist()
    return [(store.passage(int(ordinals[at])).document, float(scores[at])) for at in leads]


def figures(judged: Judged, rankings: Mapping[str, Ranking]) -> Figures:
    """The means of nDCG@10, R@100 and RR@10 over the judged questions."""
    import ir_measures
    from ir_measures import RR, R, nDCG

    wanted = (nDCG @ 10, R @ 100, RR @ 10)
    relevance = [ir_measures.Qrel(*row) for row in judged.relevance]
    # Rank, not score: evaluators break ties their own way, and ours is by id.
    run = [
        ir_measures.ScoredDoc(question, document, float(-rank))
        for question, ranking in rankings.items()
        for rank, (document, _) in enumerate(ranking)
    ]
    sums = dict.fromkeys(wanted, 0.0)
    for metric in ir_measures.iter_calc(wanted, relevance, run):
        sums[metric.measure] += metric.value
    return Figures(*(sums[name] / max(len(judged.questions), 1) for name in wanted))


def read(folder: Path) -> Judged:
    """The judged set of a folder in BEIR form: only the questions that are judged, in the file's order."""
    documents = tuple(_document(row) for row in _rows(folder / "corpus.jsonl", ("_id", "text")))
    texts = {row["_id"]: row["text"] for row in _rows(folder / "queries.jsonl", ("_id", "text"))}
    nested = folder / "qrels" / "test.tsv"
    file = nested if nested.is_file() else folder / "qrels.tsv"
    relevance = tuple(_relevance(file))
    judged = {question for question, _, _ in relevance}
    if not relevance:
        raise _wrong(file, "it holds no judgement")
    if missing := sorted(judged - texts.keys()):
        raise _wrong(file, f"question {missing[0]} is judged but not in queries.jsonl")
    return Judged(documents, {name: text for name, text in texts.items() if name in judged}, relevance)


def _document(row: Mapping[str, str]) -> Document:
    title = row.get("title") or ""
    text, sections = compose(title, [Part(row["text"])])
    return Document(row["_id"], Kind.PAPER, text, sections, Citation(title))


def _rows(file: Path, wanted: tuple[str, ...]) -> Iterator[dict[str, str]]:
    seen: set[str] = set()
    for number, line in enumerate(_lines(file), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise _wrong(file, f"line {number} is not JSON ({error})") from error
        if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in wanted):
            raise _wrong(file, f"line {number} lacks one of the texts {', '.join(wanted)}")
        if row["_id"] in seen:
            raise _wrong(file, f"line {number} has the id {row['_id']} a second time")
        seen.add(row["_id"])
        yield row


def _relevance(file: Path) -> Iterator[tuple[str, str, int]]:
    for number, line in enumerate(_lines(file), start=1):
        fields = line.split("\t")
        if not line.strip() or (number == 1 and not fields[-1].strip().isdigit()):
            continue  # the header row, which some sets have
        try:
            question, document, score = fields
            yield question, document, int(score)
        except ValueError as error:
            raise _wrong(
                file, f"line {number} is not 'question, document, whole number' with tabs between"
            ) from error


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(file, f"it cannot be read ({error})") from error


def _wrong(file: Path, reason: str) -> JudgedSetError:
    form = "a judged set is corpus.jsonl (_id, title, text), queries.jsonl (_id, text) and qrels/test.tsv or qrels.tsv (question, document, score)"
    return JudgedSetError(f"{file}: {reason}; nothing was measured; {form}")
