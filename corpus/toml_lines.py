"""TOML from outside: its tables within bounds, and the line of a table or a key, so that a message can name it."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

_TABLE = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"\s*(?:\"([^\"]+)\"|'([^']+)'|([A-Za-z0-9_-]+))\s*[.=]")
_TRIPLE = re.compile(r'"""|\'\'\'')
_DEEPEST = 32
_WHOLE = 1 << 63


def toml_tables(text: str) -> dict[str, Any]:
    """The tables of a TOML text, its whole numbers of 64 bits (TOML asks for no more) and its nesting within bounds.

    Beyond these, Python could neither print the number nor walk the nesting.

    Raises:
        ValueError: it is not TOML, or out of bounds.
    """
    try:
        tables = tomllib.loads(text)
    except RecursionError:
        message = "it is nested too deeply"
        raise ValueError(message) from None
    level: list[Any] = [tables]
    for _ in range(_DEEPEST):
        if any(type(value) is int and not -_WHOLE <= value < _WHOLE for value in level):
            message = "a whole number has more than 64 bits"
            raise ValueError(message)
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return tables
    message = "it is nested too deeply"
    raise ValueError(message)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def line_of(text: str, key: str | None = None, *, table: str = "", number: int = 0) -> int:
    """The line, counted from 1, of a key (None: the header) in the `number`-th table of that name; 1 where it is not found.

    A key that is missing is placed at its table's header.
    """
    lines = _lines(text)
    return lines.get((table, number, key)) or lines.get((table, number, None), 1)


@lru_cache(maxsize=4)
def _lines(text: str) -> Mapping[tuple[str, int, str | None], int]:
    """The line of each header (key None) and key, the first of each; kept, since a checker asks for many of one file."""
    found: dict[tuple[str, int, str | None], int] = {}
    for line, here, times, named in _statements(text):
        found.setdefault((here, times, named), line)
    return found


def _statements(text: str) -> Iterator[tuple[int, str, int, str | None]]:
    """Each header and key: its line, its table, which table of that name it is, and the key (None: the header)."""
    seen: Counter[str] = Counter()
    here, inside = "", False
    for line, written in enumerate(text.split("\n"), start=1):
        was_inside = inside
        inside ^= len(_TRIPLE.findall(written)) % 2 == 1
        if was_inside:
            continue
        if found := _TABLE.match(written):
            here = found.group(1).strip("\"'")
            seen[here] += 1
            yield line, here, seen[here] - 1, None
        elif found := _KEY.match(written):
            yield line, here, max(seen[here] - 1, 0), next(filter(None, found.groups()))
