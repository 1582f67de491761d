"""Where a TOML file says something: the line of a table or a key, so that a message can name it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

_TABLE = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"\s*(?:\"([^\"]+)\"|'([^']+)'|([A-Za-z0-9_-]+))\s*[.=]")
_TRIPLE = re.compile(r'"""|\'\'\'')


def line_of(text: str, key: str | None = None, *, table: str = "", number: int = 0) -> int:
    """The line, counted from 1, of a key (None: the header) in the `number`-th table of that name; 1 where it is not found.

    A key that is missing is placed at its table's header.
    """
    header = 1
    for line, here, times, named in _statements(text):
        if (here, times) == (table, number):
            if named == key:
                return line
            if named is None:
                header = line
    return header


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
