"""What is kept of an answer that was given, for its buttons and for feedback: how its question was read, and what it showed.

The reading is kept in concept ids. Never the question's text, nor a word of it that the vocabulary does not have.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, select, update

from assistant.answer import Answer, Quote
from assistant.asked import Named
from assistant.question import FACETS_ASKED, Ask, Assumption, Lookup, Part, Reading
from assistant.slack.blocks import Rendered
from assistant.slack.cited import Cited, forget_cited, keep_cited
from assistant.slack.database import Database, as_json
from assistant.slack.schema import ANSWERS, CITED, VERDICTS

KEPT = 90 * 24 * 3600  # seconds for which an answer's buttons work
_THIS = and_(ANSWERS.c.workspace == bindparam("of"), ANSWERS.c.key == bindparam("this"))
_FIND = select(ANSWERS).where(_THIS)
_POSTED = update(ANSWERS).where(_THIS).values(answer_ts=bindparam("posted"))
_CHANGED = ("parts", "passages", "version")
_FORGET = delete(ANSWERS).where(_THIS)
_SHARE = update(ANSWERS).where(_THIS, ANSWERS.c.shared == 0).values(shared=1)
_UNSHARE = update(ANSWERS).where(_THIS).values(shared=0)
_VERDICT = ("given", "reasons", "part", "paper", "question", "reading", "passages", "version")
_VERDICTS = select(*(VERDICTS.c[name] for name in ("key", "person", *_VERDICT))).where(
    VERDICTS.c.workspace == bindparam("of")
)
_PAST = and_(ANSWERS.c.workspace == bindparam("of"), ANSWERS.c.given < bindparam("now"))
_OLD = (
    delete(CITED).where(
        CITED.c.workspace == bindparam("of"), CITED.c.key.in_(select(ANSWERS.c.key).where(_PAST))
    ),
    delete(ANSWERS).where(_PAST),
)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given.

    Attributes:
        channel: where it stands; of a private answer, where it was asked for.
        ts: the question's message; None where it was none.
        answer_ts: its message; None for a private answer, which has none.
        parts: the parts of the question as stored.
        passages: part, document, start, end, score of what was shown, in the order of the numbers printed.
        cited: the documents that its message names, each with the status that stood there.
    """

    key: str
    channel: str
    ts: str | None
    answer_ts: str | None
    thread: str | None
    parts: tuple[Mapping[str, Any], ...]
    passages: tuple[Mapping[str, Any], ...]
    version: str
    cited: Mapping[str, str] = field(default_factory=dict)

    def shown(self, part: int) -> tuple[Mapping[str, Any], ...]:
        """What was shown of one part."""
        return tuple(one for one in self.passages if one["part"] == part)

    def reading(self, named: Callable[[Part], str], part: int | None = None) -> Reading:
        """The question as it was read, its text made of the concepts' names; one part of it where that is named."""
        read = (read_part(one) for one in self.parts)
        parts = tuple(replace(one, text=named(one)) for one in read)
        if part is not None:
            parts = parts[part : part + 1]
        return Reading(parts, (), "\n".join(one.text for one in parts))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person says of an answer.

    Attributes:
        reasons: codes; those that name a facet say that it was read or labelled wrongly.
        part: the answer's part that is meant.
        paper: the id of a missing paper.
        question: the question's text, only where the person ticked that it may be kept.
    """

    reasons: tuple[str, ...]
    part: int = 0
    paper: str = ""
    question: str | None = None


class GivenAnswers:
    """The answers given in a workspace and what people said of them."""

    def __init__(self, database: Database, workspace: str) -> None:
        """Those of a workspace."""
        self._database = database
        self._workspace = workspace
        self.cited = Cited(database, workspace)

    def keep(self, given: Given, *, now: float) -> None:
        """Remember an answer, or what it is after an edit."""
        row = {
            "workspace": self._workspace,
            "key": given.key,
            "channel": given.channel,
            "ts": given.ts,
            "answer_ts": given.answer_ts,
            "thread": given.thread,
            "parts": as_json(list(given.parts)),
            "passages": as_json(list(given.passages)),
            "version": given.version,
            "given": now,
        }
        changed = _CHANGED if given.answer_ts is None else (*_CHANGED, "answer_ts")

        def deed(rows: Connection) -> None:
            new = rows.execute(self._database.insert(ANSWERS), row).rowcount
            if not new:
                rows.execute(self._database.insert(ANSWERS, changed=changed), row)
                forget_cited(rows, self._workspace, given.key)
            keep_cited(rows, self._workspace, given.key, given.cited)

        self._database.write(deed)

    def posted(self, key: str, answer_ts: str) -> None:
        """Remember an answer's message."""
        self._database.change(_POSTED, {**self._of(key), "posted": answer_ts})

    def find(self, key: str) -> Given | None:
        """An answer; None where it was never given or is forgotten."""
        found = self._database.read(_FIND, self._of(key))
        if not found:
            return None
        row = found[0]
        parts, passages = tuple(json.loads(row.parts)), tuple(json.loads(row.passages))
        place = (key, row.channel, row.ts, row.answer_ts, row.thread)
        return Given(*place, parts, passages, row.version, self.cited.of(key))

    def forget(self, key: str) -> None:
        """Forget an answer whose question was deleted; what people said of it stays."""

        def deed(rows: Connection) -> None:
            rows.execute(_FORGET, self._of(key))
            forget_cited(rows, self._workspace, key)

        self._database.write(deed)

    def share(self, key: str) -> bool:
        """Whether the answer may be shared now: once only."""
        return bool(self._database.change(_SHARE, self._of(key)))

    def unshare(self, key: str) -> None:
        """Let the answer be shared again, since sharing it failed."""
        self._database.change(_UNSHARE, self._of(key))

    def judge(self, given: Given, user: str, verdict: Verdict, *, now: float) -> None:
        """Keep what a person says of an answer: one row a person and answer, the last word counts."""
        row = {
            "workspace": self._workspace,
            "key": given.key,
            "person": person(given.key, user),
            "given": now,
            "reasons": as_json(list(verdict.reasons)),
            "part": verdict.part,
            "paper": verdict.paper,
            "question": verdict.question,
            "reading": as_json(list(given.parts)),
            "passages": as_json(list(given.passages)),
            "version": given.version,
        }
        self._database.change(self._database.insert(VERDICTS, changed=_VERDICT), row)

    def verdicts(self) -> Iterator[dict[str, Any]]:
        """All feedback, oldest first, as plain values."""
        found = self._database.read(_VERDICTS, {"of": self._workspace})
        for row in sorted(found, key=lambda one: (one.given, one.key, one.person)):
            values = row._asdict()
            for name in ("reasons", "reading", "passages"):
                values[name] = json.loads(values[name])
            yield values

    def tidy(self, *, now: float) -> None:
        """Forget the answers whose time is over."""

        def deed(rows: Connection) -> None:
            for statement in _OLD:
                rows.execute(statement, {"of": self._workspace, "now": now - KEPT})

        self._database.write(deed)

    def _of(self, key: str) -> dict[str, str]:
        return {"of": self._workspace, "this": key}


