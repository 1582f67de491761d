"""The same paper twice: which documents are one, and what the one is made of.

Two documents of one kind are the same where they share a PMID, a DOI, a whole text, or a title that tells
(at least five words and thirty characters, years, identifiers and authors not against it). A notice is never
the paper that it is about, and a post about a paper is never the paper. A title that fits two papers which
contradict each other joins neither. What comes out does not depend on the order of what goes in.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain, count, groupby
from typing import Any, TypeVar

from corpus.document import Citation, CuratorWord, Document, Record, Status
from corpus.same import Groups, Words, body_length
from corpus.status import stronger

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Merge:
    """Several documents that became one.

    Attributes:
        kept: the id of the one that is left.
        absorbed: the other ids they had, sorted.
        by: what made them one: "curator", "pmid", "doi", "title", "text", joined by " + ".
        origins: the files they came from, sorted; the same file twice where it held both.
    """

    kept: str
    absorbed: tuple[str, ...]
    by: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """The documents, each source once, sorted by id; what was joined; what a curator should look at."""

    documents: tuple[Document, ...]
    merges: tuple[Merge, ...] = ()
    warnings: tuple[str, ...] = ()


def merge(documents: Iterable[Document], *, words: Words | None = None) -> Merged:
    """The documents with each source once."""
    ordered = _in_total_order(documents)
    groups = Groups(ordered, words or Words())
    groups.join_by_identifiers()
    groups.join_by_titles()
    found = groups.members()
    joined = [united([ordered[at] for at in members]) for members, _ in found]
    warnings = [*groups.warnings, *chain.from_iterable(said for _, said in joined)]
    named, renamed = _with_own_ids([one for one, _ in joined])
    merges = [
        _merge(one, [ordered[at] for at in members], by)
        for one, (members, by) in zip(named, found, strict=True)
        if len(members) > 1
    ]
    return Merged(
        tuple(sorted(named, key=lambda document: document.id)),
        tuple(sorted(merges, key=lambda one: (one.kept, one.origins))),
        tuple(sorted({*warnings, *renamed})),
    )


def united(documents: Sequence[Document]) -> tuple[Document, tuple[str, ...]]:
    """One document made of several that are the same source, and a sentence for each word of a curator that gave way.

    The source's own words go before our note on it, then the fuller text; its offsets stay its own. Identifiers,
    record fields and checks are united, the strongest status holds, and the curator's newest word on each facet.
    """
    if len(documents) == 1:
        return documents[0], ()
    first = min(documents, key=_fullest_first)
    by_citation = [first, *sorted(documents, key=_best_cited_first)]
    citation = _united_citation([document.citation for document in by_citation[1:]], first.citation)
    curator, said = _united_words(documents)
    status = Status.NONE_RECORDED
    for document in documents:
        status = stronger(status, document.status)
    one = replace(
        first,
        id=_identity(citation) or first.id,
        citation=citation,
        record=_united_record([first.record, *(document.record for document in by_citation[1:])]),
        status=status,
        checked=tuple(sorted(set(chain.from_iterable(document.checked for document in documents)))),
        curator=curator,
        warnings=_distinct(chain.from_iterable(document.warnings for document in by_citation)),
    )
    return one, tuple(f"{one.id}: {sentence}" for sentence in said)


def _merge(one: Document, members: Sequence[Document], by: str) -> Merge:
    others = {document.id for document in members} - {one.id}
    return Merge(one.id, tuple(sorted(others)), by, tuple(sorted(document.origin for document in members)))


def _in_total_order(documents: Iterable[Document]) -> list[Document]:
    """The documents in an order that what came first has no part in; to print a whole document is slow, so only ties are."""
    tied = groupby(sorted(documents, key=_near_order), key=_near_order)
    return [document for _, group in tied for document in _untied(list(group))]


def _untied(documents: list[Document]) -> list[Document]:
    return sorted(documents, key=repr) if len(documents) > 1 else documents


def _near_order(document: Document) -> tuple[str, str, str]:
    return document.id, document.origin, document.text


def _total_order(document: Document) -> tuple[str, str, str, str]:
    """An order in which no two different documents are equal, so that what comes first is not left to chance."""
    return document.id, document.origin, document.text, repr(document)


def _fullest_first(document: Document) -> tuple[bool, int, tuple[str, str, str, str]]:
    return document.note, -body_length(document), _total_order(document)


def _best_cited_first(document: Document) -> tuple[bool, int, tuple[str, str, str, str]]:
    filled = sum(bool(getattr(document.citation, each.name)) for each in fields(Citation))
    return document.note, -filled, _total_order(document)


def _united_citation(citations: Sequence[Citation], of_text: Citation) -> Citation:
    """Each field from the best cited that has it; a PMID that the stored text's own citation gives stays."""
    values: dict[str, Any] = {
        each.name: next((value for one in citations if (value := getattr(one, each.name))), None)
        for each in fields(Citation)
    }
    values["title"] = values["title"] or ""
    values["authors"] = values["authors"] or ()
    for name in ("pmid", "doi"):
        values[name] = getattr(of_text, name) or values[name]
    return Citation(**values)


