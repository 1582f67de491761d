"""Answer: evidence and the passages that show it, checked word for word against the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from assistant import wording
from assistant.errors import SourceChangedError
from assistant.evidence import Counter, Evidence, Mask, Rung, gather, naming_harm, rules
from assistant.asked import FACETS_ASKED, Ask, Part
from corpus.appraisal import Appraisal, appraise
from corpus.document import Document, Kind, Status
from corpus.label import Label
from corpus.passage import Passage
from corpus.scales import ScaleNote, notes
from corpus.tagging import passage_labels
from corpus.vocabulary import Vocabulary

CANDIDATES = 40  # documents asked of the search before they are put in order


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage word for word, with all that tells a reader what it is.

    Attributes:
        text: `document.text[start:end]`, checked.
        labels: of the document; `here` of this passage alone (route, intervention).
        match: which of the facets asked the document matches; `asked` their values as read.
        rung: the facets dropped to admit it; empty for direct and for commentary.
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


def answer_evidence(part: Part, sources: Sources) -> PartAnswer:
    """The answer to a question of evidence, harm or comparison: counts first, then passages."""
    store, vocabulary = sources.store, sources.vocabulary
    evidence = gather(store, vocabulary, part, mentioning=naming_harm(store, vocabulary, part))
    quotes = _direct_quotes(part, evidence, sources) + _near_quotes(part, evidence, sources)
    quotes += _commentary_quotes(part, evidence, sources)
    if not evidence.asked:
        quotes = _unfaceted_quotes(part, evidence, sources)
    outcome = "direct" if evidence.direct.studies else "no-direct"
    return PartAnswer(
        part,
        outcome,
        wording.statement(evidence, part, vocabulary),
        evidence,
        tuple(verify(quote) for quote in quotes),
        wording.before_passages(part, evidence, vocabulary),
        listed=tuple(store.document(one) for one in evidence.retracted),
    )


def _mask(store: Any, documents: tuple[str, ...]) -> Mask:
    wanted = set(documents)
    return np.fromiter((one in wanted for one in store.ids), dtype=bool, count=len(store.ids))


def _direct_quotes(part: Part, evidence: Evidence, sources: Sources) -> list[Quote]:
    found = quotes_of(part, evidence, sources, evidence.direct.documents)
    direct = [replace(quote, direct=True) for quote in found]
    ordered = sorted(direct, key=_by_words if part.terms else _by_design)
    return ordered[: rules()["direct_shown"]]


def _near_quotes(part: Part, evidence: Evidence, sources: Sources) -> list[Quote]:
    """Passages of the nearest evidence: the best of each rung in turn, so that every difference is seen."""
    shown: list[Quote] = []
    rungs = [rung for rung in (*evidence.ladder, *evidence.nearest) if rung.count.studies]
    limit = rules()["near_shown"] if len(shown) < rules()["direct_shown"] else 0
    if evidence.direct.studies >= rules()["direct_shown"]:
        return shown
    queues = [_rung_quotes(part, evidence, sources, rung) for rung in rungs]
    while any(queues) and len(shown) < limit:
        for queue in queues:
            if queue and len(shown) < limit:
                quote = queue.pop(0)
                if all(quote.document.id != other.document.id for other in shown):
                    shown.append(quote)
    return shown


def _rung_quotes(part: Part, evidence: Evidence, sources: Sources, rung: Rung) -> list[Quote]:
    found = [
        replace(quote, rung=rung.dropped)
        for quote in quotes_of(part, evidence, sources, rung.count.documents)
    ]
    near = _nearness(part, sources.vocabulary, rung.dropped)
    return sorted(found, key=lambda quote: (near(quote), *_by_design(quote)))


def _nearness(part: Part, vocabulary: Vocabulary, dropped: tuple[str, ...]) -> Callable[[Quote], int]:
    """0 where a dropped facet's value shares a broader concept with what was asked (hip for knee osteoarthritis), else 1."""
    asked = {
        kin for facet in dropped for value in part.facets.get(facet, ()) for kin in vocabulary.broader(value)
    }

    def near(quote: Quote) -> int:
        values = {value for facet in dropped for value in quote.labels[facet].values}
        kin = values | {broad for value in values for broad in vocabulary.broader(value)}
        return 0 if asked & kin else 1

    return near


