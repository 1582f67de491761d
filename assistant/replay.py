"""Replay: the same questions asked of two stores, and what a reader would see change, side by side.

What changes with every document added (scores, the number of all studies, the store's own stamp) is no change of an
answer; everything else that is shown is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.contract import labels_object
from assistant.judging import Judged, Verdict, verdict

if TYPE_CHECKING:
    from assistant.answer import Answer, PartAnswer, Quote
    from assistant.answering import Bench
    from assistant.evidence import Count, Evidence
    from index.questions import Asking
    from index.store import Store

Ask = Callable[[str, tuple[str, ...]], "Answer"]
"""A question and the thread's earlier messages in, an answer out."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One judged question as one store answers it."""

    judged: Judged
    answer: Answer
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A question whose answer two stores give differently.

    Attributes:
        aspects: what differs, in the order of an answer ("outcome", "direct", "ladder", "passages", …).
        before, after: each part's differing aspects, as plain values.
    """

    question: str
    follow: tuple[str, ...]
    aspects: tuple[str, ...]
    before: tuple[dict[str, Any], ...]
    after: tuple[dict[str, Any], ...]


def asking(bench: Bench, store: Store, encoders: Asking) -> Ask:
    """Asks this very store, whichever is served."""
    from assistant.answering import Answerer
    from assistant.question import read_message

    answerer = Answerer(bench, store, encoders)

    def ask(text: str, earlier: tuple[str, ...]) -> Answer:
        return answerer.answer_reading(read_message(text, bench.vocabulary, earlier=earlier))

    return ask


def replay(judged: Sequence[Judged], ask: Ask) -> tuple[Replayed, ...]:
    """Each question with its answer and the verdict on it, in order."""
    found = []
    for one in judged:
        answer = ask(one.question, one.follow)
        found.append(Replayed(one, answer, verdict(one, answer)))
    return tuple(found)


def documents_in(answer: Answer) -> tuple[str, ...]:
    """The documents that an answer counts, quotes or lists, sorted."""
    found: set[str] = set()
    for part in answer.parts:
        found |= {quote.document.id for quote in part.quotes} | {one.id for one in part.listed}
        if part.evidence is not None:
            evidence = part.evidence
            found.update(evidence.direct.documents, evidence.apart, evidence.retracted)
            for rung in (*evidence.ladder, *evidence.nearest):
                found.update(rung.count.documents)
    return tuple(sorted(found))


def answer_changes(before: Sequence[Replayed], after: Sequence[Replayed]) -> tuple[AnswerChange, ...]:
    """The questions, asked of two stores in the same order, whose answers differ."""
    changes = (_change(one, other) for one, other in zip(before, after, strict=True))
    return tuple(change for change in changes if change is not None)


def _change(one: Replayed, other: Replayed) -> AnswerChange | None:
    old = tuple(part_shown(part) for part in one.answer.parts)
    new = tuple(part_shown(part) for part in other.answer.parts)
    if len(old) != len(new):
        return AnswerChange(one.judged.question, one.judged.follow, ("parts",), old, new)
    differing = [
        {name for name in earlier if earlier[name] != later[name]}
        for earlier, later in zip(old, new, strict=True)
    ]
    every = set().union(*differing)
    if not every:
        return None
    order = [name for name in old[0] if name in every]
    return AnswerChange(
        one.judged.question,
        one.judged.follow,
        tuple(order),
        tuple(_only(part, names) for part, names in zip(old, differing, strict=True)),
        tuple(_only(part, names) for part, names in zip(new, differing, strict=True)),
    )


def _only(part: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name in names}


def part_shown(part: PartAnswer) -> dict[str, Any]:
    """What a reader sees of the answer to one part, as plain values."""
    evidence = part.evidence
    return {
        "outcome": part.outcome,
        "direct": _count(evidence.direct) if evidence else None,
        "arms": {arm: _count(count) for arm, count in evidence.arms.items()} if evidence else {},
        "ladder": _ladder(evidence) if evidence else [],
        "apart": list(evidence.apart) if evidence else [],
        "retracted": list(evidence.retracted) if evidence else [],
        "passages": [_passage(quote) for quote in part.quotes],
        "listed": [{"document": one.id, "status": one.status.value} for one in part.listed],
        "table": [list(row) for row in part.table],
    }


def _count(count: Count) -> dict[str, Any]:
    return {
        "studies": count.studies,
        "documents": list(count.documents),
        "by_species": dict(count.by_species),
        "by_design": dict(count.by_design),
    }


def _ladder(evidence: Evidence) -> list[dict[str, Any]]:
    return [
        {"dropped": " + ".join(rung.dropped), **_count(rung.count)}
        for rung in (*evidence.ladder, *evidence.nearest)
    ]


def _passage(quote: Quote) -> dict[str, Any]:
    return {
        "document": quote.document.id,
        "quote": quote.text,
        "status": quote.document.status.value,
        "direct": quote.direct,
        "dropped": list(quote.rung),
        "match": dict(quote.match),
        "labels": labels_object(quote.labels),
    }
