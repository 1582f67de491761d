"""Label measure: the tagger's labels against labels read by people, per facet precision and recall, each miss listed.

Set by set: a value that both have is right, one that only the tagger has is wrong, one that only the reader has is missed.
"none" is a value like any other. "not-stated" is right where the reader says so too; given where the reader has a value it is a miss
and no error, for it claims nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from corpus.label import FACETS, NOT_STATED
from corpus.tagging import label_text
from corpus.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Miss:
    """One document whose label differs from the reader's."""

    id: str
    title: str
    expected: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FacetScore:
    """One facet's figures over all rows that label it."""

    facet: str
    documents: int
    right: int
    wrong: int
    missed: int
    exact: int
    misses: tuple[Miss, ...]

    @property
    def precision(self) -> float:
        """How many of the values given are right; 1.0 where none were given."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """How many of the reader's values were given; 1.0 where there are none."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def score_labels(rows: Iterable[Mapping[str, Any]], vocabulary: Vocabulary) -> dict[str, FacetScore]:
    """The figures per facet for rows of {"id", "title", "text", "labels"}."""
    pairs = [(row, label_text(str(row["id"]), row["title"], row["text"], vocabulary)) for row in rows]
    return {
        facet: _facet(facet, [(row, found[facet].values) for row, found in pairs if facet in row["labels"]])
        for facet in FACETS
    }


def _facet(facet: str, pairs: list[tuple[Mapping[str, Any], tuple[str, ...]]]) -> FacetScore:
    right = wrong = missed = exact = 0
    misses = []
    for row, found in pairs:
        expected = set(row["labels"][facet])
        right += len(expected & set(found))
        wrong += len(set(found) - expected - {NOT_STATED})
        missed += len(expected - set(found))
        exact += expected == set(found)
        if expected != set(found):
            misses.append(Miss(str(row["id"]), row["title"], tuple(sorted(expected)), found))
    return FacetScore(facet, len(pairs), right, wrong, missed, exact, tuple(misses))
