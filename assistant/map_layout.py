"""Layout of the map's picture: every text and shape with its place, before it becomes SVG or PNG."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.evidence import Count
from assistant.map import GapMap, Line
from assistant.map_shown import shown_lines, species_groups
from assistant.wording import say

MARGIN, PAD = 24.0, 5.0
TITLE, TEXT, SMALL = 24.0, 14.0, 11.0
CELL = 40.0
LEAST, MOST = 9.0, 19.0  # the radius of the mark of one study, and of the most studies
LARGE = 25  # where the most are fewer, the largest mark stays smaller: two studies are not many
LETTER = 0.6  # the width of a letter in ems, taken wide: whose font draws the SVG is not known here
CIRCLE = 48  # so many corners look round


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a place: `anchor` is "start", "middle" or "end"; `up` is True where they run upwards."""

    x: float
    y: float
    words: str
    size: float = TEXT
    ink: str = "ink"
    anchor: str = "start"
    up: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A closed line through points: `fill` and `edge` are names of colours, empty for none."""

    points: tuple[tuple[float, float], ...]
    fill: str = ""
    edge: str = ""
    width: float = 1.0
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn, in its order."""

    width: float
    height: float
    title: str
    parts: tuple[Text | Shape, ...]


def lay_out(drawn: GapMap) -> Picture:
    """The picture of a map by species; rows and columns without a study are left out unless asked, and that is said."""
    return _Layout(drawn).picture()


class _Layout:
    """One picture while its places are found."""

    def __init__(self, drawn: GapMap) -> None:
        self._drawn = drawn
        self._rows = _shown(drawn.rows)
        self._columns = _shown(drawn.columns)
        self._groups = species_groups()
        counts = [drawn.cell(row, column) for row in self._rows for column in self._columns]
        counts += [count for _, count in drawn.routes]
        self._most = max((n for count in counts for n in count.by_group.values()), default=1)
        self._heights = [
            max([CELL, *(self._size(drawn.cell(row, column))[1] for column in self._columns)])
            for row in self._rows
        ]
        self._widths = [
            max([CELL, *(self._size(drawn.cell(row, column))[0] for row in self._rows)])
            for column in self._columns
        ]

    def picture(self) -> Picture:
        lines = [*shown_lines(self._drawn), *self._left_out(), say("map-zero"), say("map-size-of-mark")]
        title = say("map-title", library=self._drawn.stamp.library)
        names = [_width(self._indented(row), TEXT) for row in self._rows]
        names += [_width(line.name, TEXT) for line, _ in self._drawn.routes]
        left = MARGIN + max(names, default=0) + 3 * PAD
        grid = left + sum(self._widths) + MARGIN
        width = max(grid, 960.0)
        head = [line for one in lines for line in _wrapped(one, width - 2 * MARGIN, TEXT)]
        parts: list[Text | Shape] = [Text(MARGIN, MARGIN + TITLE, title, TITLE)]
        y = MARGIN + TITLE + 10
        for line in head:
            y += TEXT * 1.4
            parts.append(Text(MARGIN, y, line, TEXT, "soft"))
        y += 34
        parts += self._legend(y)
        labels = [_width(self._drawn.columns[column].name, TEXT) for column in self._columns]
        y += 30 + max(labels, default=0)
        parts += self._grid(left, y)
        y += sum(self._heights)
        if self._drawn.routes:
            y += 2 * MARGIN
            parts += self._routes(left, y)
            y += PAD + sum(self._size(count)[1] for _, count in self._drawn.routes)
        return Picture(width, y + MARGIN, title, tuple(parts))

    def _routes(self, left: float, y: float) -> Iterator[Text | Shape]:
        """For a question: one row for each route, with all else as asked."""
        shown = self._drawn.routes
        yield Text(MARGIN, y - PAD, say("map-routes"))
        y += PAD
        width = max((self._size(count)[0] for _, count in shown), default=CELL)
        for line, count in shown:
            height = self._size(count)[1]
            yield Text(MARGIN, y + height / 2 + TEXT / 3, line.name, TEXT, _ink(line))
            yield from self._filled(count, (left, y), (width, height))
            if line.asked:
                yield Shape(_box(left + 1.5, y + 1.5, width - 3, height - 3), "", "asked", 2.5)
            y += height

    def _left_out(self) -> list[str]:
        rows = len(self._drawn.rows) - len(self._rows)
        columns = len(self._drawn.columns) - len(self._columns)
        return [say("map-not-drawn", rows=rows, columns=columns)] if rows or columns else []

    def _indented(self, row: int) -> str:
        line = self._drawn.rows[row]
        return "   " * line.depth + line.name

    def _legend(self, y: float) -> Iterator[Text | Shape]:
        x = MARGIN + LEAST
        for group in self._groups:
            yield from _mark(group, LEAST + 1, "n", (x, y))
            words = say("map-legend", letter=group["letter"], name=group["name"])
            yield Text(x + 2 * LEAST, y + 5, words)
            x += _width(words, TEXT) + 5 * LEAST

    def _grid(self, left: float, top: float) -> Iterator[Text | Shape]:
        x = left
        for place, width in zip(self._columns, self._widths, strict=True):
            line = self._drawn.columns[place]
            yield Text(x + width / 2 + TEXT / 3, top - PAD, line.name, TEXT, _ink(line), up=True)
            x += width
        y = top
        for row, height in zip(self._rows, self._heights, strict=True):
            line = self._drawn.rows[row]
            indent = _width("   " * line.depth, TEXT)
            yield Text(MARGIN + indent, y + height / 2 + TEXT / 3, line.name, TEXT, _ink(line))
            x = left
            for column, width in zip(self._columns, self._widths, strict=True):
                yield from self._filled(self._drawn.cell(row, column), (x, y), (width, height))
                x += width
            y += height
        yield from self._frames(left, top)

    def _filled(
        self, count: Count, at: tuple[float, float], size: tuple[float, float]
    ) -> Iterator[Text | Shape]:
        (x, y), (width, height) = at, size
        fill = "" if count.studies else "empty"
        yield Shape(_box(x, y, width, height), fill, "line")
        if not count.studies:
            yield Text(x + width / 2, y + height / 2 + TEXT / 3, "0", TEXT, "soft", "middle")
            return
        held = [(group, count.by_group[group["id"]]) for group in self._groups]
        held = [(group, number) for group, number in held if number]
        here = x + (width - self._size(count)[0]) / 2 + PAD
        for group, number in held:
            radius = self._radius(number)
            yield from _mark(group, radius, str(number), (here + radius * 1.25, y + height / 2 - 4))
            here += radius * 2.5 + PAD

    def _frames(self, left: float, top: float) -> Iterator[Shape]:
        """A frame around every cell that the question names, over the lines of the grid."""
        for row, column, box in self._boxes(left, top):
            lines = self._drawn.rows[row], self._drawn.columns[column]
            named = (
                any(line.asked for line in self._drawn.rows),
                any(line.asked for line in self._drawn.columns),
            )
            fits = all(line.asked or not is_named for line, is_named in zip(lines, named, strict=True))
            if any(named) and fits:
                x, y, width, height = box
                yield Shape(_box(x + 1.5, y + 1.5, width - 3, height - 3), "", "asked", 2.5)

    def _boxes(self, left: float, top: float) -> Iterator[tuple[int, int, tuple[float, float, float, float]]]:
        y = top
        for row, height in zip(self._rows, self._heights, strict=True):
            x = left
            for column, width in zip(self._columns, self._widths, strict=True):
                yield row, column, (x, y, width, height)
                x += width
            y += height

    def _radius(self, number: int) -> float:
        wide = max(0, len(str(number)) - 2) * 2.5
        grown = math.sqrt((number - 1) / (max(LARGE, self._most) - 1)) if number > 1 else 0.0
        return max(LEAST + wide, LEAST + (MOST - LEAST) * grown)

    def _size(self, count: Count) -> tuple[float, float]:
        radii = [self._radius(number) for number in count.by_group.values() if number]
        if not radii:
            return CELL, CELL
        return sum(radius * 2.5 + PAD for radius in radii) + PAD, max(radii) * 2.3 + SMALL + 2 * PAD


