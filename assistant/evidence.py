"""Evidence: what the store holds that matches a question, and how near the rest comes.

Counts run over all matching studies of the store, never over the top hits. A study is counted once,
however many papers report it; a retracted paper, a notice and a commentary are never counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations
from operator import and_, or_

import numpy as np

from assistant.asked import Ask, Part
from assistant.counting import Count, Counter, Documents, Mask, Shelf, counter_of, rules
from corpus.label import NAMED, OCCASION
from corpus.vocabulary import Vocabulary
from index.bits import Bits

__all__ = ["Count", "Counter", "Documents", "Evidence", "Mask", "Rung", "counter_of", "gather", "rules"]

Narrow = Callable[[Bits], Bits]


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
    apart: Sequence[str] = ()
    retracted: Sequence[str] = ()
    arms: Mapping[str, Count] = field(default_factory=dict)


def expand(values: tuple[str, ...], vocabulary: Vocabulary) -> frozenset[str]:
    """The values and every narrower one: a document matches a concept if it has it or a narrower one."""
    return frozenset(narrow for value in values for narrow in vocabulary.narrower(value))


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
    found = {facet: _having(store, vocabulary, part, facet, values) for facet, values in asked.items()}
    narrow = _narrowing(mentioning)
    matching = narrow(_all(found)) if found else Bits.of(np.zeros(len(store.ids), dtype=bool))
    direct = matching & counter.papers
    ladder = _ladder(counter, found, direct, narrow)
    return Evidence(
        asked=asked,
        studies=counter.studies(counter.papers),
        direct=counter.count(direct),
        ladder=tuple(rung for rung, _ in ladder),
        nearest=_nearest(counter, found, [direct, *(admitted for _, admitted in ladder)], narrow),
        apart=counter.documents(matching & Bits.of(counter.apart)),
        retracted=counter.documents(matching & Bits.of(counter.retracted)),
        arms=_arms(store, vocabulary, counter, part, found),
    )


def _narrowing(mentioning: Callable[[Mask], Mask] | None) -> Narrow:
    return _same if mentioning is None else lambda found: Bits.of(mentioning(found.mask()))


def _same(found: Bits) -> Bits:
    return found


def _all(found: Mapping[str, Bits], start: Bits | None = None, *, but: tuple[str, ...] = ()) -> Bits:
    """What is in all of these, those of some facets let go, and in `start`; one of them at least is there."""
    kept = [bits for facet, bits in found.items() if facet not in but]
    return reduce(and_, kept if start is None else [start, *kept])


def _having(store: Shelf, vocabulary: Vocabulary, part: Part, facet: str, values: frozenset[str]) -> Bits:
    if facet != part.compared_facet:
        found = counter_of(store).having(store.table, facet, values)
        return _of_those_named(store, vocabulary, part, facet, found)
    return reduce(and_, (_arm(store, vocabulary, part, arm) for arm in part.compared))


def _arm(store: Shelf, vocabulary: Vocabulary, part: Part, arm: str) -> Bits:
    """The documents with one arm of a comparison, or with one of what is asked for together.

    In a comparison a product may be the comparator too; a study that only compares with it did not give both together, as long as it
    is no control by its kind. An operation asked for with a product may be what all had who were given it; compared with a
    product, it may not.
    """
    values, facet = expand((arm,), vocabulary), part.compared_facet or "intervention"
    asked = [facet]
    if facet == "intervention":
        asked += ["comparator"] if part.ask is Ask.COMPARISON or arm in rules()["controls"] else [OCCASION]
    found = reduce(or_, (counter_of(store).having(store.table, one, values) for one in asked))
    return _naming(store, part, arm, found)


def _of_those_named(store: Shelf, vocabulary: Vocabulary, part: Part, facet: str, found: Bits) -> Bits:
    """Of the documents with any of the values asked of a facet, those that name what the question names of it."""
    counter, asked = counter_of(store), part.facets[facet]
    if not {one.concept for one in part.named} & set(asked):
        return found
    having = ((one, counter.having(store.table, facet, expand((one,), vocabulary))) for one in asked)
    return reduce(or_, (_naming(store, part, one, bits) for one, bits in having))


def _naming(store: Shelf, part: Part, concept: str, found: Bits) -> Bits:
    """Of the documents with a value, those that name what the question names of it; all where it names the concept alone."""
    counter, table = counter_of(store), store.table
    named = []
    for one in part.named:
        if one.concept == concept:
            wanted = [counter.having(table, NAMED, frozenset({f"{concept} {word}"})) for word in one.words]
            wanted += [counter.having(table, "source", frozenset(one.source))] * bool(one.source)
            named.append(reduce(and_, wanted, found))
    return reduce(or_, named) if named else found


def _rung(
    counter: Counter, found: Mapping[str, Bits], dropped: tuple[str, ...], taken: Bits, narrow: Narrow
) -> tuple[Rung, Bits]:
    admitted = narrow(_all(found, counter.papers, but=dropped)) - taken
    return Rung(dropped, counter.count(admitted)), admitted


def _in_order(found: Mapping[str, Bits]) -> list[str]:
    return [facet for facet in rules()["ladder_order"] if facet in found]


def _ladder(
    counter: Counter, found: Mapping[str, Bits], direct: Bits, narrow: Narrow
) -> list[tuple[Rung, Bits]]:
    """The rungs with one facet let go, each with what it admits."""
    if len(found) < 2:  # noqa: PLR2004 - with one facet asked, dropping it leaves no question
        return []
    return [_rung(counter, found, (facet,), direct, narrow) for facet in _in_order(found)]


def _nearest(
    counter: Counter, found: Mapping[str, Bits], nearer: Sequence[Bits], narrow: Narrow
) -> tuple[Rung, ...]:
    """The rungs with two facets let go, of what is not on a nearer one."""
    if len(found) < 3:  # noqa: PLR2004 - two facets dropped must leave one
        return ()
    unlisted = [facet for facet in found if facet not in _in_order(found)]
    taken = reduce(or_, [*nearer, *(narrow(_all(found, counter.papers, but=(one,))) for one in unlisted)])
    # What keeps the route comes first: how a product got into the body decides where it can act.
    pairs = sorted(combinations(_in_order(found), 2), key=lambda pair: "route" in pair)
    rungs = (_rung(counter, found, pair, taken, narrow)[0] for pair in pairs)
    return tuple(rung for rung in rungs if rung.count.studies)


def _arms(
    store: Shelf, vocabulary: Vocabulary, counter: Counter, part: Part, found: Mapping[str, Bits]
) -> dict[str, Count]:
    facet = part.compared_facet
    if facet is None:
        return {}
    rest = _all(found, counter.papers, but=(facet,))
    return {arm: counter.count(rest & _arm(store, vocabulary, part, arm)) for arm in part.compared}
