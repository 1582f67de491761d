"""Quotes: which passages stand for the evidence, in what order, each checked word for word against the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from assistant import wording
from assistant.asked import Named, Part
from assistant.candidates import Candidate, by_design, by_words, in_turn, kin
from assistant.errors import SourceChangedError
from assistant.evidence import Documents, Evidence, Mask, Rung, counter_of, rules
from assistant.kept import Kept
from corpus.appraisal import Appraisal, appraise
from corpus.document import Document, Kind
from corpus.label import Label
from corpus.mentions import find
from corpus.passage import Passage
from corpus.passage_labels import passage_labels
from corpus.scales import ScaleNote, notes
from corpus.vocabulary import Vocabulary

CANDIDATES = 40  # documents asked of the search before they are put in order
REMEMBERED = (
    1000  # documents and passages of a store of which is kept what was read in them: a few are quoted often
)
NAMED = 3  # of many values of one facet ("animals"), so many are searched for by name


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage word for word, with all that tells a reader what it is.

    Attributes:
        text: `document.text[start:end]`, checked.
        labels: of the document; `here` of this passage alone (route, intervention).
        match: which of the facets asked the document matches; `asked` their values as read.
        rung: the facets dropped to admit it; empty for direct and for commentary.
        named: what the question names within a concept asked.
    """

    text: str
    document: Document
    passage: Passage
    labels: Mapping[str, Label]
    here: Mapping[str, Label]
    match: Mapping[str, bool]
    asked: Mapping[str, tuple[str, ...]]
    direct: bool
    score: float
    words_score: float
    cosine: float
    rung: tuple[str, ...]
    appraisal: Appraisal
    scales: tuple[ScaleNote, ...]
    named: tuple[Named, ...] = ()

    @property
    def commentary(self) -> bool:
        """Whether it is quoted apart from the evidence and never counted."""
        return self.document.kind is not Kind.PAPER


@dataclass(frozen=True, slots=True)
class StoreStamp:
    """What an answer says of the store it is from."""

    version: str
    built: str
    documents: int
    studies: int
    passages: int
    model: str
    library: str
    checked: str | None = None


Search = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Sources:
    """What an answer is made from.

    Attributes:
        search: (question, n, allowed) → hits of `index.search`, best first, grouped by document.
        floor: the score below which a passage is not shown where facets do not vouch for it.
    """

    store: Any
    vocabulary: Vocabulary
    search: Search
    stamp: StoreStamp
    floor: float


def verify(quote: Quote) -> Quote:
    """The quote itself, if it equals the stored text at its offsets.

    Raises:
        SourceChangedError: it does not.
    """
    if quote.document.text[quote.passage.start : quote.passage.end] != quote.text:
        raise SourceChangedError(wording.source_changed(quote.document.id))
    return quote


_appraised: Kept[Appraisal] = Kept(REMEMBERED)
_labelled: Kept[Mapping[str, Label]] = Kept(REMEMBERED)
_scales: Kept[tuple[ScaleNote, ...]] = Kept(REMEMBERED)
_concepts: Kept[frozenset[str]] = Kept(REMEMBERED)


