"""Same: which documents are one source, without regard to the order in which they come."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from rapidfuzz import fuzz

from corpus.document import Document, Kind, SectionKind, Status
from corpus.status import status_of_title

FEWEST_WORDS = 5
FEWEST_CHARACTERS = 30
NEAREST = 80
"""Two titles under one DOI are the same from this much agreement on (rapidfuzz ratio): in the lists of two reviews, titles of one
paper had at least 98, titles of two papers at most 67."""
SHORTEST_BODY = 200
"""Below this many characters, an equal text is no sign of an equal source: two editorials may both be empty."""

MOST_NAMED = 3
_REASONS = ("curator", "pmid", "doi", "title", "text")
_NOTICE = re.compile(
    r"\W*(?:erratum|errata|corrigend\w+|retraction (?:note|notice)|notice of retraction)\b", re.IGNORECASE
)
_RETRACTED = re.compile(
    r"^\W*retracted(?: (?:article|paper))?\W+|(?<!\W)\W+retracted(?: (?:article|paper))?\W*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Words:
    """A curator's word on who is who: groups of document ids that are one, and groups that must stay apart."""

    together: tuple[tuple[str, ...], ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()


class Groups:
    """Union-find over documents in their total order; the smallest position stands for its group.

    Held in memory is what tells of documents that share something with another one; the rest is read where it is needed.
    """

    def __init__(self, documents: Sequence[Document], words: Words) -> None:
        self._documents = documents
        self._parent = array("q", range(len(documents)))
        self._by: dict[int, set[str]] = defaultdict(set)
        self._alike: dict[int, list[int]] = {}
        self._held: dict[int, _Traits] = {}
        self._shared = _shared(documents)
        self.warnings: list[str] = []
        named = _named(documents, words)
        self._apart = [_all_of(named, group) for group in words.apart]
        for group in words.together:
            for one, other in pairwise(sorted(_all_of(named, group))):
                self._join(one, other, "curator")

    def join_by_identifiers(self) -> None:
        """Joins what shares a PMID, then a DOI, then a whole text."""
        for name in ("pmid", "doi", "text"):
            for members in self._sharing(name):
                roots: list[int] = []
                for at in members:
                    if not any(self._try(root, at, name) for root in roots):
                        roots.append(at)
                if name == "doi":
                    self._warn_of_a_common_doi(sorted({self._root(at) for at in roots}))

    def join_by_titles(self) -> None:
        """Joins what shares a title that tells, where nothing speaks against any pair of those that share it."""
        for members in self._sharing("title"):
            roots = sorted({self._root(at) for at in members})
            friends = {
                one: {other for other in roots if other == one or self._agree(one, other)} for one in roots
            }
            for one in roots:
                if len(friends[one]) > 1 and all(friends[other] == friends[one] for other in friends[one]):
                    for other in sorted(friends[one] - {one}):
                        self._join(one, other, "title")
                elif len(friends[one]) > 1:
                    ids = ", ".join(sorted({self._documents[other].id for other in friends[one]}))
                    self.warnings.append(
                        f"these have the same title but contradict each other, and were kept apart: {ids}; "
                        "say which are one with [[merge]] in curation.toml"
                    )

    def members(self) -> Iterator[tuple[list[int], str]]:
        """The groups, each with what joined it, by the first of each."""
        for at in range(len(self._parent)):
            if self._root(at) == at:
                joined_by = self._by.get(at, ())
                yield self._members(at), " + ".join(name for name in _REASONS if name in joined_by)

    def _members(self, root: int) -> list[int]:
        return self._alike.get(root, [root])

    def _traits(self, at: int) -> _Traits:
        if at not in self._held:
            self._held[at] = _traits(self._documents[at])
        return self._held[at]

    def _sharing(self, name: str) -> list[list[int]]:
        """Positions that share one trait, of one kind, notices apart; in the order of the trait."""
        found: dict[tuple[str, bool, str], list[int]] = defaultdict(list)
        for at in self._shared[name]:
            traits = self._traits(at)
            for value in traits.of(name):
                found[traits.kind, traits.notice, value].append(at)
        return [members for _, members in sorted(found.items()) if len(members) > 1]

    def _try(self, one: int, other: int, name: str) -> bool:
        """Joins two that share an identifier or a text unless a curator or their titles are against it; whether they are one."""
        one, other = self._root(one), self._root(other)
        if one == other:
            return True
        if self._kept_apart(one, other) or (name == "text" and not self._agree(one, other)):
            return False
        if name == "doi" and not self._may_share_a_doi(one, other):
            return False
        self._join(one, other, name)
        return True

    def _warn_of_a_common_doi(self, roots: Sequence[int]) -> None:
        apart = [
            at for at in roots if any(other != at and not self._kept_apart(at, other) for other in roots)
        ]
        if len(apart) > 1:
            first = self._documents[apart[0]]
            places = ", ".join(sorted({self._documents[at].origin for at in apart})[:MOST_NAMED])
            self.warnings.append(
                f"{len(apart)} records ({places}) have the DOI {first.citation.doi} but other titles or PMIDs, and were kept "
                "apart; say with [[merge]] in curation.toml if they are one"
            )

    def _may_share_a_doi(self, one: int, other: int) -> bool:
        """Whether an equal DOI tells: the abstracts of a congress all bear the DOI of its supplement.

        A PDF's title is a reader's guess, so it is not held against the DOI.
        """
        ours, theirs = self._all(one, "title"), self._all(other, "title")
        if any(alike(mine, yours) for mine in ours for yours in theirs):
            return True
        guessed = any(self._traits(at).paged for root in (one, other) for at in self._members(root))
        return self._no_conflict(one, other, "pmid") and (guessed or not ours or not theirs)

    def _agree(self, one: int, other: int) -> bool:
        """Whether two groups can be the same paper: no identifier, year or author against it, and no curator."""
        kinds = {(self._traits(at).kind, self._traits(at).notice) for at in (one, other)}
        return (
            len(kinds) == 1
            and not self._kept_apart(one, other)
            and all(self._no_conflict(one, other, name) for name in ("pmid", "doi", "year", "authors"))
        )

    def _no_conflict(self, one: int, other: int, name: str) -> bool:
        ours, theirs = self._all(one, name), self._all(other, name)
        return not ours or not theirs or not ours.isdisjoint(theirs)

    def _all(self, root: int, name: str) -> set[str]:
        return {value for at in self._members(root) for value in self._traits(at).of(name)}

    def _kept_apart(self, one: int, other: int) -> bool:
        """Whether joining would put two different documents of a keep-apart group together."""
        ours, theirs = set(self._members(one)), set(self._members(other))
        return any(group & ours and group & theirs for group in self._apart)

    def _join(self, one: int, other: int, name: str) -> None:
        one, other = sorted((self._root(one), self._root(other)))
        if one != other:
            self._parent[other] = one
            self._alike[one] = sorted(self._members(one) + self._members(other))
            self._alike.pop(other, None)
            self._by[one] |= self._by.pop(other, set())
        self._by[one].add(name)

    def _root(self, at: int) -> int:
        while self._parent[at] != at:
            self._parent[at] = self._parent[self._parent[at]]
            at = self._parent[at]
        return at


@dataclass(frozen=True, slots=True)
class _Traits:
    """What of a document can tell that it is another one; its text is told by its hash."""

    kind: Kind
    notice: bool
    paged: bool
    values: Mapping[str, tuple[str, ...]]

    def of(self, name: str) -> tuple[str, ...]:
        return self.values[name]


def _shared(documents: Sequence[Document]) -> dict[str, list[int]]:
    """The positions of the documents that may share a trait with another one, by the trait's name."""
    seen = {name: (array("q"), array("q")) for name in ("pmid", "doi", "text", "title")}
    for at, document in enumerate(documents):
        traits = _traits(document)
        for name, (hashes, places) in seen.items():
            for value in traits.of(name):
                hashes.append(hash((traits.kind, traits.notice, value)))
                places.append(at)
    found = {}
    for name, (hashes, places) in seen.items():
        alike = groupby(sorted(range(len(hashes)), key=hashes.__getitem__), key=hashes.__getitem__)
        several = (group for _, one in alike if len(group := list(one)) > 1)
        found[name] = sorted({places[at] for group in several for at in group})
    return found


def _named(documents: Sequence[Document], words: Words) -> dict[str, set[int]]:
    """The positions of the documents that a curator names, by id, PMID or DOI."""
    found: dict[str, set[int]] = {name: set() for group in (*words.together, *words.apart) for name in group}
    for at, document in enumerate(documents if found else ()):
        for name in names_of(document) & found.keys():
            found[name].add(at)
    return found


def _all_of(named: Mapping[str, set[int]], group: Iterable[str]) -> set[int]:
    return set().union(*(named[name] for name in group))


def names_of(document: Document) -> set[str]:
    """Every id by which a curator may name the document."""
    names = {document.id}
    if document.citation.pmid:
        names.add(f"pmid:{document.citation.pmid}")
    if document.citation.doi:
        names.add(f"doi:{document.citation.doi.lower()}")
    return names


def _traits(document: Document) -> _Traits:
    citation = document.citation
    title = citation.title or document.text.split("\n", 1)[0]
    plain = normalised(title)
    tells = len(plain.split()) >= FEWEST_WORDS and len(plain) >= FEWEST_CHARACTERS
    text = document.text if body_length(document) >= SHORTEST_BODY else ""
    return _Traits(
        kind=document.kind,
        notice=is_notice(document),
        paged=any(section.page is not None for section in document.sections),
        values={
            "pmid": (citation.pmid,) if citation.pmid else (),
            "doi": (citation.doi.lower(),) if citation.doi else (),
            "year": (str(citation.year),) if citation.year else (),
            "title": (plain,) if tells else (),
            "text": (hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),) if text else (),
            "authors": tuple(sorted(set(normalised(" ".join(citation.authors)).split()))),
        },
    )


def alike(one: str, other: str) -> bool:
    """Whether two normalised titles are the same but for a slip of the pen, a number before them or a subtitle after."""
    return one.startswith(other) or other.startswith(one) or fuzz.ratio(one, other) >= NEAREST


def is_notice(document: Document) -> bool:
    """Whether the document is a notice about another one: by its status, or by how its title begins."""
    title = document.citation.title or document.text.split("\n", 1)[0]
    return (
        document.status is Status.NOTICE
        or status_of_title(title) is Status.NOTICE
        or bool(_NOTICE.match(title))
    )


def normalised(title: str) -> str:
    """The title as it is compared: no marks, case, accents, signs, or publisher's "RETRACTED"."""
    bare = re.sub(r"</?[A-Za-z]{1,6}>", "", title)
    bare = _RETRACTED.sub(" ", bare)
    folded = unicodedata.normalize("NFKD", bare).casefold()
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())


def body_length(document: Document) -> int:
    """How many characters of the document are body."""
    return sum(
        section.end - section.start for section in document.sections if section.kind is SectionKind.BODY
    )
