"""Counting by sets of bits gives what counting document by document gives, in small stores and in large ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.counting import BLOCK, Counter, Documents, Mask, rules
from corpus.label import Label
from index.bits import Bits
from index.labels import LabelTable

masks = st.lists(st.booleans(), max_size=300).map(lambda truths: np.array(truths, dtype=bool))


@dataclass(frozen=True)
class Shelf:
    """A store, as counting sees it."""

    ids: tuple[str, ...]
    table: LabelTable

    def labels(self, document: str) -> Mapping[str, Label]:
        """Not asked while counting."""
        raise NotImplementedError(document)


def shelf(size: int, seed: int) -> Shelf:
    """Documents with labels drawn at random, several papers to some studies, some not countable."""
    chance = np.random.default_rng(seed)
    drawn: dict[tuple[str, str], NDArray[np.int32]] = {}
    for facet in ("species", "design"):
        for value in rules()[f"{facet}_order"]:
            rows = np.flatnonzero(chance.random(size) < chance.choice([0.0, 0.02, 0.5])).astype(np.int32)
            if len(rows):
                drawn[facet, value] = rows
    ends = np.cumsum([len(rows) for rows in drawn.values()], dtype=int).tolist()
    columns = {key: (end - len(drawn[key]), end) for key, end in zip(drawn, ends, strict=True)}
    rows = np.concatenate([np.zeros(0, dtype=np.int32), *drawn.values()])
    _, study = np.unique(chance.integers(0, max(1, size * 2 // 3), size), return_inverse=True)
    table = LabelTable(columns, rows, study.astype(np.int32), chance.random(size) < 0.9)
    return Shelf(tuple(f"pmid:{number:08}" for number in range(size)), table)


def plainly(of: Shelf, mask: Mask, facet: str, values: tuple[str, ...]) -> int:
    """The studies of a mask that have a value, counted one document after the other."""
    having = of.table.having(facet, values)
    return len({int(of.table.study[row]) for row in np.flatnonzero(mask & having)})


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 500, 70 * BLOCK])
def test_counts_are_those_of_counting_one_by_one(size: int) -> None:
    """Studies, by species, by design and by group: as a plain loop counts them, of few documents and of many."""
    of = shelf(size, seed=size)
    counter = Counter(of)
    chance = np.random.default_rng(1)
    for share in (0.0, 0.01, 0.7, 1.0):
        mask = chance.random(size) < share
        count = counter.count(mask)
        assert count == counter.count(Bits.of(mask))
        assert count.studies == counter.studies(mask) == len(np.unique(of.table.study[mask]))
        assert list(count.documents) == [of.ids[row] for row in np.flatnonzero(mask)]
        assert len(count.documents) == np.count_nonzero(mask)
        for facet, counted in (("species", count.by_species), ("design", count.by_design)):
            for value in rules()[f"{facet}_order"]:
                assert counted.get(value, 0) == plainly(of, mask, facet, (value,))
            assert all(counted.values())
        assert count.by_group["animal"] == plainly(of, mask, "species", tuple(rules()["animals"]))
        assert count.by_group["human"] == plainly(of, mask, "species", ("human",))


@settings(max_examples=200, deadline=None)
@given(one=masks)
def test_bits_are_the_masks_they_were_made_of(one: Mask) -> None:
    """Every operation on bits gives what it gives on truths, and nothing is set beyond the last row."""
    other = np.random.default_rng(len(one)).random(len(one)) < 0.5
    here, there = Bits.of(one), Bits.of(other)
    for made, wanted in (
        (here, one),
        (here & there, one & other),
        (here | there, one | other),
        (here - there, one & ~other),
    ):
        assert made == Bits.of(wanted)
        assert made.mask().tolist() == wanted.tolist()
        assert made.count() == np.count_nonzero(wanted)
        assert made.rows().tolist() == np.flatnonzero(wanted).tolist()
        assert made.at(np.arange(len(one))).tolist() == wanted.tolist()


def test_a_list_of_documents_is_a_sequence_like_any_other() -> None:
    """Ids that are looked up when they are read equal a tuple of them, by place, slice and content."""
    ids = np.array(["a", "b", "c", "d"], dtype=object)
    listed = Documents(ids, Bits.of(np.array([True, False, True, True])))
    assert listed == ("a", "c", "d")
    assert listed == Documents(ids, Bits.of(np.array([True, False, True, True])))
    assert listed != ("a", "c")
    assert (listed[0], listed[-1], listed[1:]) == ("a", "d", ("c", "d"))
    assert "b" not in listed
    assert hash(listed) == hash(("a", "c", "d"))
    assert repr(listed) == repr(("a", "c", "d"))
    assert listed.mask().tolist() == [True, False, True, True]
    assert not Documents(ids, Bits.of(np.zeros(4, dtype=bool)))
