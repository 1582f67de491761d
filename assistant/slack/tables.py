"""Tables: counts in columns that a phone shows without scrolling sideways."""

from __future__ import annotations

from collections.abc import Sequence

from assistant import wording
from assistant.answer import PartAnswer
from assistant.evidence import Count, Rung
from assistant.slack.budget import Block, shorten
from assistant.slack.pieces import leaf, line, listed, words
from assistant.wording import say

ROWS = 12
NAMES, GAPS = 240, 900
"""Characters of the line that names what has no study; where gaps were asked for, it is the answer."""
NAME = 11
COLUMNS = (6, 4, 7, 9)
"""Widths of the tables' columns: 37 characters in all, what a phone shows without scrolling sideways."""

Row = tuple[str, tuple[str, ...]]


def counted(part: PartAnswer) -> list[Block]:
    """A table about the corpus as a list: names with their studies by species, then, in one line, those without any."""
    some = [one for one in part.table if any(one[1:])]
    none = [name for name, *numbers in part.table if not any(numbers)]
    lines = [line([leaf(name, bold=True), leaf(f": {_groups(numbers)}")]) for name, *numbers in some[:ROWS]]
    left = len(some) - len(lines)
    rest = [say("slack-more-rows", count=left)] if left else []
    rest += [say("slack-zero-rows", names=", ".join(none))] if none else []
    return [
        *([listed(lines)] if lines else []),
        line([leaf(shorten("\n".join(rest), GAPS if part.part.about == "gaps" else NAMES))]),
    ]


def counted_lines(part: PartAnswer) -> list[str]:
    """The same without markup."""
    return [words(one) for one in counted(part) if one["elements"]]


def _groups(numbers: Sequence[int]) -> str:
    groups = zip(("human", "animal", "in-vitro"), numbers, strict=True)
    return " · ".join(say(group, count=count) for group, count in groups)


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
    lines = [*([title] if title else []), " " * NAME + _figures(heads)]
    for name, figures in rows:
        fits = len(name) <= NAME
        lines += [f"{name:{NAME}}{_figures(figures)}"] if fits else [name, " " * NAME + _figures(figures)]
    return "\n".join(one.rstrip() for one in lines)


def _figures(figures: tuple[str, ...]) -> str:
    return "".join(f"{figure:>{wide}}" for figure, wide in zip(figures, COLUMNS, strict=True))
