"""Vocabulary files: the one that ships and a library's own, read, checked and laid over each other, so that what is built from it needs to check nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from corpus.errors import VocabularyError
from corpus.label import FACETS
from corpus.own_file import own_bytes
from corpus.toml_lines import toml_tables


@dataclass(frozen=True, slots=True)
class _Concept:
    """What [[concept]] may hold."""

    id: str | None = None
    facet: str | None = None
    name: str | None = None
    broader: str | None = None
    preparation: str | None = None
    source: str | None = None
    sited: bool = False


@dataclass(frozen=True, slots=True)
class _Sense:
    """What a sense of [[ambiguous]] may hold."""

    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    near: list[str] = field(default_factory=list)
    earlier: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Ambiguous:
    """What [[ambiguous]] may hold."""

    form: str | None = None
    default: str | None = None
    lower: bool = False
    window: int | None = None
    senses: dict[str, _Sense] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _File:
    """What the file may hold, as far as its kinds go; the forms of concepts are told with their concept's id."""

    words: dict[str, str] = field(default_factory=dict)
    concept: list[_Concept] = field(default_factory=list)
    ambiguous: list[_Ambiguous] = field(default_factory=list)
    never: list[dict[str, Any]] = field(default_factory=list)
    dotted: dict[str, str] = field(default_factory=dict)
    sites: dict[str, str] = field(default_factory=dict)


def read_vocabulary(extra: Path | None) -> tuple[dict[str, Any], str]:
    """The tables that ship, a library's own laid over them, with their version.

    Raises:
        VocabularyError: a file cannot be read or contradicts itself; the message names the place.
    """
    read = []
    contents = _contents(extra)
    for path, content in contents.items():
        tables = _tables(content, path)
        check_file(tables, place_of(path))
        read.append(tables)
    merged = read[0] if extra is None else _merged(*read)
    check_tree(merged["concept"], place_of(extra))
    return merged, _version(contents)


def version_of(extra: Path | None) -> str:
    """The version that `read_vocabulary` would give; nothing but the files' bytes is looked at."""
    return _version(_contents(extra))


def place_of(path: Path | None) -> str:
    """What a message calls the file; None for the one that ships."""
    return "corpus/vocabulary.toml" if path is None else str(path)


def _contents(extra: Path | None) -> dict[Path | None, bytes]:
    """The bytes of the file that ships, and of a library's own."""
    found: dict[Path | None, bytes] = {}
    for path in dict.fromkeys((None, extra)):
        try:
            shipped = files("corpus").joinpath("vocabulary.toml")
            found[path] = shipped.read_bytes() if path is None else own_bytes(path)
        except OSError as wrong:
            raise VocabularyError(_unreadable(path, wrong)) from wrong
    return found


def _version(contents: Mapping[Path | None, bytes]) -> str:
    first, *others = [hashlib.sha256(content).hexdigest() for content in contents.values()]
    for other in others:
        first = hashlib.sha256(f"{first} {other}".encode()).hexdigest()
    return first[:16]


def _tables(content: bytes, path: Path | None) -> dict[str, Any]:
    try:
        return toml_tables(content.decode("utf-8"))
    except ValueError as wrong:
        raise VocabularyError(_unreadable(path, wrong)) from wrong


def _unreadable(path: Path | None, wrong: Exception) -> str:
    return f"{place_of(path)}: cannot be read as TOML ({wrong}), so no document or question can be labelled; mend that place"


def _strings(row: Mapping[str, Any], fields: Sequence[str]) -> bool:
    return all(
        isinstance(row.get(one, []), list) and all(isinstance(word, str) for word in row.get(one, []))
        for one in fields
    )


def _check_row(row: Any, place: str, number: int) -> None:
    """Raise VocabularyError for a concept that cannot be one."""
    where = f"{place}, [[concept]] number {number}"
    if not isinstance(row, dict) or not isinstance(row.get("id"), str) or row.get("facet") not in FACETS:
        msg = f'{where}: needs "id" and a "facet" out of {", ".join(FACETS)}, so the vocabulary cannot be used; add them'
        raise VocabularyError(msg)
    if not _strings(row, ("forms", "abbreviations", "loose", "remove")):
        msg = f'{where} ("{row["id"]}"): forms, abbreviations, loose and remove are lists of strings, so its forms cannot be read; mend it'
        raise VocabularyError(msg)


def check_file(raw: Mapping[str, Any], place: str) -> None:
    """Raise VocabularyError where a table of the file is not what it must be."""
    try:
        msgspec.convert(raw, type=_File)
    except msgspec.ValidationError as wrong:
        msg = f"{place}: {wrong}, so the vocabulary cannot be used; mend that place"
        raise VocabularyError(msg) from wrong
    for number, row in enumerate(raw.get("concept", ()), start=1):
        _check_row(row, place, number)
    for row in raw.get("ambiguous", ()):
        senses = row.get("senses", {})
        if not isinstance(row.get("form"), str) or row.get("default") not in senses:
            msg = f'{place}, [[ambiguous]] "{row.get("form", "?")}": its default is none of its senses, so it cannot be decided; name one of them'
            raise VocabularyError(msg)
    for row in raw.get("never", ()):
        if not isinstance(row, dict) or "forms" not in row or not _strings(row, ("forms",)):
            msg = f"{place}, [[never]]: needs a list of forms, so it hides nothing; add it"
            raise VocabularyError(msg)


def check_tree(rows: Iterable[Mapping[str, Any]], place: str) -> None:
    """Raise VocabularyError where a concept's broader one is absent, or is below it."""
    parents = {(row["facet"], row["id"]): row.get("broader") for row in rows}
    for (facet, identifier), above in parents.items():
        seen, broader = [identifier], above
        while broader is not None:
            if (facet, broader) not in parents:
                msg = f'{place}, concept "{seen[-1]}": its broader concept "{broader}" does not exist in {facet}, so nothing can be counted below it; add it or mend the name'
                raise VocabularyError(msg)
            if broader in seen:
                msg = f'{place}, concept "{identifier}": it is broader than itself ({" > ".join([*seen, broader])}); break the circle'
                raise VocabularyError(msg)
            seen.append(broader)
            broader = parents[(facet, broader)]


def _merged(own: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """The shipped file with a library's laid over it; the library's concepts come first, so its forms win."""
    rows = {(row["facet"], row["id"]): dict(row) for row in own["concept"]}
    first: dict[tuple[str, str], dict[str, Any]] = {}
    for row in extra.get("concept", ()):
        place = (row["facet"], row["id"])
        base = first.pop(place, None) or rows.pop(place, {})
        joined = {**base, **row}
        for kind in ("forms", "abbreviations", "loose", "remove"):
            joined[kind] = [*base.get(kind, ()), *row.get(kind, ())]
        first[place] = joined
    ambiguous = {row["form"]: row for row in (*own.get("ambiguous", ()), *extra.get("ambiguous", ()))}
    return {
        "words": {**own.get("words", {}), **extra.get("words", {})},
        "concept": [*first.values(), *rows.values()],
        "ambiguous": list(ambiguous.values()),
        "never": [*own.get("never", ()), *extra.get("never", ())],
        "dotted": {**own.get("dotted", {}), **extra.get("dotted", {})},
        "sites": {**own.get("sites", {}), **extra.get("sites", {})},
    }
