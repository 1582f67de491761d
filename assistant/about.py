"""Answers about the corpus itself (how many, by route; when updated; what was retracted) and papers looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from assistant import wording
from assistant.answer import PartAnswer
from assistant.asked import Lookup, Part
from assistant.catalogue import Rows, author_words, catalogue_of, same_journal
from assistant.evidence import Counter, Evidence, Mask, counter_of, gather
from assistant.quotes import CANDIDATES, Chooser, Sources
from corpus.document import Document, Status

LISTED = 10  # documents named in one answer; the rest stand in --json
QUOTED = 3
FEWEST_WORDS = 3
SHARE_OF_WORDS = (
    0.75  # a title is the one meant if it holds at least so many of the words, and this share of them
)


def answer_about(part: Part, sources: Sources) -> PartAnswer:
    """The answer to a question about the corpus: counts, dates or statuses, no passages."""
    evidence = gather(sources.store, sources.vocabulary, part)
    if part.about == "retracted":
        return _retracted(part, sources)
    if part.about == "updated":
        return PartAnswer(part, "about-corpus", _updated(sources))
    if not evidence.asked:
        stamp = sources.stamp
        line = wording.say(
            "about-all", library=stamp.library, documents=stamp.documents, studies=stamp.studies
        )
        return PartAnswer(part, "about-corpus", line, evidence, table=_rows(evidence, sources))
    line = wording.say(
        "about-count",
        groups=wording.groups(evidence.direct),
        studies=evidence.studies,
        facets=wording.facets(part, sources.vocabulary),
    )
    return PartAnswer(part, "about-corpus", line, evidence, table=_rows(evidence, sources))


def _rows(evidence: Evidence, sources: Sources) -> tuple[tuple[str, int, int, int], ...]:
    """One row for each route (or the facet asked about), zeros shown: an empty cell is a finding."""
    facet = next(
        (one for one in ("route", "intervention", "condition") if one not in evidence.asked), "design"
    )
    counter = counter_of(sources.store)
    base = _within(evidence, counter, sources)
    rows = []
    for value in sorted(sources.vocabulary.ids(facet)):
        groups = counter.count(base & sources.store.table.having(facet, (value,))).by_group
        rows.append((sources.vocabulary.name(value), groups["human"], groups["animal"], groups["in-vitro"]))
    return tuple(sorted(rows, key=lambda row: (-row[1], -row[2], -row[3], row[0])))


def _within(evidence: Evidence, counter: Counter, sources: Sources) -> Mask:
    mask = counter.paper.copy()
    for facet, values in evidence.asked.items():
        mask &= sources.store.table.having(facet, tuple(sorted(values)))
    return mask


def _updated(sources: Sources) -> str:
    stamp = sources.stamp
    return wording.say(
        "about-updated",
        library=stamp.library,
        built=stamp.built,
        newest=catalogue_of(sources.store).newest or wording.say("not-stated"),
        checked=stamp.checked or wording.say("never"),
    )


def _retracted(part: Part, sources: Sources) -> PartAnswer:
    unmarked = sources.store.table.having("status", (Status.NONE_RECORDED.value,))
    listed = tuple(_documents(sources, np.flatnonzero(~unmarked)))
    stamp = sources.stamp
    checked = stamp.checked or wording.say("never")
    line = wording.say("about-retracted", count=len(listed), documents=stamp.documents, checked=checked)
    return PartAnswer(part, "about-corpus", line, listed=listed)


def _documents(sources: Sources, rows: Rows) -> Iterator[Document]:
    return (sources.store.document(sources.store.ids[row]) for row in rows.tolist())


def answer_paper(part: Part, sources: Sources) -> PartAnswer:
    """The answer to a paper looked up: its citation, and passages unless it is retracted."""
    lookup = part.lookup or Lookup()
    found = _found(part, lookup, sources)
    line = wording.say("paper-found", count=len(found), lookup=_shown(lookup, part))
    usable = tuple(document.id for document in found if document.status is not Status.RETRACTED)
    lines = (wording.say("paper-suppressed"),) if len(usable) < len(found) else ()
    choose = Chooser(part, gather(sources.store, sources.vocabulary, part), sources)
    quotes = tuple(choose.of(usable[:QUOTED]))
    return PartAnswer(part, "paper", line, None, quotes, lines, listed=found[:LISTED])


def _shown(lookup: Lookup, part: Part) -> str:
    stated = (lookup.pmid, lookup.doi, lookup.author, lookup.journal, str(lookup.year or ""))
    return " · ".join(word for word in stated if word) or part.text


def _found(part: Part, lookup: Lookup, sources: Sources) -> tuple[Document, ...]:
    exact: list[Document] = []
    if lookup.pmid or lookup.doi or lookup.author or lookup.journal or lookup.year:
        likely = _documents(sources, catalogue_of(sources.store).rows(lookup))
        exact = [document for document in likely if _fits(document, lookup)]
    if lookup.pmid or lookup.doi or (exact and not lookup.words):
        return tuple(exact[:LISTED])
    return _by_words(lookup, part, exact, sources)


def _by_words(lookup: Lookup, part: Part, exact: list[Document], sources: Sources) -> tuple[Document, ...]:
    """The documents whose titles hold most of the words asked, among those that fit; the likeliest first."""
    words = _words(" ".join(lookup.words) or part.text)
    pool = exact or [
        sources.store.document(hit.passage.document) for hit in sources.search(part.text, CANDIDATES, None)
    ]
    scored = sorted(
        ((len(words & _words(one.citation.title)), one) for one in pool),
        key=lambda pair: (-pair[0], pair[1].id),
    )
    if exact:
        return tuple(document for _, document in scored)[:LISTED]
    enough = max(FEWEST_WORDS, SHARE_OF_WORDS * len(words))
    return tuple(document for score, document in scored if score >= enough)[:LISTED]


def _words(text: str) -> set[str]:
    return {word.rstrip("s") for word in re.findall(r"[a-z0-9]{4,}", text.lower())}


def _fits(document: Document, lookup: Lookup) -> bool:
    c = document.citation
    if lookup.pmid and lookup.pmid != c.pmid:
        return False
    if lookup.doi and lookup.doi.lower() != c.doi:
        return False
    if lookup.year and lookup.year != c.year:
        return False
    if lookup.author and not any(_same_name(lookup.author, author) for author in c.authors):
        return False
    return not lookup.journal or same_journal(lookup.journal, (c.journal or "", c.journal_abbreviation or ""))


def _same_name(asked: str, author: str) -> bool:
    return asked.lower().split()[0] in author_words(author)