def _united_record(records: Sequence[Record]) -> Record:
    """Lists joined without doubles, single fields from the first that has them."""
    values: dict[str, Any] = {}
    for each in fields(Record):
        given = [getattr(record, each.name) for record in records]
        values[each.name] = (
            _distinct(chain.from_iterable(given))
            if isinstance(given[0], tuple)
            else next((value for value in given if value is not None), None)
        )
    return Record(**values)


def _united_words(documents: Sequence[Document]) -> tuple[tuple[CuratorWord, ...], tuple[str, ...]]:
    """The newest word on each facet, and what is said of those that gave way."""
    every = {word for document in documents for word in document.curator}
    newest: dict[str, CuratorWord] = {}
    said = []
    for word in sorted(every, key=lambda one: (one.facet, one.when, one.who, one.values, one.why)):
        before = newest.get(word.facet)
        if before is not None and before.values != word.values:
            said.append(
                f"two curator's words on {word.facet}: {', '.join(before.values)} ({before.who}, {before.when}) "
                f"gives way to {', '.join(word.values)} ({word.who}, {word.when}); say which holds in curation.toml"
            )
        newest[word.facet] = word
    return tuple(newest[facet] for facet in sorted(newest)), tuple(said)


def _identity(citation: Citation) -> str | None:
    if citation.pmid:
        return f"pmid:{citation.pmid}"
    return f"doi:{citation.doi.lower()}" if citation.doi else None


def _distinct(values: Iterable[_Value]) -> tuple[_Value, ...]:
    return tuple(dict.fromkeys(values))


def _with_own_ids(documents: Sequence[Document]) -> tuple[list[Document], list[str]]:
    """The documents with an id each: where two different sources want one, the first by kind and file keeps it."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for at, document in enumerate(documents):
        wanted[document.id].append(at)
    own, said = list(documents), []
    taken = set(wanted)
    for id_, claimants in sorted(wanted.items()):
        if len(claimants) == 1:
            continue
        claimants.sort(key=lambda at: (documents[at].kind, _total_order(documents[at])))
        for at in claimants[1:]:
            document = documents[at]
            prefix = id_.partition(":")[0] if id_.startswith(("post:", "file:")) else "file"
            stem = _path_slug(document.origin) or "unnamed"
            new = next(
                name
                for name in chain([f"{prefix}:{stem}"], (f"{prefix}:{stem}-{n}" for n in count(2)))
                if name not in taken
            )
            taken.add(new)
            own[at] = replace(document, id=new)
            said.append(
                f"{document.origin}: the id {id_} is that of {documents[claimants[0]].origin}, another source; "
                f"it is {new} here"
            )
    return own, said


def _path_slug(origin: str) -> str:
    folded = unicodedata.normalize("NFKC", origin).casefold()
    return re.sub(r"[\W_]+", "-", folded).strip("-")
