"""library.toml: what a curated folder says about itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn

from corpus.errors import LibraryError
from corpus.own_file import own_bytes
from corpus.toml_lines import line_of, toml_tables

NAME = "library.toml"
SOURCES = ("pubmed", "feed")
ENGINES = ("faiss", "milvus")
ARITHMETICS = ("auto", "float32", "bfloat16")


@dataclass(frozen=True, slots=True)
class Search:
    """A saved search behind the library, as `pull` runs it.

    Attributes:
        source: "pubmed" (with a query) or "feed" (with an address).
        last_run: when it last ran, as written; None: never.
        count: how many the source said it had then.
        query_translation: how PubMed understood the query.
        more: further keys, kept as they are.
    """

    name: str
    source: str
    query: str | None = None
    url: str | None = None
    last_run: str | None = None
    count: int | None = None
    query_translation: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Library:
    """A curated folder and what its library.toml says; without one, its name is the folder's.

    Attributes:
        scope: one or two sentences on what the library covers, shown with every count; empty where not stated.
        settings: the `[settings]` table, known keys checked, others kept.
        store: the `[store]` table: what holds vectors and words, checked likewise.
        ray: the `[ray]` table: how `index --ray` uses a cluster, checked likewise.
        include: patterns of files to read ("*" crosses folders); empty means all.
        exclude: patterns of files to leave out.
        vocabulary: the `[vocabulary]` table.
        warnings: keys that have no meaning, with their line.
        digest: changes when library.toml or curation.toml does.
    """

    folder: Path
    name: str
    scope: str = ""
    language: str | None = None
    searches: tuple[Search, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    store: Mapping[str, Any] = field(default_factory=dict)
    ray: Mapping[str, Any] = field(default_factory=dict)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    vocabulary: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    digest: str = ""


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(_is_text(each) for each in value)


def _is_file_name(value: object) -> bool:
    return (
        isinstance(value, str) and bool(value) and value not in (".", "..") and not set(value) & set("/\\\0")
    )


_Check = tuple[Callable[[object], bool], str]
_TEXT: _Check = (_is_text, "a text")
_TOP: dict[str, _Check] = {
    "name": _TEXT,
    "scope": _TEXT,
    "language": _TEXT,
    "include": (_are_texts, "a list of texts"),
    "exclude": (_are_texts, "a list of texts"),
    "search": (
        lambda value: isinstance(value, list) and all(map(_is_table, value)),
        "a list of [[search]] tables",
    ),
    "settings": (_is_table, "a table"),
    "store": (_is_table, "a table"),
    "ray": (_is_table, "a table"),
    "vocabulary": (_is_table, "a table"),
}
_SETTINGS: dict[str, _Check] = {
    "email": _TEXT,
    "encoder": _TEXT,
    "model": _TEXT,
    "question_model": _TEXT,
    "arithmetic": (lambda value: value in ARITHMETICS, f"one of {', '.join(ARITHMETICS)}"),
    "passage_tokens": (_is_whole, "a whole number above 0"),
    "floor": (_is_number, "a number"),
    "keep_stores": (_is_whole, "a whole number above 0"),
    "allow_private_addresses": (_is_switch, "true or false"),
    "vocabulary": (_is_file_name, "the name of a file in the library's folder"),
}
_STORE: dict[str, _Check] = {
    "engine": (lambda value: value in ENGINES, f"one of {', '.join(ENGINES)}"),
    "address": _TEXT,
    "alias": _TEXT,
    "index": _TEXT,
}
_RAY: dict[str, _Check] = {
    "shards": _TEXT,
    "workers": (_is_whole, "a whole number above 0"),
    "threads": (_is_whole, "a whole number above 0"),
}
_SEARCH: dict[str, _Check] = {
    "name": _TEXT,
    "source": (lambda value: value in SOURCES, f"one of {', '.join(SOURCES)}"),
    "query": _TEXT,
    "url": _TEXT,
    "count": (_is_count, "a whole number"),
    "query_translation": _TEXT,
}


def starter_library() -> Path:
    """The folder of the library that ships with firstpass."""
    return Path(str(files("corpus") / "starter"))


def open_library(folder: Path) -> Library:
    """The library in this folder.

    Raises:
        LibraryError: there is no such folder, or its library.toml is wrong; the line and the cure are named.
    """
    if not folder.is_dir():
        msg = f'"{folder}" is no folder, so no library can be read from it; name the folder that holds {NAME}'
        raise LibraryError(msg)
    folder = folder.resolve()
    content = _bytes(folder / NAME)
    digest = hashlib.sha256()
    for part in (content, _bytes(folder / "curation.toml")):
        digest.update(len(part).to_bytes(8, "big") + part)
    try:
        text = content.decode("utf-8-sig")
        tables = toml_tables(text)
    except ValueError as error:  # no UTF-8 either
        msg = f"{folder / NAME} is not TOML ({error}), so the library cannot be read; mend that line"
        raise LibraryError(msg) from error
    return _Checked(folder, text).library(tables, digest.hexdigest()[:16])


def _bytes(path: Path) -> bytes:
    """The file's bytes; none where there is no file."""
    try:
        return own_bytes(path)
    except FileNotFoundError:
        return b""
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror}), so the library cannot be; mend its permissions"
        raise LibraryError(msg) from error


