"""Candidates: documents that may be quoted, and the order in which they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.asked import Part
from assistant.evidence import Mask
from corpus.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that may be quoted.

    Attributes:
        hit: what the search found of it.
        row: its number in the store.
        species, design: where it stands in the orders of `evidence.toml`, from the label table: its labels are read when it is quoted.
    """

    hit: Any
    row: int
    species: int
    design: int

    @property
    def document(self) -> str:
        """The document's id."""
        return str(self.hit.passage.document)


def in_turn(
    queues: Sequence[tuple[tuple[str, ...], Callable[[], list[Candidate]]]],
) -> Iterator[tuple[Candidate, tuple[str, ...]]]:
    """The best of each queue in turn, then the second best of each, and so on; a queue is made when its turn comes."""
    made: list[list[Candidate]] = []
    turn = 0
    while turn == 0 or any(turn < len(queue) for queue in made):
        for at, (dropped, make) in enumerate(queues):
            if at == len(made):
                made.append(make())
            if turn < len(made[at]):
                yield made[at][turn], dropped
        turn += 1


def kin(part: Part, store: Any, vocabulary: Vocabulary, dropped: tuple[str, ...]) -> Mask:
    """The documents with a value of a dropped facet that shares a broader concept with what was asked (hip for knee osteoarthritis)."""
    asked = {
        broad
        for facet in dropped
        for value in part.facets.get(facet, ())
        for broad in vocabulary.broader(value)
    }
    found: Mask = np.zeros(len(store.ids), dtype=np.bool_)
    if asked:
        for facet in dropped:
            known = store.table.values(facet)
            near = [value for value in known if not asked.isdisjoint((value, *vocabulary.broader(value)))]
            found |= store.table.having(facet, near)
    return found


def by_words(one: Candidate) -> tuple[int, float, str]:
    """Species first, then how well the words fit."""
    return (one.species, -one.hit.score, one.document)


def by_design(one: Candidate) -> tuple[int, int, float, str]:
    """Species first, then design, then how well the words fit."""
    return (one.species, one.design, -one.hit.score, one.document)
