"""A library of real files, read, indexed and asked as a curator would (slow: some 2,700 documents)."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest
from answer_material import WordBench

from assistant.answering import Answerer
from assistant.contract import answer_object
from corpus.library import LibraryReading

PRODUCTS = (
    "BMC",
    "PRP",
    "stem cells",
    "MSC",
    "hyaluronic acid",
    "microfracture",
    "chondrocytes",
    "steroid injection",
    "exosomes",
    "scaffold",
)
CONDITIONS = ("knee OA", "rotator cuff tear", "cartilage defect", "osteonecrosis", "tennis elbow")
SHAPES = (
    "{p} for {c}?",
    "{p} in rats with {c}",
    "can {p} cause infection in {c}",
    "randomised trials of {p} for {c}",
)


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Answerer, LibraryReading, Path]:
    """The seed, the files of every format and the domain's abstracts as one library, with what reading it gave."""
    library = tmp_path_factory.mktemp("real") / "library"
    shutil.copytree(shared / "seed", library / "seed")
    shutil.copytree(shared / "data" / "formats", library / "formats")
    (library / "domain").mkdir()
    shutil.copy(shared / "data" / "domain" / "abstracts.nbib", library / "domain")
    bench = WordBench(library, tmp_path_factory.mktemp("root"))
    reading = bench.read()
    encoders = bench.encoders()
    bench.publish(bench.prepare(reading, encoders))
    return Answerer(bench, bench.open(), encoders), reading, library


@pytest.mark.slow
def test_every_file_is_read_reported_or_skipped_by_rule(real: tuple[Answerer, LibraryReading, Path]) -> None:
    """No file of the library is passed over in silence; each one not read has a reason and a cure."""
    _, reading, library = real
    files = {path.relative_to(library).as_posix() for path in library.rglob("*") if path.is_file()}
    assert files == set(reading.read) | set(reading.unread) | set(reading.skipped)
    assert all(problem.reason and problem.cure for problem in reading.problems)
    assert len(reading.documents) > 2000


@pytest.mark.slow
def test_two_hundred_answers_quote_the_stored_text(real: tuple[Answerer, LibraryReading, Path]) -> None:
    """Each quote of 200 answers equals the stored text at its offsets, and most answers quote something."""
    answerer, _, _ = real
    quoting = 0
    for shape, product, condition in itertools.product(SHAPES, PRODUCTS, CONDITIONS):
        answer = answer_object(answerer.answer(shape.format(p=product, c=condition)))
        passages = [passage for part in answer["parts"] for passage in part["passages"]]
        quoting += bool(passages)
        for passage in passages:
            text = answerer.sources.store.document(passage["document"]).text
            assert text[passage["start"] : passage["end"]] == passage["quote"]
            assert passage["citation"]
    assert quoting > 150


@pytest.mark.slow
def test_nothing_never_to_be_counted_is_counted(real: tuple[Answerer, LibraryReading, Path]) -> None:
    """No retracted paper, notice, protocol, review or post is in any ledger."""
    answerer, _, _ = real
    store = answerer.sources.store
    for product, condition in itertools.product(PRODUCTS, CONDITIONS):
        part = answer_object(answerer.answer(f"{product} for {condition}?"))["parts"][0]
        for document in part["ledger"]["documents"]:
            found, labels = store.document(document), store.labels(document)
            assert found.kind.value == "paper"
            assert found.status.value not in {"retracted", "notice"}
            assert not {"protocol", "narrative-review", "guideline", "commentary"} & set(
                labels["design"].values
            )
