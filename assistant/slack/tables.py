"""Tables: counts in columns that a phone shows without scrolling sideways."""

from __future__ import annotations

from collections.abc import Sequence

from assistant import wording
from assistant.answer import PartAnswer
from assistant.evidence import Count, Rung
from assistant.wording import say

ROWS = 24
NAME = 11
COLUMNS = (6, 4, 7, 9)
"""Widths of the tables' columns: 37 characters in all, what a phone shows without scrolling sideways."""

Row = tuple[str, tuple[str, ...]]


def counted(part: PartAnswer) -> list[Row]:
    """The rows of a table about the corpus."""
    rows = [(name, ("", *(str(n) for n in numbers))) for name, *numbers in part.table[:ROWS]]
    return [(name, (figures[1], "", *figures[2:])) for name, figures in rows]


def rung_row(rung: Rung) -> Row:
    """The studies of a rung by species."""
    count = rung.count
    groups = count.by_group
    return facets_named(rung.dropped), (
        str(groups["human"]),
        _trials(count),
        str(groups["animal"]),
        str(groups["in-vitro"]),
    )


def _trials(count: Count) -> str:
    return str(count.by_design.get("rct", 0)) if count.by_group["human"] else "0"


def facets_named(dropped: tuple[str, ...]) -> str:
    """The facets that a rung lets go."""
    return " + ".join(wording.FACET_NAMES[facet] for facet in dropped)


def counts_table(title: str, rows: Sequence[Row]) -> str:
    """Rows of counts in columns; a name too long for its column has a line of its own."""
    heads = tuple(say("slack-columns").split("|"))
    if all(not figures[1] for _, figures in rows):
        heads = (heads[0], "", *heads[2:])
    lines = [*([title] if title else []), " " * NAME + _figures(heads)]
    for name, figures in rows:
        fits = len(name) <= NAME
        lines += [f"{name:{NAME}}{_figures(figures)}"] if fits else [name, " " * NAME + _figures(figures)]
    return "\n".join(one.rstrip() for one in lines)


def _figures(figures: tuple[str, ...]) -> str:
    return "".join(f"{figure:>{wide}}" for figure, wide in zip(figures, COLUMNS, strict=True))
