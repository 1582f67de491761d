"""Changes: a question's reading with one thing of it changed, as a button says; its text follows from the concepts' names."""

from __future__ import annotations

from dataclasses import replace

from assistant import wording
from assistant.question import FACETS_ASKED, Assumption, Part
from assistant.wording import say
from corpus.vocabulary import Vocabulary


def without(part: Part, dropped: tuple[str, ...]) -> Part:
    """The part with some facets let go."""
    facets = {facet: () if facet in dropped else values for facet, values in part.facets.items()}
    kept = tuple(facet for facet in part.inherited if facet not in dropped)
    compared = () if part.compared_facet in dropped else part.compared
    left = {value for values in facets.values() for value in values}
    assumed = tuple(one for one in part.assumed if one.sense in left)
    return replace(part, facets=facets, inherited=kept, compared=compared, assumed=assumed)


def in_other_sense(part: Part, sense: str, other: str, vocabulary: Vocabulary) -> Part:
    """The part with a short form read in its other sense."""
    facets = {
        facet: tuple(value for value in values if value != sense) for facet, values in part.facets.items()
    }
    facet = next((one for one in FACETS_ASKED if other in vocabulary.ids(one)), None)
    if facet:
        facets[facet] = tuple(sorted({*facets.get(facet, ()), other}))
    assumed = tuple(_turned(one, sense, other) for one in part.assumed)
    compared = (
        tuple(other if value == sense else value for value in part.compared)
        if facet == part.compared_facet
        else ()
    )
    return replace(part, facets=facets, assumed=assumed, compared=compared)


def _turned(assumption: Assumption, sense: str, other: str) -> Assumption:
    if assumption.sense != sense or other not in assumption.others:
        return assumption
    others = (sense, *(one for one in assumption.others if one != other))
    return Assumption(assumption.form, other, others)


def named(part: Part, vocabulary: Vocabulary) -> str:
    """A part in the names of its concepts, and the ids of a paper that it asks for."""
    values = [value for facet in FACETS_ASKED for value in part.facets.get(facet, ())]
    names = [wording.name(value, vocabulary) for value in (*values, *part.harm)]
    found = [value for value in (part.lookup.pmid, part.lookup.doi) if value] if part.lookup else []
    return say("slack-separator").join(names + found)