def person(key: str, user: str) -> str:
    """A name for a person that is good for one answer only, so that votes count once and nobody is followed."""
    return hashlib.sha256(f"{key}|{user}".encode()).hexdigest()[:16]


def parts_of(answer: Answer) -> tuple[dict[str, Any], ...]:
    """The parts of an answer's question, as stored: concept ids, and short forms that have several senses."""
    return tuple(_part(one.part) for one in answer.parts)


def _part(part: Part) -> dict[str, Any]:
    lookup = part.lookup
    return {
        "ask": part.ask.value,
        "facets": {facet: list(values) for facet, values in part.facets.items() if values},
        "assumed": [[one.form, one.sense, list(one.others)] for one in part.assumed if one.others],
        "advice": part.advice,
        "inherited": list(part.inherited),
        "compared": list(part.compared),
        "about": part.about,
        "harm": list(part.harm),
        "grade": list(part.grade),
        "named": [[one.concept, list(one.words), list(one.source)] for one in part.named],
        "lookup": {"pmid": lookup.pmid, "doi": lookup.doi}
        if lookup and (lookup.pmid or lookup.doi)
        else None,
    }


def read_part(stored: Mapping[str, Any]) -> Part:
    """A part as it was stored, still without a text."""
    facets = {facet: tuple(stored["facets"].get(facet, ())) for facet in FACETS_ASKED}
    return Part(
        text="",
        ask=Ask(stored["ask"]),
        facets=facets,
        assumed=tuple(Assumption(form, sense, tuple(others)) for form, sense, others in stored["assumed"]),
        advice=stored["advice"],
        inherited=tuple(stored["inherited"]),
        compared=tuple(stored["compared"]),
        lookup=Lookup(**stored["lookup"]) if stored["lookup"] else None,
        about=stored["about"],
        harm=tuple(stored["harm"]),
        grade=tuple(stored["grade"]),
        named=tuple(
            Named(concept, tuple(words), tuple(source)) for concept, words, source in stored.get("named", ())
        ),
    )


def shown_of(rendered: Rendered) -> tuple[dict[str, Any], ...]:
    """Which passages a first message shows, part by part."""
    quotes = passages_of(rendered.quotes)
    parts = [part for part, count in enumerate(rendered.shown) for _ in range(count)]
    return tuple({**one, "part": part} for one, part in zip(quotes, parts, strict=False))


def passages_of(quotes: Iterable[Quote]) -> tuple[dict[str, Any], ...]:
    """Which passages are shown."""
    return tuple(
        {
            "document": quote.document.id,
            "start": quote.passage.start,
            "end": quote.passage.end,
            "score": quote.score,
            "direct": quote.direct,
        }
        for quote in quotes
    )
