"""curation.toml: a curator's word on documents, with who, when and why: labels, statuses, what is out, who is who.

[[override]]            # a label, or the status, of one document
document = "pmid:19099374"
facet = "route"         # a facet's name, or "status"
values = ["intravenous"]
who = "…"
when = 2026-11-24
why = "…"

[[exclude]]             # document, who, when, why: left out of the library
[[merge]]               # documents = [id, id, …], who, when, why: these are one
[[keep_apart]]          # documents = [id, id, …], who, when, why: these are not one
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any, NoReturn

from corpus.document import CuratorWord, Document, Status
from corpus.errors import LibraryError
from corpus.label import FACETS
from corpus.own_file import own_bytes
from corpus.reading import Problem
from corpus.same import Words, names_of
from corpus.spool import Made, Ordered
from corpus.toml_lines import line_of, toml_tables

NAME = "curation.toml"
STATUS = "status"
_SIGNED = ("who", "when", "why")
_TABLES = {
    "override": ("document", "facet", "values", *_SIGNED),
    "exclude": ("document", *_SIGNED),
    "merge": ("documents", *_SIGNED),
    "keep_apart": ("documents", *_SIGNED),
}


@dataclass(frozen=True, slots=True)
class Override:
    """One `[[override]]`: the document as the curator names it, the word, and the line it stands in."""

    document: str
    word: CuratorWord
    line: int


@dataclass(frozen=True, slots=True)
class Exclude:
    """One `[[exclude]]`: a document that is left out, by whom, when and why."""

    document: str
    who: str
    when: str
    why: str
    line: int


@dataclass(frozen=True, slots=True)
class Curation:
    """What curation.toml says; empty where there is none.

    Attributes:
        words: which documents are one, and which are not.
        named: every (document id, line) of the words, so that an unknown one is found.
    """

    overrides: tuple[Override, ...] = ()
    excludes: tuple[Exclude, ...] = ()
    words: Words = field(default_factory=Words)
    named: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Curated:
    """The documents after the curator's word, and the words that named no document."""

    documents: Sequence[Document]
    problems: tuple[Problem, ...] = ()
    excluded: tuple[str, ...] = ()


def read_curation(path: Path) -> Curation:
    """What the file says; an empty curation where there is no such file.

    Raises:
        LibraryError: a word cannot be taken as it stands; the line and the cure are named. None is taken then: a
            label or a retraction that was misspelt must not pass unseen.
    """
    try:
        text = own_bytes(path).decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        return Curation()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{NAME} cannot be read ({error}), so no curator's word holds; mend the file or its permissions"
        raise LibraryError(msg) from error
    try:
        tables = toml_tables(text)
    except ValueError as error:
        msg = f"{NAME} is not TOML ({error}), so no curator's word holds; mend that line"
        raise LibraryError(msg) from error
    return _Reader(text).curation(tables)


def curate(documents: Sequence[Document], curation: Curation, *, same: Mapping[str, str]) -> Curated:
    """The documents with the curator's word on each, those left out removed; each is made when it is asked for.

    Args:
        documents: each source once.
        curation: what curation.toml says.
        same: ids that went into another document, and the id it has.
    """
    ids = [document.id for document in documents]
    order = sorted(range(len(ids)), key=ids.__getitem__)
    said = (
        *((override.document, override.line) for override in curation.overrides),
        *((exclude.document, exclude.line) for exclude in curation.excludes),
        *curation.named,
    )
    known = _known(Ordered(documents, order), {name for name, _ in said}, set(ids), same)
    problems = [_unknown(name, line) for name, line in said if name not in known]
    words: dict[str, list[CuratorWord]] = {}
    for override in curation.overrides:
        if (id_ := known.get(override.document)) is not None:
            words.setdefault(id_, []).append(override.word)
    excluded = {known[one.document] for one in curation.excludes if one.document in known}
    kept = [at for at in order if ids[at] not in excluded]

    def curated(place: int) -> Document:
        return reduce(overridden, words.get(ids[kept[place]], ()), documents[kept[place]])

    return Curated(Made(len(kept), curated), tuple(problems), tuple(sorted(excluded)))


def _known(
    documents: Sequence[Document], said: set[str], ids: set[str], same: Mapping[str, str]
) -> dict[str, str]:
    """The ids of the documents that a curator names, by what they are named."""
    known = {name: same[name] for name in said if name in same}
    for document in reversed(documents) if said - ids else ():
        known |= dict.fromkeys((names_of(document) & said) - ids, document.id)
    return known | {name: name for name in said if name in ids}


def overridden(document: Document, word: CuratorWord) -> Document:
    """The document with the curator's word in place of any earlier one on the same facet; a status is set."""
    others = tuple(earlier for earlier in document.curator if earlier.facet != word.facet)
    curator = tuple(sorted((*others, word), key=lambda one: one.facet))
    if word.facet == STATUS:
        return replace(document, curator=curator, status=Status(word.values[0]))
    return replace(document, curator=curator)


def _unknown(name: str, line: int) -> Problem:
    return Problem(
        f"{NAME}, line {line}",
        f"no document of this library is {name}, so the word on it holds for nothing",
        "mend the id (firstpass show lists what is known), or take the entry out",
    )