def _commentary_quotes(part: Part, evidence: Evidence, sources: Sources) -> list[Quote]:
    if not evidence.asked:
        return []
    store = sources.store
    allowed = ~store.table.having("kind", (Kind.PAPER.value,)) & ~Counter(store).retracted
    for facet in ("intervention", "route"):
        if facet in evidence.asked:
            allowed &= store.table.having(facet, tuple(sorted(evidence.asked[facet])))
    hits = [
        hit for hit in sources.search(part.text, CANDIDATES, allowed) if hit.vectors_score >= sources.floor
    ]
    return [_quote(hit, part, evidence, sources) for hit in hits[: rules()["commentary_shown"]]]


def _unfaceted_quotes(part: Part, evidence: Evidence, sources: Sources) -> list[Quote]:
    """For a question that names no facet: what the words alone find, above the floor."""
    allowed = ~Counter(sources.store).retracted
    hits = [
        hit for hit in sources.search(part.text, CANDIDATES, allowed) if hit.vectors_score >= sources.floor
    ]
    return [_quote(hit, part, evidence, sources) for hit in hits[: rules()["near_shown"]]]


def quotes_of(part: Part, evidence: Evidence, sources: Sources, documents: tuple[str, ...]) -> list[Quote]:
    """The best passage of each of the documents for the question, best first."""
    if not documents:
        return []
    hits = sources.search(part.text, CANDIDATES, _mask(sources.store, documents))
    return [_quote(hit, part, evidence, sources) for hit in hits]


def _quote(hit: Any, part: Part, evidence: Evidence, sources: Sources) -> Quote:
    document = sources.store.document(hit.passage.document)
    labels = sources.store.labels(document.id)
    passage = _on_route(hit, document, labels, evidence, sources.vocabulary)
    text = document.text[passage.start : passage.end]
    asked = {facet: part.facets[facet] for facet in evidence.asked}
    return Quote(
        text=text,
        document=document,
        passage=passage,
        labels=labels,
        here=passage_labels(document, passage, labels, sources.vocabulary),
        match={facet: bool(values & set(labels[facet].values)) for facet, values in evidence.asked.items()},
        asked=asked,
        direct=False,
        score=round(float(hit.score), 6),
        words_score=round(float(hit.words_score), 6),
        cosine=round(float(hit.vectors_score), 6),
        rung=(),
        appraisal=appraise(document, labels),
        scales=notes(text),
    )


def _on_route(
    hit: Any, document: Document, labels: Mapping[str, Label], evidence: Evidence, vocabulary: Vocabulary
) -> Passage:
    """The best passage of the hit's document that does not speak of another route or product than the one asked."""
    passages: list[Passage] = [hit.passage, *hit.more]
    for passage in passages:
        here = passage_labels(document, passage, labels, vocabulary)
        wanted = (facet for facet in ("route", "intervention") if facet in evidence.asked)
        if all(evidence.asked[facet] & set(here[facet].values) for facet in wanted):
            return passage
    return passages[0]


def _place(order: list[str], values: tuple[str, ...]) -> int:
    return min((order.index(value) for value in values if value in order), default=len(order))


def _by_words(quote: Quote) -> tuple[int, float, str]:
    return (_place(rules()["species_order"], quote.labels["species"].values), -quote.score, quote.document.id)


def _by_design(quote: Quote) -> tuple[int, int, float, str]:
    return (
        _place(rules()["species_order"], quote.labels["species"].values),
        _place(rules()["design_order"], quote.labels["design"].values),
        -quote.score,
        quote.document.id,
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


def is_retracted(document: Document) -> bool:
    """Whether the document is retracted."""
    return document.status is Status.RETRACTED
