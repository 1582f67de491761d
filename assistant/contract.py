"""The `--json` contract: an Answer as plain values, every key of design section 4 and a few of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant import citation
from assistant.answer import Answer, PartAnswer, Quote, read_as
from assistant.evidence import Count, Evidence, Rung
from corpus.label import Label


def answer_object(answer: Answer) -> dict[str, Any]:
    """The whole answer as one object."""
    stamp = answer.store
    return {
        "question": answer.question,
        "store": {
            "version": stamp.version,
            "built": stamp.built,
            "documents": stamp.documents,
            "studies": stamp.studies,
            "passages": stamp.passages,
            "model": stamp.model,
            "library": stamp.library,
            "checked": stamp.checked,
        },
        "masked": list(answer.masked),
        "parts": [_part(part) for part in answer.parts],
    }


def _part(answer: PartAnswer) -> dict[str, Any]:
    part = answer.part
    return {
        "text": part.text,
        "outcome": answer.outcome,
        "ask": part.ask.value,
        "advice": part.advice,
        "read_as": read_as(part),
        "assumed": [
            {"form": one.form, "sense": one.sense, "others": list(one.others)} for one in part.assumed
        ],
        "inherited": list(part.inherited),
        "named": [
            {"concept": one.concept, "words": list(one.words), "source": list(one.source)}
            for one in part.named
        ],
        "statement": answer.statement,
        "lines": list(answer.lines),
        "ledger": _ledger(answer.evidence),
        "ladder": [_rung(rung) for rung in answer.evidence.ladder] if answer.evidence else [],
        "nearest": [_rung(rung) for rung in answer.evidence.nearest] if answer.evidence else [],
        "passages": [quote_object(quote) for quote in answer.quotes],
        "documents": [
            {
                "document": one.id,
                "citation": citation.line(one),
                "url": citation.url(one),
                "status": one.status.value,
            }
            for one in answer.listed
        ],
        "table": [
            {"name": name, "human": human, "animal": animal, "in_vitro": in_vitro}
            for name, human, animal, in_vitro in answer.table
        ],
    }


def _ledger(evidence: Evidence | None) -> dict[str, Any]:
    if evidence is None:
        return {
            "direct": 0,
            "documents": [],
            "by_species": {},
            "by_design": {},
            "by_group": {},
            "apart": [],
            "retracted": [],
        }
    return {
        "direct": evidence.direct.studies,
        **_count(evidence.direct),
        "apart": list(evidence.apart),
        "retracted": list(evidence.retracted),
    }


def _count(count: Count) -> dict[str, Any]:
    return {
        "documents": list(count.documents),
        "by_species": dict(count.by_species),
        "by_design": dict(count.by_design),
        "by_group": dict(count.by_group),
    }


def _rung(rung: Rung) -> dict[str, Any]:
    return {"dropped": " + ".join(rung.dropped), "studies": rung.count.studies, **_count(rung.count)}


def quote_object(quote: Quote) -> dict[str, Any]:
    """One passage of the contract."""
    appraisal = quote.appraisal
    return {
        "quote": quote.text,
        "document": quote.document.id,
        "start": quote.passage.start,
        "end": quote.passage.end,
        "section": quote.passage.section,
        "page": quote.passage.page,
        "citation": citation.line(quote.document),
        "url": citation.url(quote.document),
        "status": quote.document.status.value,
        "labels": labels_object(quote.labels),
        "passage_labels": labels_object(quote.here),
        "match": dict(quote.match),
        "direct": quote.direct,
        "score": quote.score,
        "note": quote.document.note,
        "kind": quote.document.kind.value,
        "dropped": list(quote.rung),
        "level": appraisal.level,
        "scale": appraisal.scale,
        "scales": [{"name": one.name, "direction": one.direction} for one in quote.scales],
    }


def labels_object(labels: Mapping[str, Label]) -> dict[str, Any]:
    """Labels as the contract has them: values and where they are from."""
    return {
        facet: {"values": list(label.values), "from": label.origin.value} for facet, label in labels.items()
    }
