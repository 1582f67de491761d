"""Passage labels: what one passage of a study says of route and intervention, read when it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from corpus.document import Document
from corpus.label import NONE, NOT_STATED, UNSTATED, Label, Origin
from corpus.mentions import Mention, find
from corpus.passage import Passage
from corpus.route_mentions import given_here
from corpus.vocabulary import Vocabulary

_SHORT_FORMS = frozenset({"IA", "SC"})


@lru_cache(maxsize=4096)
def _mentions(text: str, vocabulary: Vocabulary) -> tuple[Mention, ...]:
    return find(text, vocabulary)


def passage_labels(
    document: Document, passage: Passage, labels: Mapping[str, Label], vocabulary: Vocabulary
) -> dict[str, Label]:
    """Route and intervention of one passage: what its own text names of treatments given, else the document's labels."""
    text = document.text[passage.start : passage.end]
    lower = text.lower()
    found: dict[str, Label] = {}
    for facet in ("route", "intervention"):
        spans: dict[str, list[tuple[int, int]]] = {}
        for one in _mentions(text, vocabulary):
            if (
                one.facet == facet
                and not one.negated
                and one.concept != "placebo"
                and (facet != "route" or _given(lower, one, labels.get(facet, UNSTATED)))
            ):
                spans.setdefault(one.concept, []).append((passage.start + one.start, passage.start + one.end))
        above = {broad for value in spans for broad in vocabulary.broader(value)}
        values = tuple(sorted(value for value in spans if value not in above))
        if values:
            found[facet] = Label(
                values, Origin.TEXT_RULE, tuple(sorted(span for value in values for span in spans[value]))
            )
        else:
            found[facet] = labels.get(facet, UNSTATED)
    return found


def _given(lower: str, one: Mention, of_study: Label) -> bool:
    """Whether a passage's route is that of something given, and says no less than the study's own route does.

    "IA" and "SC" stand for a joint and for stem cells too: alone they do not speak against the study's route.
    """
    others = set(of_study.values) - {one.concept, NOT_STATED, NONE}
    if others and (one.concept == "percutaneous" or one.form in _SHORT_FORMS):
        return False
    return given_here(lower, one.concept, one.form.lower(), one.start, one.end)
