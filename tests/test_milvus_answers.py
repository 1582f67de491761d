"""The same library answered from disk and from Milvus gives the same answers; a person cannot tell which."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from answer_material import WordBench

from assistant.answering import Answerer
from assistant.contract import answer_object
from assistant.indexing import index_library
from corpus.errors import LibraryError
from corpus.library import starter_library
from corpus.library_file import open_library
from index.engine import COLLECTION

pytest.importorskip("pymilvus", reason="needs firstpass[cluster]")
pytest.importorskip("milvus_lite", reason="needs firstpass[cluster]")

QUESTIONS = (
    "is IV BMC for knee OA real?",
    "intra-articular bone marrow concentrate for knee osteoarthritis in humans",
    "prp vs ha knee",
    "mesenchymal stem cells given intravenously to rats",
    "what harms were seen after intravenous stem cells?",
    "does hyaluronic acid help?",
    "lung first pass",
    "anything retracted?",
    "Centeno 2018",
    "how do I bake bread?",
)


def answers(of: WordBench) -> list[dict[str, Any]]:
    """Every answer as --json has it, without the store's version, which differs where files do."""
    with of.open() as store:
        answerer = Answerer(of, store, of.encoders())
        found = [answer_object(answerer.answer(question)) for question in QUESTIONS]
    for one in found:
        del one["store"]["version"], one["store"]["built"]
    return found


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, WordBench]]:
    """The starter library on disk and in Milvus."""
    made = {}
    for name in ("faiss", "milvus"):
        root = tmp_path_factory.mktemp(name)
        library = Path(shutil.copytree(starter_library(), root / "library"))
        with (library / "library.toml").open("a", encoding="utf-8") as stream:
            stream.write(f'\n[store]\nengine = "{name}"\n')
        made[name] = WordBench(library, root / "stores")
        assert index_library(made[name]).report.published
    yield made
    from index.milvus import disconnect

    disconnect()


def test_the_answers_are_the_same(benches: dict[str, WordBench]) -> None:
    """Statement, ledger, ladder, quotes with their offsets, labels and scores: equal to the byte in every answer."""
    here, there = answers(benches["faiss"]), answers(benches["milvus"])
    for question, one, other in zip(QUESTIONS, here, there, strict=True):
        assert one == other, question
    assert sum(len(part["passages"]) for one in here for part in one["parts"]) > 10


def test_each_lies_where_it_was_told(benches: dict[str, WordBench]) -> None:
    """The one has FAISS's file and no collection, the other a collection and neither vectors nor words on disk."""
    for name, of in benches.items():
        with of.open() as store:
            files = {path.name for path in store.folder.iterdir()}
        assert (COLLECTION in files) is (name == "milvus")
        assert ({"vectors.faiss", "words"} <= files) is (name == "faiss")
        assert bool({"vectors.faiss", "vectors.npy", "words"} & files) is (name == "faiss")


@pytest.mark.parametrize(
    ("said", "named"),
    [('engine = "lucene"', "one of faiss, milvus"), ("address = 19530", "'address' must be a text")],
)
def test_a_wrong_setting_is_named(said: str, named: str, tmp_path: Path) -> None:
    """An engine that there is not, or an address that is none, is refused with its line."""
    (tmp_path / "library.toml").write_text(f'name = "Synthetic"\n[store]\n{said}\n', encoding="utf-8")
    with pytest.raises(LibraryError, match=rf"line 3.*{named}"):
        open_library(tmp_path)


def test_a_misspelt_setting_is_told(tmp_path: Path) -> None:
    """A key of [store] without meaning is warned of, not taken."""
    (tmp_path / "library.toml").write_text('[store]\nadress = "http://127.0.0.1:1"\n', encoding="utf-8")
    assert "'adress' of [store]" in open_library(tmp_path).warnings[0]