class Chooser:
    """Chooses passages for one part of a message; only those shown are read whole."""

    def __init__(self, part: Part, evidence: Evidence, sources: Sources) -> None:
        """Choose for `part` among what `evidence` counts."""
        self._part = part
        self._evidence = evidence
        self._sources = sources
        self._asked = searched_for(part, sources.vocabulary)

    def direct(self) -> list[Quote]:
        """Passages of the direct studies: those of the best design, or those nearest to the words where no facet took some; species first."""
        found = sorted(
            self._among(self._evidence.direct.documents), key=by_words if self._part.terms else by_design
        )
        return [self.quote(one, direct=True) for one in found[: rules()["direct_shown"]]]

    def near(self) -> list[Quote]:
        """Passages of the nearest evidence: those one facet away first, but never all, so that every difference is seen."""
        limit = rules()["near_shown"]
        if self._evidence.direct.studies >= rules()["direct_shown"]:
            return []
        shown: dict[str, tuple[Candidate, tuple[str, ...]]] = {}
        for rungs, room in (
            (self._evidence.ladder, limit - rules()["near_in_two"]),
            (self._evidence.nearest, limit),
        ):
            queues = [(rung.dropped, partial(self._on_rung, rung)) for rung in rungs if rung.count.studies]
            turns = in_turn(queues)
            while len(shown) < room and (found := next(turns, None)) is not None:
                shown.setdefault(found[0].document, found)
        return [self.quote(one, rung=dropped) for one, dropped in shown.values()]

    def commentary(self) -> list[Quote]:
        """Passages of posts and regulatory texts that speak of the product, the route and the condition asked."""
        if not self._evidence.asked:
            return []
        allowed = self._other_than_papers()
        hits = self._sources.search(self._asked, CANDIDATES, allowed)
        wanted = self._wanted()
        fitting = (self._candidate(hit) for hit in hits if self._speaks_of(wanted, hit.passage.document))
        return [self.quote(one) for one in islice(fitting, rules()["commentary_shown"])]

    def _other_than_papers(self) -> Mask:
        store = self._sources.store
        others: Mask = ~store.table.having("kind", (Kind.PAPER.value,)) & ~counter_of(store).retracted
        return others

    def _wanted(self) -> tuple[frozenset[str], ...]:
        """What commentary has to speak of: of each facet asked that it is judged by, what was asked or something broader."""
        broader = self._sources.vocabulary.broader
        return tuple(
            values | {up for value in values for up in broader(value)}
            for facet, values in self._evidence.asked.items()
            if facet in rules()["commentary_by"]
        )

    def _speaks_of(self, wanted: tuple[frozenset[str], ...], document: str) -> bool:
        """Whether the text names one of each."""
        store, vocabulary = self._sources.store, self._sources.vocabulary

        def read() -> frozenset[str]:
            return frozenset(one.concept for one in find(store.document(document).text, vocabulary))

        named = _concepts.get(store.table, (document, vocabulary.version), read)
        return bool(wanted) and not any(values.isdisjoint(named) for values in wanted)

    def by_words_alone(self) -> list[Quote]:
        """For a question that names no facet: what its words find above the floor."""
        allowed = ~counter_of(self._sources.store).retracted
        return [self.quote(one) for one in self._above_floor(allowed)[: rules()["near_shown"]]]

    def of(self, documents: Iterable[str]) -> list[Quote]:
        """The best passage of each of these documents, in their order; where the question's words find none, its title's do."""
        quotes = []
        for document in documents:
            title = self._sources.store.document(document).citation.title
            found = self._among((document,)) or self._among((document,), asked=title)
            quotes += [self.quote(one) for one in found]
        return quotes

    def quote(self, one: Candidate, *, direct: bool = False, rung: tuple[str, ...] = ()) -> Quote:
        """The candidate's passage word for word, checked."""
        store = self._sources.store
        document, labels = store.document(one.document), store.labels(one.document)
        passage, here = self._on_route(one, document, labels)
        place = (passage.document, passage.start, passage.end)
        text = document.text[passage.start : passage.end]
        asked = self._evidence.asked
        return verify(
            Quote(
                text=text,
                document=document,
                passage=passage,
                labels=labels,
                here=here,
                match={
                    facet: not values.isdisjoint(labels[facet].values) and not self._lets_go(facet, rung)
                    for facet, values in asked.items()
                },
                asked={facet: self._part.facets[facet] for facet in asked},
                direct=direct,
                score=round(float(one.hit.score), 6),
                words_score=round(float(one.hit.words_score), 6),
                cosine=round(float(one.hit.vectors_score), 6),
                rung=rung,
                appraisal=_appraised.get(store.table, document.id, lambda: appraise(document, labels)),
                scales=_scales.get(store.table, place, lambda: notes(text)),
                named=self._part.named,
            )
        )

    def _lets_go(self, facet: str, rung: tuple[str, ...]) -> bool:
        """Whether a study has the concept asked, and is on this rung since it does not name what the question names of it."""
        named = {one.concept for one in self._part.named}
        return facet in rung and not named.isdisjoint(self._part.facets.get(facet, ()))

    def _among(self, documents: Sequence[str], *, asked: str | None = None) -> list[Candidate]:
        if not documents:
            return []
        hits = self._sources.search(asked or self._asked, CANDIDATES, _mask(self._sources.store, documents))
        return [self._candidate(hit) for hit in hits]

    def _candidate(self, hit: Any) -> Candidate:
        store = self._sources.store
        row, counter = store.number(hit.passage.document), counter_of(store)
        return Candidate(hit, row, counter.place("species", row), counter.place("design", row))

    def _above_floor(self, allowed: Mask) -> list[Candidate]:
        hits = self._sources.search(self._asked, CANDIDATES, allowed)
        kept = (hit for hit in hits if hit.vectors_score >= self._sources.floor)
        return [self._candidate(hit) for hit in kept]

    def _on_rung(self, rung: Rung) -> list[Candidate]:
        near = kin(self._part, self._sources.store, self._sources.vocabulary, rung.dropped)
        return sorted(self._among(rung.count.documents), key=lambda one: (not near[one.row], *by_design(one)))

    def _on_route(
        self, one: Candidate, document: Document, labels: Mapping[str, Label]
    ) -> tuple[Passage, Mapping[str, Label]]:
        """The best passage of the document that does not speak of another route or product than the one asked."""
        asked = self._evidence.asked
        read = []
        for passage in (one.hit.passage, *(more.passage for more in one.hit.more)):
            here = self._here(document, passage, labels)
            read.append((passage, here))
            if all(
                asked[facet] & set(here[facet].values)
                for facet in ("route", "intervention")
                if facet in asked
            ):
                return read[-1]
        return read[0]

    def _here(self, document: Document, passage: Passage, labels: Mapping[str, Label]) -> Mapping[str, Label]:
        """The labels of one passage alone."""
        vocabulary = self._sources.vocabulary
        place = (document.id, passage.start, passage.end, vocabulary.version)
        return _labelled.get(
            self._sources.store.table, place, lambda: passage_labels(document, passage, labels, vocabulary)
        )


def searched_for(part: Part, vocabulary: Vocabulary) -> str:
    """What the search is asked: the names of the concepts read, then the words no facet took.

    So that "IVBMC knee-OA" finds what "intravenous bone marrow concentrate for knee osteoarthritis" finds, in the same order.
    """
    named = [vocabulary.name(value) for values in part.facets.values() for value in values[:NAMED]]
    harms = [vocabulary.name(value) for value in part.harm]
    return " ".join((*named, *harms, *part.terms)) if named or harms else part.text


def _mask(store: Any, documents: Sequence[str]) -> Mask:
    if isinstance(documents, Documents):
        return documents.mask()
    mask = np.zeros(len(store.ids), dtype=bool)
    mask[[store.number(one) for one in documents]] = True
    return mask
