"""How right labels are: found values against expected ones, value by value, with every miss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.document import Citation, Document, Kind, Section, SectionKind
from corpus.label import NOT_STATED


@dataclass(frozen=True, slots=True)
class Case:
    """One document's expected and found values of a facet; "not-stated" is in neither: it is no value found and none missed."""

    id: str
    title: str
    expected: frozenset[str]
    found: frozenset[str]


@dataclass(frozen=True, slots=True)
class ValueTally:
    """How often a value was found rightly, found wrongly, and missed."""

    value: str
    right: int
    wrong: int
    missed: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Figures over all cases.

    Attributes:
        precision: of the values found, the share that was expected; 1.0 where none was found.
        recall: of the values expected, the share that was found; 1.0 where none was expected.
        exact: cases where found and expected are the same.
        values: value by value, by name.
        confusion: (expected, found, cases) triples; each set of values joined by "+", "not-stated" where empty.
        misses: the cases where they differ, by id.
    """

    cases: int
    precision: float
    recall: float
    exact: int
    values: tuple[ValueTally, ...]
    confusion: tuple[tuple[str, str, int], ...]
    misses: tuple[Case, ...]


def document_of(identifier: str, title: str, text: str) -> Document:
    """A paper that carries a title and an abstract and nothing else: no publication type, no MeSH."""
    title = title.strip()
    stored = f"{title}\n{text}"
    sections = (
        Section(SectionKind.TITLE, 0, len(title)),
        Section(SectionKind.BODY, len(title) + 1, len(stored)),
    )
    return Document(identifier, Kind.PAPER, stored, sections, Citation(title))


def case(identifier: str, title: str, expected: Iterable[str], found: Iterable[str]) -> Case:
    """A case, with "not-stated" taken out."""
    unstated = {NOT_STATED}
    return Case(identifier, title, frozenset(expected) - unstated, frozenset(found) - unstated)


def _joined(values: frozenset[str]) -> str:
    return "+".join(sorted(values)) or NOT_STATED


def tally(cases: Iterable[Case]) -> Tally:
    """The figures, the confusion table and the misses of the cases."""
    listed = sorted(cases, key=lambda one: one.id)
    right = Counter(value for one in listed for value in one.found & one.expected)
    wrong = Counter(value for one in listed for value in one.found - one.expected)
    missed = Counter(value for one in listed for value in one.expected - one.found)
    confusion = Counter((_joined(one.expected), _joined(one.found)) for one in listed)
    found, expected = right.total() + wrong.total(), right.total() + missed.total()
    return Tally(
        cases=len(listed),
        precision=right.total() / found if found else 1.0,
        recall=right.total() / expected if expected else 1.0,
        exact=sum(one.found == one.expected for one in listed),
        values=tuple(
            ValueTally(value, right[value], wrong[value], missed[value])
            for value in sorted({*right, *wrong, *missed})
        ),
        confusion=tuple((*pair, count) for pair, count in sorted(confusion.items())),
        misses=tuple(one for one in listed if one.found != one.expected),
    )
