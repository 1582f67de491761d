"""The same paper twice: which documents are one, and what the one is made of.

Two documents of one kind are the same where they share a PMID, a DOI, a whole text, or a title that tells
(at least five words and thirty characters, years, identifiers and authors not against it). A notice is never
the paper that it is about, and a post about a paper is never the paper. A title that fits two papers which
contradict each other joins neither. What comes out does not depend on the order of what goes in.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain, count, groupby
from typing import Any, TypeVar

from corpus.document import Citation, CuratorWord, Document, Record, Status
from corpus.document_spool import DocumentSpool
from corpus.same import Groups, Words, body_length
from corpus.spool import Held, Ordered
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

    documents: Sequence[Document]
    merges: tuple[Merge, ...] = ()
    warnings: tuple[str, ...] = ()


def merge(documents: Sequence[Document], *, words: Words | None = None) -> Merged:
    """The documents with each source once; they are read several times, and none is held."""
    ordered, ids = _in_total_order(documents)
    groups = Groups(ordered, words or Words())
    groups.join_by_identifiers()
    groups.join_by_titles()
    joined = _Joined(ordered, ids)
    for members, by in groups.members():
        joined.add(members, by)
    renamed = joined.give_own_ids()
    order = sorted(range(len(joined)), key=joined.ids.__getitem__)
    return Merged(
        Ordered(joined, order),
        joined.merges(),
        tuple(sorted({*groups.warnings, *joined.warnings, *renamed})),
    )


class _Joined(Held[Document]):
    """One document for each group of those that are the same source, with an id of its own.

    Args:
        ordered: the documents.
        their_ids: the ids of these.
    """

    def __init__(self, ordered: Sequence[Document], their_ids: Sequence[str]) -> None:
        self._ordered = ordered
        self._their_ids = their_ids
        self._places = array("q")  # in `ordered`, or before 0 in `united`
        self._united = DocumentSpool()
        self._unnamed: list[tuple[int, Merge]] = []
        self.ids: list[str] = []
        self.warnings: list[str] = []

    def add(self, members: Sequence[int], by: str) -> None:
        """Put in the one document of these."""
        if len(members) == 1:
            self._places.append(members[0])
            self.ids.append(self._their_ids[members[0]])
            return
        parts = [self._ordered[at] for at in members]
        one, said = united(parts)
        origins = tuple(sorted(document.origin for document in parts))
        merged = Merge(one.id, tuple(sorted({document.id for document in parts})), by, origins)
        self._unnamed.append((len(self._places), merged))
        self._united.add(one)
        self._places.append(-len(self._united))
        self.ids.append(one.id)
        self.warnings += said

    def give_own_ids(self) -> list[str]:
        """Give each an id of its own: where two different sources want one, the first by kind and file keeps it; who lost it is said."""
        self._united.settle()
        wanted: dict[str, list[int]] = defaultdict(list)
        for at, id_ in enumerate(self.ids):
            wanted[id_].append(at)
        said, taken = [], set(wanted)
        for id_, claimants in sorted(wanted.items()):
            if len(claimants) == 1:
                continue
            documents = {at: self[at] for at in claimants}
            ranks = {at: (one.kind, _total_order(one)) for at, one in documents.items()}
            first, *others = sorted(claimants, key=ranks.__getitem__)
            for at in others:
                self.ids[at] = _free(id_, documents[at].origin, taken)
                taken.add(self.ids[at])
                said.append(
                    f"{documents[at].origin}: the id {id_} is that of {documents[first].origin}, another source; "
                    f"it is {self.ids[at]} here"
                )
        return said

    def merges(self) -> tuple[Merge, ...]:
        """What was joined, by the ids that the documents have now."""
        named = [
            replace(merged, kept=id_, absorbed=tuple(one for one in merged.absorbed if one != id_))
            for at, merged in self._unnamed
            for id_ in (self.ids[at],)
        ]
        return tuple(sorted(named, key=lambda one: (one.kept, one.origins)))

    def __len__(self) -> int:
        return len(self._places)

    def _at(self, place: int) -> Document:
        at, id_ = self._places[place], self.ids[place]
        document = self._ordered[at] if at >= 0 else self._united[-at - 1]
        return document if document.id == id_ else replace(document, id=id_)


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


def _in_total_order(documents: Sequence[Document]) -> tuple[Ordered[Document], list[str]]:
    """The documents in an order that what came first has no part in, and their ids in it; only those that tie are read to be compared."""
    keys = [(document.id, sys.intern(document.origin)) for document in documents]
    order: list[int] = []
    for _, tied in groupby(sorted(range(len(keys)), key=keys.__getitem__), key=keys.__getitem__):
        order += _untied(documents, list(tied))
    return Ordered(documents, order), [keys[at][0] for at in order]


def _untied(documents: Sequence[Document], places: list[int]) -> list[int]:
    if len(places) == 1:
        return places
    read = {at: documents[at] for at in places}
    if len({one.text for one in read.values()}) == len(places):
        return sorted(places, key=lambda at: read[at].text)
    return sorted(places, key=lambda at: (read[at].text, repr(read[at])))  # to print a whole document is slow


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


def _free(id_: str, origin: str, taken: Container[str]) -> str:
    """Another id, after the file, for a document whose own is another's."""
    prefix = id_.partition(":")[0] if id_.startswith(("post:", "file:")) else "file"
    stem = _path_slug(origin) or "unnamed"
    names = chain([f"{prefix}:{stem}"], (f"{prefix}:{stem}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken)


def _path_slug(origin: str) -> str:
    folded = unicodedata.normalize("NFKC", origin).casefold()
    return re.sub(r"[\W_]+", "-", folded).strip("-")
