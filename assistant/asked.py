"""Asked: the records that a message is read into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Ask(StrEnum):
    """What a part of a message wants."""

    EVIDENCE = "evidence"
    HARM = "harm"
    COMPARISON = "comparison"
    ABOUT_CORPUS = "about-corpus"
    PAPER = "paper"
    NOT_ANSWERABLE = "not-answerable"
    URGENT = "urgent"
    OUT_OF_SCOPE = "out-of-scope"
    NONE = "none"


FACETS_ASKED = ("intervention", "preparation", "route", "condition", "species", "design")
FACETS_COMPARED = ("intervention", "route", "preparation")


@dataclass(frozen=True, slots=True)
class Assumption:
    """A form with more than one sense, or a typing error, and the sense it was read in."""

    form: str
    sense: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names of a concept that holds several things: a drug of its class, the tissue of the cells, whose they are, the joint.

    Attributes:
        concept: the intervention or the condition.
        words: all of which a study must name of it (corpus/named.toml).
        source: whose cells or tissue they must be; empty where the question does not say.
    """

    concept: str
    words: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lookup:
    """What is known of a paper that is asked for; None where the message does not say.

    Attributes:
        words: the content words of the request, for the title.
    """

    pmid: str | None = None
    doi: str | None = None
    author: str | None = None
    journal: str | None = None
    year: int | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One question of a message.

    Attributes:
        facets: all six facets asked, values sorted; an empty tuple where the question does not name the facet.
            Values of one facet are alternatives, except those of a comparison.
        advice: whether it asks what to do with a patient.
        inherited: the facets that were taken from earlier messages or from the narrative before the question.
        compared: the interventions, routes or preparations set against each other; empty where nothing is compared.
        about: what is asked of the corpus: "count", "updated", "retracted", "gaps" or "contents"; else None.
        harm: the concepts of the harm asked about, where it names one.
        terms: content words that no facet took.
        grade: stages and levels that the question names, e.g. "kellgren-lawrence-4", "level-4".
        named: what the question names within a concept asked; several of one concept are alternatives.
    """

    text: str
    ask: Ask
    facets: Mapping[str, tuple[str, ...]]
    assumed: tuple[Assumption, ...] = ()
    advice: bool = False
    inherited: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    lookup: Lookup | None = None
    about: str | None = None
    harm: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    grade: tuple[str, ...] = ()
    named: tuple[Named, ...] = ()

    @property
    def compared_facet(self) -> str | None:
        """The facet whose values are set against each other; None where nothing is compared."""
        return facet_of(self.compared, self.facets)


def facet_of(compared: tuple[str, ...], facets: Mapping[str, tuple[str, ...]]) -> str | None:
    """The facet whose values are compared, a broader one of which may have been left out; None where there are not two of them."""
    if len(compared) < 2:  # noqa: PLR2004 - a comparison has at least two arms
        return None
    return next(
        (facet for facet in FACETS_COMPARED if not set(compared).isdisjoint(facets.get(facet, ()))), None
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as read.

    Attributes:
        masked: the kinds of identifiers that were masked, sorted.
        text: the message as cleaned and masked; the only form of it that goes on.
    """

    parts: tuple[Part, ...]
    masked: tuple[str, ...]
    text: str