def _shown(lines: tuple[Line, ...]) -> list[int]:
    return [place for place, line in enumerate(lines) if line.studies or line.asked]


def _ink(line: Line) -> str:
    return "asked" if line.asked else "ink" if line.studies else "soft"


def _mark(
    group: dict[str, Any], radius: float, words: str, at: tuple[float, float]
) -> Iterator[Text | Shape]:
    x, y = at
    points = tuple((x + dx * radius, y + dy * radius) for dx, dy in outline(group["shape"]))
    full = group["style"] == "full"
    dashes = {"dashed": (4.0, 2.0), "dotted": (1.5, 2.0)}.get(group["style"], ())
    fill = "deep" if full else "paper" if group["style"] == "dotted" else "mark"
    yield Shape(points, fill, "deep", 1.5, dashes)
    yield Text(x, y + 4, words, SMALL + 1, "paper" if full else "ink", "middle")
    yield Text(x, y + radius * 1.15 + SMALL - 1, group["letter"], SMALL - 1, "soft", "middle")


def outline(shape: str) -> tuple[tuple[float, float], ...]:
    """The corners of a shape around 0, for a mark of radius 1; as the page draws them."""
    if shape == "square":
        return _box(-0.9, -0.9, 1.8, 1.8)
    if shape == "pill":
        half = _ring(CIRCLE, 0.8, 0.0)
        return tuple((x + math.copysign(0.35, x), y) for x, y in half)
    corners, radius, first = {
        "hexagon": (6, 1.1, 0.0),
        "octagon": (8, 1.05, math.pi / 8),
        "diamond": (4, 1.25, 0.0),
    }.get(shape, (CIRCLE, 1.0, 0.0))
    return _ring(corners, radius, first)


def _ring(corners: int, radius: float, first: float) -> tuple[tuple[float, float], ...]:
    angles = [first + number * 2 * math.pi / corners for number in range(corners)]
    return tuple((radius * math.cos(angle), radius * math.sin(angle)) for angle in angles)


def _box(x: float, y: float, width: float, height: float) -> tuple[tuple[float, float], ...]:
    return (x, y), (x + width, y), (x + width, y + height), (x, y + height)


def _width(words: str, size: float) -> float:
    return len(words) * size * LETTER


def _wrapped(words: str, width: float, size: float) -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
