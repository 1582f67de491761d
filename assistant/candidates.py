"""Candidates: documents that may be quoted, and the order in which they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.asked import Part
from assistant.evidence import rules
from corpus.label import Label
from corpus.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that may be quoted: what the search found of it, and its labels."""

    hit: Any
    labels: Mapping[str, Label]

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


def farness(part: Part, vocabulary: Vocabulary, dropped: tuple[str, ...]) -> Callable[[Candidate], int]:
    """0 where a dropped facet's value shares a broader concept with what was asked (hip for knee osteoarthritis), else 1."""
    asked = {
        kin for facet in dropped for value in part.facets.get(facet, ()) for kin in vocabulary.broader(value)
    }

    def far(one: Candidate) -> int:
        values = {value for facet in dropped for value in one.labels[facet].values}
        kin = values | {broad for value in values for broad in vocabulary.broader(value)}
        return 0 if asked & kin else 1

    return far


def _place(order: list[str], values: tuple[str, ...]) -> int:
    return min((order.index(value) for value in values if value in order), default=len(order))


def by_words(one: Candidate) -> tuple[int, float, str]:
    """Species first, then how well the words fit."""
    return (_place(rules()["species_order"], one.labels["species"].values), -one.hit.score, one.document)


def by_design(one: Candidate) -> tuple[int, int, float, str]:
    """Species first, then design, then how well the words fit."""
    design = _place(rules()["design_order"], one.labels["design"].values)
    return (
        _place(rules()["species_order"], one.labels["species"].values),
        design,
        -one.hit.score,
        one.document,
    )