class _Reader:
    """Checks the tables of one file; it keeps the text, to say in which line something stands."""

    def __init__(self, text: str) -> None:
        self._text = text

    def curation(self, tables: Mapping[str, Any]) -> Curation:
        """The curation, or the first thing that is wrong."""
        for name, entries in tables.items():
            if name not in _TABLES:
                self._refuse(
                    line_of(self._text, table=name), f"has no meaning for '{name}'", f"use {_listed(_TABLES)}"
                )
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                line = line_of(self._text, table=name)
                self._refuse(line, f"'{name}' is no list of tables", f"write [[{name}]] above each entry")
            for number, entry in enumerate(entries):
                self._check_keys(name, number, entry)
        overrides = tuple(
            self._override(number, entry) for number, entry in enumerate(tables.get("override", ()))
        )
        self._refuse_doubles(overrides)
        excludes = tuple(
            self._exclude(number, entry) for number, entry in enumerate(tables.get("exclude", ()))
        )
        together, apart = (self._groups(name, tables.get(name, ())) for name in ("merge", "keep_apart"))
        named = tuple((id_, line) for ids, line in (*together, *apart) for id_ in ids)
        words = Words(tuple(ids for ids, _ in together), tuple(ids for ids, _ in apart))
        return Curation(overrides, excludes, words, named)

    def _check_keys(self, name: str, number: int, entry: Mapping[str, Any]) -> None:
        for key in entry:
            if key not in _TABLES[name]:
                line = line_of(self._text, key, table=name, number=number)
                self._refuse(line, f"[[{name}]] has no key '{key}'", f"its keys are {_listed(_TABLES[name])}")
        for key in _TABLES[name]:
            if key not in entry:
                line = line_of(self._text, table=name, number=number)
                self._refuse(
                    line, f"[[{name}]] does not say '{key}'", "add it; every word is signed and dated"
                )

    def _override(self, number: int, entry: Mapping[str, Any]) -> Override:
        facet = self._string("override", number, entry, "facet")
        if facet not in (*FACETS, STATUS):
            line = line_of(self._text, "facet", table="override", number=number)
            self._refuse(line, f"there is no facet '{facet}'", f"use one of {_listed((*FACETS, STATUS))}")
        values = self._strings("override", number, entry, "values")
        if facet == STATUS and (len(values) != 1 or values[0] not in tuple(Status)):
            line = line_of(self._text, "values", table="override", number=number)
            self._refuse(line, "a status is exactly one word", f"use one of {_listed(Status)}")
        word = CuratorWord(facet, tuple(sorted(set(values))), *self._signed("override", number, entry))
        document = self._string("override", number, entry, "document")
        return Override(document, word, line_of(self._text, table="override", number=number))

    def _refuse_doubles(self, overrides: Iterable[Override]) -> None:
        """Two words on one facet of one document contradict each other, and neither is to be guessed."""
        seen: dict[tuple[str, str], int] = {}
        for one in overrides:
            key = (one.document, one.word.facet)
            if key in seen:
                problem = f"{one.document} has a word on {one.word.facet} already, in line {seen[key]}"
                self._refuse(one.line, problem, "keep one of the two")
            seen[key] = one.line

    def _exclude(self, number: int, entry: Mapping[str, Any]) -> Exclude:
        who, when, why = self._signed("exclude", number, entry)
        line = line_of(self._text, table="exclude", number=number)
        return Exclude(self._string("exclude", number, entry, "document"), who, when, why, line)

    def _groups(self, name: str, entries: Iterable[Mapping[str, Any]]) -> list[tuple[tuple[str, ...], int]]:
        groups = []
        for number, entry in enumerate(entries):
            ids = self._strings(name, number, entry, "documents")
            line = line_of(self._text, table=name, number=number)
            if len(set(ids)) < 2:  # noqa: PLR2004 - one document is no group
                self._refuse(line, "'documents' names fewer than two", "name at least two ids")
            self._signed(name, number, entry)
            groups.append((ids, line))
        return groups

    def _signed(self, name: str, number: int, entry: Mapping[str, Any]) -> tuple[str, str, str]:
        when = entry["when"]
        if not isinstance(when, date):
            try:
                when = date.fromisoformat(self._string(name, number, entry, "when"))
            except ValueError:
                line = line_of(self._text, "when", table=name, number=number)
                self._refuse(line, "'when' is no date", "write it as 2026-11-24")
        who, why = (self._string(name, number, entry, key) for key in ("who", "why"))
        return who, when.isoformat(), why

    def _string(self, name: str, number: int, entry: Mapping[str, Any], key: str) -> str:
        value = entry[key]
        if not isinstance(value, str) or not value.strip():
            line = line_of(self._text, key, table=name, number=number)
            self._refuse(line, f"'{key}' is no text", f'write it as {key} = "…"')
        return " ".join(value.split())

    def _strings(self, name: str, number: int, entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = entry[key]
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(each, str) and each.strip() for each in value)
        ):
            line = line_of(self._text, key, table=name, number=number)
            self._refuse(line, f"'{key}' is no list of texts", f'write it as {key} = ["…"]')
        return tuple(each.strip() for each in value)

    def _refuse(self, line: int, problem: str, cure: str) -> NoReturn:
        msg = f"{NAME}, line {line}: {problem}, so no curator's word holds; {cure}"
        raise LibraryError(msg)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
