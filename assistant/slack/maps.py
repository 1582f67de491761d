"""Maps: the evidence gap map of a question as a picture in its thread, once; in words where Slack lets no picture be posted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant import wording
from assistant.map import COLUMNS, ROWS, Cell, GapMap, Line, draw
from assistant.map_picture import png
from assistant.map_shown import shown_lines
from assistant.slack.announcements import Announcement
from assistant.slack.budget import HEADER, Block, escape, shorten, units
from assistant.slack.files import ALT, Files, Picture, Spot
from assistant.slack.given import read_part
from assistant.slack.logs import log
from assistant.slack.note import Note, notification
from assistant.slack.pieces import context, leaf, line, listed, rich, section
from assistant.slack.responder import Parts
from assistant.slack.sending import Refused, Unsure
from assistant.wording import say

NAME = "evidence-gap-map.png"
TRIES = 3
"""Tries to post a picture, after which the map is told in words."""
CELLS = 8
"""Cells, and routes, that are told in words."""
LINE = 500
"""Characters of one line above a picture."""
NAMES = 900
"""Characters of the names of what has no study."""


class Maps:
    """Posts maps."""

    def __init__(self, parts: Parts, files: Files) -> None:
        """Post with these parts."""
        self._parts = parts
        self._files = files

    def look(self) -> None:
        """Nothing: a map is asked for."""

    def tell(self, announcement: Announcement) -> None:
        """Post one map: as a picture, else in words; nothing where the question was deleted meanwhile."""
        if self._parts.given.find(announcement.about["answer"]) is None:
            return
        sources = self._parts.answering.sources
        part = read_part(announcement.about["part"])
        asked = part if any(part.facets.values()) else None
        drawn = draw(sources.store, sources.vocabulary, sources.stamp, asked)
        try:
            self._share(announcement, drawn)
        except Refused as refused:
            log.warning("no picture in %s (%s); told in words", announcement.channel, refused.code)
        except Unsure as unsure:
            if not unsure.denied or announcement.tries < TRIES:
                raise
            log.warning("no picture in %s after %d tries; told in words", announcement.channel, TRIES)
        else:
            return
        self._parts.announcements.posting(announcement)
        words = map_message(drawn)
        self._parts.delivery.post(announcement.channel, announcement.thread, words, announcement.key)

    def _share(self, announcement: Announcement, drawn: GapMap) -> None:
        picture = map_picture(drawn)

        def posting(file: str) -> None:
            self._parts.announcements.posting(announcement, file=file)

        self._files.share(Spot(announcement.channel, announcement.thread), picture, posting)


def map_picture(drawn: GapMap) -> Picture:
    """The picture of a map, with what is said above it and what a screen reader says in its place."""
    title = say("map-title", library=drawn.stamp.library)
    comment = [shorten(one, LINE) for one in (title, *shown_lines(drawn), say("map-zero"))]
    return Picture(
        name=NAME,
        title=shorten(title, HEADER),
        alt=_within(ALT, [title, *_asked(drawn), _size(drawn), *_routes(drawn), *_cells(drawn)]),
        comment=escape("\n".join(comment)),
        data=png(drawn),
    )


def map_message(drawn: GapMap) -> Note:
    """The map in words: how large it is, the cells with most studies, what has none."""
    title = say("map-title", library=drawn.stamp.library)
    told = list(_cells(drawn))
    cells, left = told[:CELLS], len(told) - CELLS
    facts = [*_asked(drawn), _size(drawn), say("map-zero"), say("map-reading")]
    routes = list(_routes(drawn))
    rest = [say("slack-map-more", count=left)] if left > 0 else []
    rest += [shorten(one, NAMES) for one in _without(drawn)]
    footer = wording.footer(drawn.stamp)
    blocks: list[Block] = [
        rich(
            "map-title", [line([leaf(title, bold=True)]), line([leaf(say("slack-map-words"), italic=True)])]
        ),
        rich("map-facts", [line([leaf("\n".join(facts))])]),
        rich("map-routes", [listed(line([leaf(one)]) for one in routes)]),
        rich("map-cells", [listed(line([leaf(one)]) for one in cells)]),
        *(rich(f"map-rest-{at}", [line([leaf(one)])]) for at, one in enumerate(rest)),
        context("map-footer", [footer]),
    ]
    lines = [title, say("slack-map-words"), *facts, *routes, *cells, *rest, footer]
    return Note(
        text=notification([title, *facts]),
        blocks=[one for one in blocks if one["elements"]],
        simpler=[section(f"map-{at}", one) for at, one in enumerate(lines)],
        plain=escape("\n".join(lines)),
    )


def _asked(drawn: GapMap) -> Iterator[str]:
    """What a question's map is of, and how many studies are inside; nothing for the map of everything."""
    if drawn.facets is None:
        return
    yield say("map-asked", facets=drawn.facets)
    studies, counts = drawn.stamp.studies, wording.groups(drawn.total)
    yield say("map-total", count=drawn.total.studies, studies=studies, counts=counts)


def _routes(drawn: GapMap) -> Iterator[str]:
    """For a question, what it asks for by each route."""
    if drawn.routes:
        yield say("map-routes")
    for route, count in drawn.routes[:CELLS]:
        yield say("slack-map-route", route=route.name, counts=wording.groups(count))


def _drawn(lines: Iterable[Line]) -> list[int]:
    """The places of the rows or columns that the picture has."""
    return [place for place, one in enumerate(lines) if one.studies or one.asked]


def _size(drawn: GapMap) -> str:
    rows, columns = _drawn(drawn.rows), _drawn(drawn.columns)
    empty = sum(not drawn.cell(row, column).studies for row in rows for column in columns)
    return say("map-size", rows=len(rows), columns=len(columns), empty=empty, cells=len(rows) * len(columns))


def _cells(drawn: GapMap) -> Iterator[str]:
    """The cells with studies in words: those that the question names first, then those with most studies."""
    held = [one for one in drawn.cells if one.count.studies]

    def order(cell: Cell) -> tuple[int, int, int, int]:
        named = drawn.rows[cell.row].asked + drawn.columns[cell.column].asked
        return -named, -cell.count.studies, cell.row, cell.column

    for cell in sorted(held, key=order):
        row, column = drawn.rows[cell.row].name, drawn.columns[cell.column].name
        yield say("map-cell", row=row, column=column, counts=wording.groups(cell.count))


def _without(drawn: GapMap) -> Iterator[str]:
    """Which products have no study inside the map, and which conditions."""
    for facet, lines in ((ROWS, drawn.rows), (COLUMNS, drawn.columns)):
        names = ", ".join(one.name for one in lines if not one.studies)
        if names:
            yield say(f"slack-map-none-{facet}", names=names)


def _within(most: int, sentences: Iterable[str]) -> str:
    """As many whole sentences as so many characters hold; the first is cut at a word where it alone is longer."""
    first, *rest = sentences
    text = shorten(first, most)
    for one in rest:
        longer = f"{text}\n{one}"
        if units(longer) > most:
            break
        text = longer
    return text
