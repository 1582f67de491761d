"""Libraries drawn to be measured: the same each time, and built in memory that does not grow with their texts."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from scale_material import Drawn, DrawnLabels, Real, encoders

from corpus import spool
from corpus.vocabulary import load_vocabulary
from index import inversion, write
from index.build import BuildTools, build
from index.store import open_store

SENTENCES = tuple(
    f"Batch {number} of {number % 7} synthetic cells was given to knees that were seen {number % 11} weeks later."
    for number in range(300)
)


def drawn() -> Real:
    """What is drawn from: synthetic sentences and vectors."""
    vectors = np.random.default_rng(5).normal(size=(60, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    near = np.argsort(-(vectors @ vectors.T), axis=1)[:, 1:9]
    return Real(SENTENCES, vectors, near)


def peak(documents: int, root: Path) -> tuple[int, int]:
    """The most bytes that Python held while building so many documents, and the bytes of their texts."""
    label = DrawnLabels(load_vocabulary())
    tools = BuildTools(encoders(drawn()), label, "drawn", label.study_of)
    tracemalloc.start()
    try:
        build(Drawn(SENTENCES, documents), tools=tools, root=root)
        return tracemalloc.get_traced_memory()[1], sum(len(one.text) for one in Drawn(SENTENCES, documents))
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_a_build_does_not_hold_its_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six times the documents take less more memory than their texts alone have: what is kept of a passage is its keys and numbers."""
    monkeypatch.setattr(spool, "WRITTEN", 1 << 12)
    monkeypatch.setattr(spool, "BLOCK", 4)
    monkeypatch.setattr(inversion, "BLOCK", 16)
    monkeypatch.setattr(inversion, "TOGETHER", 256)
    monkeypatch.setattr(inversion, "READ", 4)
    monkeypatch.setattr(write, "BATCH", 16)
    peak(10, tmp_path / "first")  # what is read once: the vocabulary, the stemmer
    small, few = peak(40, tmp_path / "few")
    large, many = peak(240, tmp_path / "many")
    assert large - small < many - few


def test_a_drawn_library_is_the_same_each_time(tmp_path: Path) -> None:
    """Built twice, in any order of asking, its store has one version; its passages are found by their vectors."""
    label = DrawnLabels(load_vocabulary())
    tools = BuildTools(encoders(drawn()), label, "drawn", label.study_of)
    library = Drawn(SENTENCES, 30)
    first = build(library, tools=tools, root=tmp_path / "a")
    second = build(library[::-1], tools=tools, root=tmp_path / "b")
    assert first.version == second.version
    with open_store(tmp_path / "a") as store:
        assert store.studies == 28
        for ordinal in (0, 9, 50):
            assert store.nearest(store.vectors(np.array([ordinal]))[0], 1)[0].tolist() == [ordinal]
