"""Tagging: every label of a document, each with where it is from: curator, publication type, MeSH, text rule, or not stated."""

from __future__ import annotations

from collections.abc import Mapping

from corpus.appraisal import design_label, species_label
from corpus.document import Citation, Document, Kind
from corpus.label import FACETS, NAMED, NOT_STATED, OCCASION, UNSTATED, Label, Origin
from corpus.mentions import find
from corpus.named import named_in
from corpus.occasions import occasions
from corpus.question_kind import question_label
from corpus.study import labels_of
from corpus.study_reading import Study, study_of
from corpus.text import Part, compose
from corpus.vocabulary import Vocabulary

_OF_MESH = ("intervention", "route", "condition")
_ROUTE_HEADING = ("Injections, ", "Infusions, ", "Administration, ")


def label_document(document: Document, vocabulary: Vocabulary) -> dict[str, Label]:
    """The document's labels, one for every facet: the curator's word first, then what the record and the text say."""
    return _labels(document, vocabulary)[1]


def stored_labels(document: Document, vocabulary: Vocabulary) -> dict[str, Label]:
    """The same with what else a store keeps: the operations at which what was studied was given, and which thing of a concept it was."""
    study, found = _labels(document, vocabulary)
    more = {OCCASION: occasions(study, found), NAMED: _named(study, found, document, vocabulary)}
    return found | {name: label for name, label in more.items() if label}


def _named(
    study: Study, found: Mapping[str, Label], document: Document, vocabulary: Vocabulary
) -> Label | None:
    """Which things were given or compared with, by the words where a label has its value from, else where that is mentioned at all; and the joints."""
    places = []
    for value in {*found["intervention"].values, *found["comparator"].values}:
        spans = [*study.spans.get(("intervention", value), ()), *study.spans.get(("comparator", value), ())]
        spans = spans or [
            (one.mention.start, one.mention.end)
            for one in study.of("intervention")
            if one.mention.concept == value and not one.mention.negated
        ]
        places += [(value, start, end) for start, end in spans or [(0, 0)]]
    conditions = found["condition"].values
    return named_in(document.text, document.citation.title, places, conditions, vocabulary)


def _labels(document: Document, vocabulary: Vocabulary) -> tuple[Study, dict[str, Label]]:
    species, design = species_label(document), design_label(document)
    study = study_of(document, vocabulary, species, design)
    found = {"species": species, "design": design, **labels_of(study)}
    found |= _by_mesh(document, vocabulary, found)
    found["question"] = question_label(study, found)
    for word in document.curator:
        if word.facet in FACETS:
            found[word.facet] = Label(tuple(sorted(word.values)), Origin.CURATOR)
    return study, {facet: found.get(facet, UNSTATED) for facet in FACETS}


def _by_mesh(document: Document, vocabulary: Vocabulary, found: Mapping[str, Label]) -> dict[str, Label]:
    """What the MeSH headings say of the facets that title and abstract leave open.

    Headings name a paper's topics, not what it did, so they never replace what the text says; only major ones count.
    """
    open_facets = {facet for facet in _OF_MESH if found[facet].values == (NOT_STATED,)}
    if not open_facets:
        return {}
    named: dict[str, set[str]] = {}
    for heading in document.record.mesh:
        if heading.major or heading.name.startswith(_ROUTE_HEADING):
            for one in find(_in_order(heading.name), vocabulary):
                if one.facet in open_facets:
                    named.setdefault(one.facet, set()).add(one.concept)
    return {facet: Label(tuple(sorted(values)), Origin.MESH) for facet, values in named.items()}


def _in_order(heading: str) -> str:
    """A heading as it is spoken: "Knee Osteoarthritis" for "Osteoarthritis, Knee"."""
    return " ".join(reversed(heading.split(", ")))


def label_text(identifier: str, title: str, text: str, vocabulary: Vocabulary) -> dict[str, Label]:
    """The labels of an abstract that comes as title and text; spans count characters of title, newline, text."""
    return label_document(document_of(identifier, title, text), vocabulary)


def document_of(identifier: str, title: str, text: str) -> Document:
    """A paper of a title and an abstract, nothing else known of it; its stored text is exactly title, newline, text."""
    stored, sections = compose(title, [Part(text)])
    return Document(identifier, Kind.PAPER, stored, sections, Citation(title))


def stated(label: Label) -> bool:
    """Whether a label says anything."""
    return label.values != (NOT_STATED,)
