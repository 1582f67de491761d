"""Answer: evidence and the passages that show it, for each part of a message."""

from __future__ import annotations

from dataclasses import dataclass

from assistant import wording
from assistant.asked import FACETS_ASKED, Ask, Part
from assistant.evidence import Evidence, gather
from assistant.harms import naming_harm
from assistant.quotes import Chooser, Quote, Sources, StoreStamp
from corpus.document import Document

# The records of an answer are found here, wherever they are made.
__all__ = [
    "Answer",
    "PartAnswer",
    "Quote",
    "Sources",
    "StoreStamp",
    "answer_evidence",
    "answer_fixed",
    "read_as",
]


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """The answer to one part of a message.

    Attributes:
        lines: fixed sentences of ours that stand before the passages, in order.
        table: rows of (name, human studies, animal studies, in-vitro studies) for questions about the corpus.
        listed: documents named without a passage (retracted ones, papers looked up).
    """

    part: Part
    outcome: str
    statement: str
    evidence: Evidence | None = None
    quotes: tuple[Quote, ...] = ()
    lines: tuple[str, ...] = ()
    table: tuple[tuple[str, int, int, int], ...] = ()
    listed: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer to a message."""

    question: str
    store: StoreStamp
    masked: tuple[str, ...]
    parts: tuple[PartAnswer, ...]


def answer_evidence(part: Part, sources: Sources) -> PartAnswer:
    """The answer to a question of evidence, harm or comparison: counts first, then passages."""
    store, vocabulary = sources.store, sources.vocabulary
    evidence = gather(store, vocabulary, part, mentioning=naming_harm(store, vocabulary, part))
    choose = Chooser(part, evidence, sources)
    faceted = (choose.direct(), choose.near(), choose.commentary())
    quotes = [quote for quotes in faceted for quote in quotes] if evidence.asked else choose.by_words_alone()
    outcome = "direct" if evidence.direct.studies else "no-direct"
    return PartAnswer(
        part,
        outcome,
        wording.statement(evidence, part, vocabulary),
        evidence,
        tuple(quotes),
        wording.before_passages(part, evidence, vocabulary),
        listed=tuple(store.document(one) for one in evidence.retracted),
    )


def read_as(part: Part) -> dict[str, list[str]]:
    """The facets as read, every one named, for the contract."""
    return {facet: list(part.facets.get(facet, ())) for facet in FACETS_ASKED}


FIXED_OUTCOMES = {
    Ask.OUT_OF_SCOPE: "out-of-scope",
    Ask.NOT_ANSWERABLE: "not-answerable",
    Ask.URGENT: "urgent",
    Ask.NONE: "none",
}


def answer_fixed(part: Part, stamp: StoreStamp) -> PartAnswer:
    """The fixed line for what is not answered with passages."""
    return PartAnswer(part, FIXED_OUTCOMES[part.ask], wording.fixed(part.ask, stamp.library))
