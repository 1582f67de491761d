"""Measure: figures of judged sets, known by hand, and sets that are not in form."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from memory_store import publish
from word_encoder import word_encoders

from index import measure as measuring
from index.encoder import Encoders
from index.errors import JudgedSetError
from index.measure import Measured, measure

CORPUS = {
    "d1": "Concentrate for the knee.",
    "d2": "Saline for the hip.",
    "d3": "Exercise for the shoulder.",
    "d4": "",
}
QUERIES = {"q1": "knee concentrate", "q2": "hip saline", "unjudged": "shoulder"}
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\td3\t1\nq2\td2\t0\n"


def lay(folder: Path, *, qrels: str = QRELS, place: str = "qrels/test.tsv") -> Path:
    """A judged set on disk."""
    (folder / place).parent.mkdir(exist_ok=True)
    rows = {
        "corpus.jsonl": [
            {"_id": name, "title": f"Synthetic record {name}" if text else "", "text": text}
            for name, text in CORPUS.items()
        ],
        "queries.jsonl": [{"_id": name, "text": text} for name, text in QUERIES.items()],
    }
    for name, lines in rows.items():
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (folder / place).write_text(qrels, encoding="utf-8")
    return folder


def measured(folder: Path) -> Measured:
    """The figures by the word encoder and a store in memory."""
    return measure(folder, word_encoders(), publish=publish)


def test_figures_are_those_worked_out_by_hand(tmp_path: Path) -> None:
    """One question finds its document first and one finds it second or never: means of 1 and that."""
    found = measured(lay(tmp_path))
    assert found.words.rr_at_10 == pytest.approx(0.5)
    assert found.words.ndcg_at_10 == pytest.approx(0.5)
    assert (found.documents, found.passages, found.questions) == (4, 3, 2)
    assert found.vectors.recall_at_100 == 1.0
    assert found.both.recall_at_100 >= 0.5


def test_rank_counts_as_the_field_counts_it(tmp_path: Path) -> None:
    """A relevant document in second place is worth 1/log2(3) in nDCG and 1/2 in RR."""
    judged = measuring.read(lay(tmp_path, qrels="q1\td1\t1\n"))
    figures = measuring.figures(judged, {"q1": [("d2", 0.9), ("d1", 0.9)]})
    assert figures.as_json() == pytest.approx({"nDCG@10": 1 / math.log2(3), "R@100": 1.0, "RR@10": 0.5})


def test_a_question_that_finds_nothing_counts_as_nothing(tmp_path: Path) -> None:
    """The mean is over every judged question, found or not."""
    judged = measuring.read(lay(tmp_path, qrels="q1\td1\t1\nq2\td2\t1\n"))
    assert measuring.figures(judged, {"q1": [("d1", 1.0)], "q2": []}).rr_at_10 == pytest.approx(0.5)


def test_judgements_may_lie_beside_the_corpus_without_a_header(tmp_path: Path) -> None:
    """`qrels.tsv` serves as well as `qrels/test.tsv`, with or without a first row of names."""
    judged = measuring.read(lay(tmp_path, qrels="q1\td1\t2\n", place="qrels.tsv"))
    assert judged.relevance == (("q1", "d1", 2),)
    assert list(judged.questions) == ["q1"]


def test_json_names_the_figures_as_the_field_does(tmp_path: Path) -> None:
    """Three rankings with three figures each, and what it took."""
    shown = measured(lay(tmp_path)).as_json()
    assert json.loads(json.dumps(shown)) == shown
    for name in ("words", "vectors", "both"):
        assert set(shown[name]) == {"nDCG@10", "R@100", "RR@10"}
    assert set(shown) >= {
        "documents",
        "passages",
        "questions",
        "passages_per_second",
        "milliseconds_per_query",
    }


def test_progress_is_told_of_each_question(tmp_path: Path) -> None:
    """A bar can be drawn from what is told."""
    told: list[int] = []
    measure(lay(tmp_path), word_encoders(), publish=publish, progress=told.append)
    assert told == [1, 1]


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("corpus.jsonl", '{"_id": "d1", "text": "a"}\n{broken\n', r"corpus\.jsonl: line 2 is not JSON"),
        ("corpus.jsonl", '{"_id": "d1"}\n', r"corpus\.jsonl: line 1 lacks"),
        (
            "corpus.jsonl",
            '{"_id": "d1", "text": "a"}\n{"_id": "d1", "text": "b"}\n',
            r"line 2 has the id d1 a second time",
        ),
        ("queries.jsonl", "[1]\n", r"queries\.jsonl: line 1 lacks"),
        ("queries.jsonl", '{"_id": "q1", "text": "a"}\n', r"question q2 is judged but not in queries\.jsonl"),
        ("qrels/test.tsv", "q1 d1 1\n", r"test\.tsv: .*"),
        ("qrels/test.tsv", "q1\td1\t1\nq1\td2\tyes\n", r"test\.tsv: line 2 is not"),
        ("qrels/test.tsv", "", r"test\.tsv: .*no judgement"),
    ],
)
def test_a_set_out_of_form_is_named_with_its_line(tmp_path: Path, file: str, content: str, said: str) -> None:
    """The file, the line and the form wanted are said."""
    (lay(tmp_path) / file).write_text(content, encoding="utf-8")
    with pytest.raises(JudgedSetError, match=said):
        measured(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """An empty folder is an error that says what a judged set is."""
    with pytest.raises(JudgedSetError, match=r"corpus\.jsonl: it cannot be read .* a judged set is"):
        measured(tmp_path)


@pytest.mark.model
@pytest.mark.slow
def test_the_embedded_model_reaches_its_marks_on_a_public_judged_set(shared: Path, encoder: Encoders) -> None:
    """NFCorpus, its 323 test questions: mix at least 0.355, words 0.315, vectors 0.310 nDCG@10."""
    found = measure(shared / "data" / "nfcorpus", encoder, publish=publish)
    assert found.questions == 323
    assert found.both.ndcg_at_10 >= 0.355
    assert found.words.ndcg_at_10 >= 0.315
    assert found.vectors.ndcg_at_10 >= 0.310
