"""Map: the evidence gap map of a store, products by conditions, with the same counts as answers have.

A row or column includes what is narrower, as a question's facet does. Every cell is there, the empty ones too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from assistant import citation, wording
from assistant.answer import StoreStamp
from assistant.asked import Part
from assistant.errors import MapError
from assistant.evidence import Count, Counter, Mask, expand, rules
from corpus.label import NONE, NOT_STATED
from corpus.vocabulary import Vocabulary

ROWS, COLUMNS = "intervention", "condition"
FILTERS = ("route", "species", "design", "preparation")
KEPT = (ROWS, COLUMNS, *FILTERS)


@dataclass(frozen=True, slots=True)
class Line:
    """One row or column: a concept with every narrower one.

    Attributes:
        parent: the place of its broader concept in the same axis; None at the top.
        asked: whether the question names it or a broader one.
    """

    id: str
    name: str
    depth: int
    parent: int | None
    values: tuple[str, ...]
    studies: int
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One value to filter by, with the studies of the whole store that have it."""

    id: str
    name: str
    values: tuple[str, ...]
    studies: int
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of the map.

    Attributes:
        standing: "study", "apart" (no study of its own) or "retracted"; only studies are counted.
        line: its citation as printed, the status before the title.
        url: its address, only where it is one of the web.
    """

    document: str
    study: int
    standing: str
    line: str
    url: str | None
    values: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One row by one column, by their places."""

    row: int
    column: int
    count: Count


@dataclass(frozen=True, slots=True)
class GapMap:
    """The whole map.

    Attributes:
        facets: the question's facets as shown; None where the map is of everything.
        total: the studies inside the filters, in whatever row and column.
        cells: row by row, every one; `count` holds the filters chosen.
        routes: for a question, all that it names by another route: those with a study, and those it names; empty without one, and for a comparison.
    """

    stamp: StoreStamp
    facets: str | None
    total: Count
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    filters: Mapping[str, tuple[Option, ...]]
    entries: tuple[Entry, ...]
    cells: tuple[Cell, ...]
    routes: tuple[tuple[Line, Count], ...] = ()

    def cell(self, row: int, column: int) -> Count:
        """The count of one cell."""
        return self.cells[row * len(self.columns) + column].count


def draw(
    store: Any, vocabulary: Vocabulary, stamp: StoreStamp, part: Part | None = None, *, whole: bool = False
) -> GapMap:
    """The map of a store, inside a question's facets where one is given.

    For a question, the rows and columns are those it names, and those with a study in what it names across;
    all of them with `whole`, for a page that can show them later.

    Raises:
        MapError: the question names no facet, so there is nothing to restrict the map to.
    """
    asked = {} if part is None else {f: v for f, v in part.facets.items() if v}
    if part is not None and not asked:
        msg = "the question names no product, route, condition, species or design that this vocabulary knows, so the map cannot be restricted to it; name one, or leave --question out"
        raise MapError(msg)
    facets = None if part is None else wording.facets(part, vocabulary)
    drawing = _Drawing(store, vocabulary, asked, whole=whole)
    compared = part is not None and part.compared_facet is not None
    return drawing.map(stamp, facets, routes=bool(asked) and not compared)


