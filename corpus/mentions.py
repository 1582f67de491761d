"""Mentions: where a text names a concept, in documents and in questions, by one vocabulary.

In a document a short form of several senses needs evidence: the text defines it, or words near it decide. In a question it
takes its sense in this field where nothing decides, and small letters do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.joints import arthritis_of_joints, sited
from corpus.label import FACETS
from corpus.lexicon import Hit, Words, hidden, plain_hits, tables_of, words_of
from corpus.senses import as_defined, decided
from corpus.vocabulary import Vocabulary

_REACH = 5
"""How many words before a concept its negation may stand."""
_NEGATIONS = frozenset(
    [
        "no",
        "not",
        "without",
        "neither",
        "nor",
        "excluding",
        "excluded",
        "exclude",
        "lack",
        "absence",
        "except",
        "never",
    ]
)

_AND = frozenset({"and", "or", "versus", "vs"})
"""Between "with" and a "without" that denies nothing: "with and without"."""
_PASSED = frozenset(
    [
        "the",
        "a",
        "an",
        "any",
        "of",
        "prior",
        "previous",
        "significant",
        "clear",
        "obvious",
        "apparent",
        "overt",
        "definite",
        "underlying",
        "or",
        "evidence",
        "sign",
        "history",
        "were",
        "was",
        "with",
        "use",
        "additional",
        "advanced",
        "severe",
        "radiographic",
        "known",
        "concomitant",
    ]
)


_ORDER = {facet: place for place, facet in enumerate(FACETS)}


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept named at `text[start:end]`.

    Attributes:
        concept: the concept's id, or the id of a sense that is no concept of the vocabulary ("bone-mineral-content").
        facet: the concept's facet; "" for a sense that is no concept.
        others: the other senses of an ambiguous form.
    """

    start: int
    end: int
    form: str
    concept: str
    facet: str
    others: tuple[str, ...] = ()
    negated: bool = False


def _negated(read: Words, first: int) -> bool:
    at = first
    while at > 0 and first - at < _REACH and not re.search(r"[.;:,!?\n]", read.gap(at)):
        at -= 1
        if read.keys[at] in _NEGATIONS:
            return not (at > 1 and read.keys[at - 2] == "with" and read.keys[at - 1] in _AND)
        if read.keys[at] not in _PASSED:
            return False
    return False


def find(text: str, vocabulary: Vocabulary, *, question: bool = False) -> tuple[Mention, ...]:
    """The concepts that a text names, in order.

    Args:
        text: any text; the spans count its characters.
        vocabulary: the concepts.
        question: read short forms as a colleague types them: without evidence, in small letters.
    """
    read = words_of(text)
    plain, never = plain_hits(read, tables_of(vocabulary), question=question)
    hits: list[tuple[Hit, tuple[str, ...]]] = [(one, ()) for one in as_defined(read, vocabulary, plain)]
    hits.extend(
        one
        for one in decided(read, vocabulary, plain, question=question)
        if one[0].concept is not None and (not one[0].concept[0] or not hidden(one[0], never))
    )
    joined = list(sited(read, vocabulary, hits))
    joined.extend(arthritis_of_joints(read, [one for one, _ in joined], vocabulary))
    found: dict[tuple[int, int, str, str], Mention] = {}
    for hit, others in joined:
        if hit.concept is None:
            continue
        start, end = read.spans[hit.first][0], read.spans[hit.last - 1][1]
        place = (start, end, hit.concept[0], hit.concept[1])
        found.setdefault(
            place,
            Mention(
                start, end, text[start:end], hit.concept[1], hit.concept[0], others, _negated(read, hit.first)
            ),
        )
    return tuple(
        sorted(found.values(), key=lambda one: (one.start, one.end, _ORDER.get(one.facet, 99), one.concept))
    )
