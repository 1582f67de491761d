"""A truth a document becomes a filter in the engine's language that lets in just that, however many documents there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_material import record, tools

from index.build import build
from index.engine import EngineSettings, engine_of
from index.filters import Filters
from index.in_engine import InEngine
from index.labels import LabelTable
from index.seam import Allowed
from index.store import Store, open_store

pytest.importorskip("pymilvus", reason="needs firstpass[cluster]")
pytest.importorskip("milvus_lite", reason="needs firstpass[cluster]")
COUNT = 40


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store in the engine: passages of several documents, every second one human, every second one of rats."""
    root = tmp_path_factory.mktemp("root")
    long = " ".join(f"Cells {number} were given to knees." for number in range(60))
    documents = [record(number, long if number % 7 == 0 else None) for number in range(COUNT)]
    build(documents, tools=replace(tools(), engine=EngineSettings()), root=root)
    with open_store(root) as opened:
        yield opened
    from index.milvus import disconnect

    disconnect()


def let_in(store: Store, where: str) -> set[int]:
    """The documents that the engine itself lets in."""
    engine = engine_of(store.folder.parent.parent)
    assert engine is not None
    found = engine.milvus()._client.query(
        engine.collection(store.version), filter=where or "id >= 0", output_fields=["document"]
    )
    return {row["document"] for row in found}


def few_at_a_time(store: Store, named: int) -> InEngine:
    """The store's collection, asked with filters that name so few documents that labels must be asked for."""
    engine = engine_of(store.folder.parent.parent)
    assert engine is not None
    return InEngine(engine, store.version, store.folder, Filters(store.table, named), store.document_of)


masks = st.lists(st.booleans(), min_size=COUNT, max_size=COUNT).map(
    lambda truths: np.array(truths, dtype=bool)
)


@settings(max_examples=40, deadline=None)
@given(allowed=masks.filter(lambda mask: bool(mask.any())), named=st.sampled_from([0, 1, 3, 100]))
def test_a_filter_lets_in_all_that_is_allowed(store: Store, allowed: Allowed, named: int) -> None:
    """What the engine lets in holds all that is allowed, and where the filter is called exact, nothing else."""
    made = Filters(store.table, named).of(allowed)
    wanted = set(np.flatnonzero(allowed).tolist())
    found = let_in(store, made.where)
    assert found >= wanted
    assert not made.exact or found == wanted


def test_labels_are_asked_for_where_documents_are_too_many(store: Store) -> None:
    """A filter by species alone names the label, not documents; documents left out beside it are named."""
    human: Allowed = store.table.having("species", ("human",))
    plain = Filters(store.table, 3).of(human)
    assert plain.where == 'array_contains_any(labels, ["species=human"])'
    but_two = human.copy()
    but_two[np.flatnonzero(human)[:2]] = False
    made = Filters(store.table, 3).of(but_two)
    assert plain.where in made.where
    assert re.search(r" and document not in \[\d+, \d+\]$", made.where)
    assert made.exact


@settings(max_examples=30, deadline=None)
@given(
    allowed=masks,
    named=st.sampled_from([1, 3]),
    n=st.sampled_from([1, 5, 500]),
    at=st.integers(0, COUNT - 1),
)
def test_whatever_the_filter_the_best_come_back(
    store: Store, allowed: Allowed, named: int, n: int, at: int
) -> None:
    """Through every kind of filter come the passages that a filter naming every document brings, in the same order."""
    asked, whole = few_at_a_time(store, named), few_at_a_time(store, COUNT)
    vector = store.vectors(np.array([at]))[0]
    for one, other in (
        (asked.nearest(vector, n, allowed), whole.nearest(vector, n, allowed)),
        (
            asked.best_words("cells given to 7 knees", n, allowed),
            whole.best_words("cells given to 7 knees", n, allowed),
        ),
    ):
        assert one[0].tolist() == other[0].tolist()
        assert one[1].tobytes() == other[1].tobytes()
        assert allowed[store.owners(one[0])].all()


def test_a_filter_asked_again_is_the_same(store: Store) -> None:
    """Kept filters are told apart by what they let in, however many were asked since."""
    filters = Filters(store.table, 1)
    chance = np.random.default_rng(2)
    drawn = [chance.random(COUNT) < 0.5 for _ in range(100)]
    first = [filters.of(one) for one in drawn]
    assert [filters.of(one) for one in drawn] == first
    assert [Filters(store.table, 1).of(one) for one in drawn] == first


def test_an_odd_label_is_quoted() -> None:
    """A value with quotes, backslashes and letters of any alphabet is written as the engine's language wants it."""
    value = 'say "no" \\ β'
    rows = np.arange(6, dtype=np.int32)
    table = LabelTable(
        {("route", "other"): (0, 3), ("route", value): (3, 6)}, rows, rows, np.ones(6, dtype=np.bool_)
    )
    made = Filters(table, 1).of(rows >= 3)
    assert made.where == 'array_contains_any(labels, ["route=say \\"no\\" \\\\ β"])'