class _Checked:
    """Checks the tables of one library.toml; it keeps the text, to say in which line something stands."""

    def __init__(self, folder: Path, text: str) -> None:
        self._folder = folder
        self._text = text
        self._warnings: list[str] = []

    def library(self, tables: Mapping[str, Any], digest: str) -> Library:
        """The library, or the first thing that is wrong."""
        self._check(tables, _TOP)
        self._warn_unknown(tables, _TOP, "")
        settings = tables.get("settings", {})
        self._check(settings, _SETTINGS, table="settings")
        self._warn_unknown(settings, _SETTINGS, "settings")
        store, ray = tables.get("store", {}), tables.get("ray", {})
        for name, entry, checks in (("store", store, _STORE), ("ray", ray, _RAY)):
            self._check(entry, checks, table=name)
            self._warn_unknown(entry, checks, name)
        searches = tuple(self._search(number, entry) for number, entry in enumerate(tables.get("search", ())))
        return Library(
            folder=self._folder,
            name=tables.get("name", self._folder.name),
            scope=" ".join(tables.get("scope", "").split()),
            language=tables.get("language"),
            searches=searches,
            settings=settings,
            store=store,
            ray=ray,
            include=tuple(tables.get("include", ())),
            exclude=tuple(tables.get("exclude", ())),
            vocabulary=tables.get("vocabulary", {}),
            warnings=tuple(self._warnings),
            digest=digest,
        )

    def _search(self, number: int, entry: Mapping[str, Any]) -> Search:
        self._check(entry, _SEARCH, table="search", number=number)
        for key in ("name", "source"):
            if key not in entry:
                self._refuse(
                    line_of(self._text, table="search", number=number), f"does not say '{key}'", "add it"
                )
        needed = "query" if entry["source"] == "pubmed" else "url"
        if needed not in entry:
            line = line_of(self._text, table="search", number=number)
            self._refuse(line, f"a search of {entry['source']} needs '{needed}'", "add it")
        known: dict[str, Any] = {key: entry.get(key) for key in _SEARCH}
        last_run = entry.get("last_run")
        more = {key: value for key, value in entry.items() if key not in {*_SEARCH, "last_run"}}
        return Search(**known, last_run=None if last_run is None else str(last_run), more=more)

    def _check(
        self, entry: Mapping[str, Any], checks: Mapping[str, _Check], *, table: str = "", number: int = 0
    ) -> None:
        for key, (passes, wanted) in checks.items():
            if key in entry and not passes(entry[key]):
                line = line_of(self._text, key, table=table, number=number)
                self._refuse(line, f"'{key}' must be {wanted}", f"it is {repr(entry[key])[:200]} now")

    def _warn_unknown(self, entry: Mapping[str, Any], known: Mapping[str, _Check], table: str) -> None:
        for key, value in entry.items():
            if key not in known:
                is_table = not table and isinstance(value, dict | list)
                line = line_of(self._text, table=key) if is_table else line_of(self._text, key, table=table)
                where = f" of [{table}]" if table else ""
                self._warnings.append(f"{NAME}, line {line}: the key '{key}'{where} has no meaning here")

    def _refuse(self, line: int, problem: str, cure: str) -> NoReturn:
        msg = f"{self._folder / NAME}, line {line}: {problem}, so the library cannot be read; {cure}"
        raise LibraryError(msg)