class _Drawing:
    """What drawing one map needs at every step."""

    def __init__(
        self, store: Any, vocabulary: Vocabulary, asked: Mapping[str, tuple[str, ...]], *, whole: bool
    ) -> None:
        self._whole = whole
        self._store = store
        self._vocabulary = vocabulary
        self._asked = {facet: expand(values, vocabulary) for facet, values in asked.items()}
        self._counter = Counter(store)
        self._inside = self._counter.paper.copy()
        for facet in FILTERS:
            if facet in self._asked:
                self._inside &= self._having(facet, self._asked[facet])

    def _having(self, facet: str, values: Any) -> Mask:
        mask: Mask = self._store.table.having(facet, tuple(sorted(values)))
        return mask

    def map(self, stamp: StoreStamp, facets: str | None, *, routes: bool) -> GapMap:
        rows, columns = self._lines(ROWS, COLUMNS), self._lines(COLUMNS, ROWS)
        return GapMap(
            stamp,
            facets,
            self._counter.count(self._inside),
            rows,
            columns,
            {facet: self._options(facet) for facet in FILTERS},
            tuple(self._entries()),
            tuple(self._cells(rows, columns)),
            tuple(self._routes()) if routes else (),
        )

    def _routes(self) -> Iterator[tuple[Line, Count]]:
        """Each route with what matches everything else that the question names: a ladder's rung, route by route."""
        base = self._counter.paper.copy()
        for facet, values in self._asked.items():
            if facet != "route":
                base &= self._having(facet, values)
        for identifier in self._tree("route"):
            values = expand((identifier,), self._vocabulary)
            count = self._counter.count(base & self._having("route", values))
            asked = identifier in self._asked.get("route", ())
            if count.studies or asked:
                name = self._name("route", identifier)
                yield (
                    Line(identifier, name, 0, None, tuple(sorted(values)), count.studies, asked=asked),
                    count,
                )

    def _lines(self, facet: str, across: str) -> tuple[Line, ...]:
        """The concepts of an axis, each below its broader one; for a question, those it names and those one thing away."""
        asked = self._asked.get(facet, frozenset())
        near = self._inside
        if across in self._asked:
            near = near & self._having(across, self._asked[across])
        lines: list[Line] = []
        places: dict[str, int] = {}
        for identifier in self._tree(facet):
            values = expand((identifier,), self._vocabulary)
            having = self._having(facet, values)
            if self._asked and not self._whole and identifier not in asked and not (near & having).any():
                continue
            above = [one for one in self._vocabulary.broader(identifier) if one in places]
            parent = places[above[0]] if above else None
            places[identifier] = len(lines)
            depth = 0 if parent is None else lines[parent].depth + 1
            studies = self._counter.studies(self._inside & having)
            name, held = self._name(facet, identifier), tuple(sorted(values))
            lines.append(Line(identifier, name, depth, parent, held, studies, asked=identifier in asked))
        return tuple(lines)

    def _name(self, facet: str, identifier: str) -> str:
        if identifier in (NONE, NOT_STATED):
            return wording.say(f"map-{identifier}-{facet}")
        return wording.name(identifier, self._vocabulary)

    def _tree(self, facet: str) -> list[str]:
        """The ids of a facet, each right after its broader one; then what the store has beside them, and what is not stated."""
        known = list(self._vocabulary.ids(facet))
        held = self._store.table.values(facet)
        below: dict[str | None, list[str]] = {}
        for identifier in known:
            concept = self._vocabulary.concept(identifier, facet)
            below.setdefault(concept.broader if concept else None, []).append(identifier)

        def walk(above: str | None) -> Iterator[str]:
            for identifier in below.get(above, ()):
                yield identifier
                yield from walk(identifier)

        others = [one for one in held if one not in known and one not in (NONE, NOT_STATED)]
        last = [one for one in (NONE, NOT_STATED) if one in held]
        return [*walk(None), *others, *last]

    def _options(self, facet: str) -> tuple[Option, ...]:
        groups: dict[str, tuple[str, ...]] = {}
        if facet == "species":
            groups = {"human": ("human",), "animal": tuple(rules()["animals"])}
        order = rules().get(f"{facet}_order") or self._tree(facet)
        skipped = rules()["not_studies"] if facet == "design" else ()
        for identifier in order:
            if identifier not in skipped:
                groups.setdefault(identifier, tuple(sorted(expand((identifier,), self._vocabulary))))
        options = []
        for identifier, values in groups.items():
            studies = self._counter.studies(self._counter.paper & self._having(facet, values))
            chosen = facet in self._asked and set(values) <= self._asked[facet]
            if studies or chosen or facet == "route":
                name = wording.name(identifier, self._vocabulary)
                options.append(Option(identifier, name, values, studies, chosen=chosen))
        return tuple(options)

    def _entries(self) -> Iterator[Entry]:
        for place, identifier in enumerate(self._store.ids):
            standing = self._standing(place)
            if standing is None:
                continue
            document, labels = self._store.document(identifier), self._store.labels(identifier)
            values = {facet: tuple(labels[facet].values) for facet in KEPT if facet in labels}
            study = int(self._store.table.study[place])
            yield Entry(
                identifier, study, standing, citation.line(document), _web(citation.url(document)), values
            )

    def _standing(self, place: int) -> str | None:
        """How a document stands to the counts; None for what is no paper, or a notice."""
        if self._counter.paper[place]:
            return "study"
        if self._counter.retracted[place]:
            return "retracted"
        return "apart" if self._counter.apart[place] else None

    def _cells(self, rows: tuple[Line, ...], columns: tuple[Line, ...]) -> Iterator[Cell]:
        nothing = self._counter.count(np.zeros_like(self._inside))
        across = [self._having(COLUMNS, column.values) for column in columns]
        for place, row in enumerate(rows):
            along = self._inside & self._having(ROWS, row.values)
            for number, column in enumerate(across):
                here = along & column
                yield Cell(place, number, self._counter.count(here) if here.any() else nothing)


def _web(url: str | None) -> str | None:
    """The address, if a browser opens it as a page of the web; what a source calls its address may be a script."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
