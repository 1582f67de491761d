"""Evidence: what the store holds that matches a question, and how near the rest comes.

Counts run over all matching studies of the store, never over the top hits. A study is counted once,
however many papers report it; a retracted paper, a notice and a commentary are never counted.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import combinations
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from assistant.asked import Ask, Part
from corpus.label import Label
from corpus.mentions import find
from corpus.vocabulary import Vocabulary

Mask = NDArray[np.bool_]
HARM_READ = (
    300  # a harm named in words is looked for in at most so many matching documents, the likeliest first
)


class Table(Protocol):
    """What counting needs of a store's label table: rows are documents in the order of the store's ids."""

    study: NDArray[Any]
    countable: Mask

    def having(self, facet: str, values: tuple[str, ...]) -> Mask:
        """The documents that have any of the values."""


class Shelf(Protocol):
    """What evidence needs of a store."""

    @property
    def ids(self) -> tuple[str, ...]:
        """All document ids, sorted."""

    @property
    def table(self) -> Table:
        """The labels of all documents."""

    def labels(self, document: str) -> Mapping[str, Label]:
        """One document's labels."""


@cache
def rules() -> Mapping[str, Any]:
    """How evidence is counted and ordered: `evidence.toml`."""
    return tomllib.loads((resources.files("assistant") / "evidence.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Count:
    """Studies that match something.

    Attributes:
        studies: how many studies, each once.
        documents: the ids of the papers that report them, sorted.
        by_species, by_design: studies by concept id; a study of two species stands in both, so the columns are never added up.
        by_group: studies by "human", "animal", "in-vitro" and "not-stated", every one named, zero too.
    """

    studies: int
    documents: tuple[str, ...]
    by_species: Mapping[str, int]
    by_design: Mapping[str, int]
    by_group: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rung:
    """What comes in when the dropped facets are let go, and everything else still matches."""

    dropped: tuple[str, ...]
    count: Count


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the store holds for one part of a message.

    Attributes:
        asked: the facets that the question names, with every narrower value that also matches.
        studies: how many studies the whole store holds.
        apart: papers that match but are no studies of their own (reviews, protocols, guidelines).
        retracted: papers that match but are retracted.
    """

    asked: Mapping[str, frozenset[str]]
    studies: int
    direct: Count
    ladder: tuple[Rung, ...] = ()
    nearest: tuple[Rung, ...] = ()
    apart: tuple[str, ...] = ()
    retracted: tuple[str, ...] = ()
    arms: Mapping[str, Count] = field(default_factory=dict)


def expand(values: tuple[str, ...], vocabulary: Vocabulary) -> frozenset[str]:
    """The values and every narrower one: a document matches a concept if it has it or a narrower one."""
    return frozenset(narrow for value in values for narrow in vocabulary.narrower(value))


def _masks(table: Table, facet: str, order: Sequence[str]) -> dict[str, Mask]:
    return {value: table.having(facet, (value,)) for value in order}


class Counter:
    """Counts studies over one store; the masks it counts by are made once for a store and kept while it is open."""

    def __init__(self, store: Shelf) -> None:
        """Count over `store`."""
        # Neither the store nor its table is held: the counter is kept as long as the table is, which would then be for ever.
        self._ids = np.array(store.ids, dtype=object)
        table = store.table
        self._study = table.study
        self.paper = table.countable & ~table.having("design", tuple(rules()["not_studies"]))
        self.retracted = table.having("status", ("retracted",))
        self.apart = table.countable & ~self.paper
        # Nearly every study is one paper; only the others need their papers told apart when counted.
        self._shared = np.bincount(table.study, minlength=1)[table.study] > 1
        self._species = _masks(table, "species", rules()["species_order"])
        self._design = _masks(table, "design", rules()["design_order"])
        self._group = {
            "human": table.having("species", ("human",)),
            "animal": table.having("species", tuple(rules()["animals"])),
            "in-vitro": table.having("species", ("in-vitro",)),
            "not-stated": table.having("species", ("not-stated",)),
        }

    def documents(self, mask: Mask) -> tuple[str, ...]:
        """The ids of the documents in the mask, sorted."""
        return tuple(self._ids[mask].tolist())

    def studies(self, mask: Mask) -> int:
        """How many studies the mask holds, each once."""
        return self._studies(np.flatnonzero(mask))

    def _studies(self, rows: NDArray[np.int64]) -> int:
        shared = self._shared[rows]
        several = self._study[rows[shared]]
        return int(len(rows) - np.count_nonzero(shared)) + len(np.unique(several))

    def count(self, mask: Mask) -> Count:
        """The studies of the mask, by species and by design."""
        rows = np.flatnonzero(mask)
        species, design = self._by(self._species, rows), self._by(self._design, rows)
        return Count(
            self._studies(rows),
            self.documents(mask),
            {value: n for value, n in species.items() if n},
            {value: n for value, n in design.items() if n},
            self._by(self._group, rows),
        )

    def _by(self, masks: Mapping[str, Mask], rows: NDArray[np.int64]) -> dict[str, int]:
        return {value: self._studies(rows[mask[rows]]) for value, mask in masks.items()}


_COUNTERS: WeakKeyDictionary[Any, Counter] = WeakKeyDictionary()


def counter_of(store: Shelf) -> Counter:
    """The counter of a store, made once."""
    if store.table not in _COUNTERS:
        _COUNTERS[store.table] = Counter(store)
    return _COUNTERS[store.table]


def gather(
    store: Shelf, vocabulary: Vocabulary, part: Part, *, mentioning: Callable[[Mask], Mask] | None = None
) -> Evidence:
    """The evidence for one part of a message.

    Args:
        store: the store that is searched.
        vocabulary: the concepts, for what is narrower.
        part: the question as read.
        mentioning: narrows a mask to the documents that name the harm asked about; None where no harm is named.
    """
    counter = counter_of(store)
    asked = {facet: expand(values, vocabulary) for facet, values in part.facets.items() if values}
    masks = {facet: _facet_mask(store, vocabulary, part, facet, values) for facet, values in asked.items()}
    if mentioning is None:
        mentioning = _same
    everything = np.ones(len(store.ids), dtype=bool)
    matching = mentioning(_all(masks, everything)) if masks else np.zeros_like(everything)
    direct = matching & counter.paper
    return Evidence(
        asked=asked,
        studies=counter.studies(counter.paper),
        direct=counter.count(direct),
        ladder=_ladder(counter, masks, direct, mentioning),
        nearest=_nearest(counter, masks, direct, mentioning),
        apart=counter.documents(matching & counter.apart),
        retracted=counter.documents(matching & counter.retracted),
        arms=_arms(store, vocabulary, counter, part, masks),
    )


def naming_harm(store: Any, vocabulary: Vocabulary, part: Part) -> Callable[[Mask], Mask] | None:
    """Narrows a mask to documents that name the harm asked about; None where the question names none."""
    if part.ask is not Ask.HARM or not part.harm:
        return None
    wanted = expand(part.harm, vocabulary)

    def narrow(mask: Mask) -> Mask:
        rows = np.flatnonzero(mask)
        if len(rows) > HARM_READ:
            passages, _ = store.best_words(part.text, HARM_READ * 4, mask)
            rows = np.unique(store.document_of[passages])[:HARM_READ]
        named = np.zeros_like(mask)
        for row in rows:
            text = store.document(store.ids[row]).text
            named[row] = any(mention.concept in wanted for mention in find(text, vocabulary))
        return named

    return narrow


def _same(mask: Mask) -> Mask:
    return mask


def _all(masks: Mapping[str, Mask], everything: Mask, *, but: tuple[str, ...] = ()) -> Mask:
    kept = everything.copy()
    for facet, mask in masks.items():
        if facet not in but:
            kept &= mask
    return kept


def _facet_mask(store: Shelf, vocabulary: Vocabulary, part: Part, facet: str, values: frozenset[str]) -> Mask:
    if facet != "intervention" or len(part.compared) < 2:  # noqa: PLR2004 - a comparison has at least two arms
        return store.table.having(facet, tuple(sorted(values)))
    mask = np.ones(len(store.ids), dtype=bool)
    for arm in part.compared:
        mask &= _arm_mask(store, vocabulary, arm)
    return mask


def _arm_mask(store: Shelf, vocabulary: Vocabulary, arm: str) -> Mask:
    values = tuple(sorted(expand((arm,), vocabulary)))
    return store.table.having("intervention", values) | store.table.having("comparator", values)


def _rung(
    counter: Counter,
    masks: Mapping[str, Mask],
    dropped: tuple[str, ...],
    taken: Mask,
    mentioning: Callable[[Mask], Mask],
) -> tuple[Rung, Mask]:
    admitted = mentioning(_all(masks, counter.paper, but=dropped)) & ~taken
    return Rung(dropped, counter.count(admitted)), admitted


def _in_order(masks: Mapping[str, Mask]) -> list[str]:
    return [facet for facet in rules()["ladder_order"] if facet in masks]


def _ladder(
    counter: Counter, masks: Mapping[str, Mask], direct: Mask, mentioning: Callable[[Mask], Mask]
) -> tuple[Rung, ...]:
    if len(masks) < 2:  # noqa: PLR2004 - with one facet asked, dropping it leaves no question
        return ()
    return tuple(_rung(counter, masks, (facet,), direct, mentioning)[0] for facet in _in_order(masks))


def _nearest(
    counter: Counter, masks: Mapping[str, Mask], direct: Mask, mentioning: Callable[[Mask], Mask]
) -> tuple[Rung, ...]:
    if len(masks) < 3:  # noqa: PLR2004 - two facets dropped must leave one
        return ()
    taken = direct.copy()
    for facet in masks:
        taken |= _rung(counter, masks, (facet,), direct, mentioning)[1]
    # What keeps the route comes first: how a product got into the body decides where it can act.
    pairs = sorted(combinations(_in_order(masks), 2), key=lambda pair: "route" in pair)
    rungs = (_rung(counter, masks, pair, taken, mentioning)[0] for pair in pairs)
    return tuple(rung for rung in rungs if rung.count.studies)


def _arms(
    store: Shelf, vocabulary: Vocabulary, counter: Counter, part: Part, masks: Mapping[str, Mask]
) -> dict[str, Count]:
    if len(part.compared) < 2:  # noqa: PLR2004 - a comparison has at least two arms
        return {}
    rest = _all(masks, counter.paper, but=("intervention",))
    return {arm: counter.count(rest & _arm_mask(store, vocabulary, arm)) for arm in part.compared}
