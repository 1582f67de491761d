"""Ellipsis: "adipose vs bone marrow MSC" names two products; the word that they share is written after each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from assistant.cues import lists


def shared(text: str) -> Iterator[tuple[int, int, str]]:
    """Where the shared word is left out: (place, place, what is put in there), in the order of the text."""
    for match in _left_out().finditer(text):
        yield match.end(), match.end(), f" {match['head']}"


@cache
def _left_out() -> re.Pattern[str]:
    """A source of cells that further sources follow, the last with the word for cells."""
    rules = lists()["ellipsis"]
    source, between, heads = ("|".join(rules[name]) for name in ("sources", "between", "heads"))
    named = rf"(?:{source})(?:[\s-]*derived)?"
    return re.compile(
        rf"(?<![a-z0-9]){named}-?(?=(?:(?:{between}){named})+[\s-]+(?P<head>{heads})(?![a-z0-9]))",
        re.IGNORECASE,
    )
