"""The terminal's face: an Answer as text that reads well at 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from assistant import citation, wording
from assistant.answer import Answer, PartAnswer, Quote
from assistant.asked import Part
from assistant.evidence import Count, Rung
from assistant.shown import labels_shown
from assistant.wording import Names, say


class Page:
    """Writes lines of a given width; bold and links only where the terminal can show them."""

    def __init__(self, *, width: int = 80, styled: bool = False) -> None:
        """A page of `width` columns; `styled` where escape codes may be used."""
        self.width = width
        self.styled = styled
        self._lines: list[str] = []

    def write(self, text: str = "", *, indent: str = "", hang: str = "", bold: bool = False) -> None:
        """One paragraph, wrapped, its later lines indented by `hang` more; an empty text leaves a blank line."""
        for line in self._wrapped(text, indent, hang):
            self._lines.append(f"\x1b[1m{line}\x1b[0m" if bold and self.styled and line else line)

    def _wrapped(self, text: str, indent: str, hang: str = "") -> list[str]:
        lines = textwrap.wrap(
            text,
            self.width,
            initial_indent=indent,
            subsequent_indent=indent + hang,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return lines or [""]

    def link(self, text: str, address: str | None, *, indent: str = "") -> None:
        """A paragraph that opens an address where the terminal can."""
        for line in self._wrapped(text, indent):
            body = line[len(indent) :]
            linked = f"\x1b]8;;{address}\x1b\\{body}\x1b]8;;\x1b\\" if address and self.styled else body
            self._lines.append(indent + linked)

    def row(self, text: str) -> None:
        """One row of a table, as it is."""
        self._lines.append(text)

    def text(self) -> str:
        """All that was written."""
        return "\n".join(self._lines) + "\n"


def render(answer: Answer, names: Names, page: Page) -> str:
    """The answer as text: the count first, then passages, then the ladder, then what it is from."""
    if answer.masked:
        page.write(wording.masked(answer.masked), bold=True)
        page.write()
    for number, part in enumerate(answer.parts, start=1):
        if len(answer.parts) > 1:
            page.write(f"{number}  {part.part.text}", hang="   ", bold=True)
        _part(part, answer, names, page)
        page.write()
    page.write(wording.footer(answer.store))
    return page.text()


def _part(part: PartAnswer, answer: Answer, names: Names, page: Page) -> None:
    page.write(part.statement, bold=True)
    if part.evidence:
        page.write(wording.scope(answer.store))
    for line in (wording.assumed(part.part, names), wording.inherited(part.part, names), *part.lines):
        if line:
            page.write(line)
    _table(part, page)
    direct = [quote for quote in part.quotes if quote.direct]
    near = [quote for quote in part.quotes if not quote.direct and not quote.commentary]
    commentary = [quote for quote in part.quotes if quote.commentary]
    numbers = iter(range(1, len(part.quotes) + 1))
    _quotes(direct, numbers, names, page)
    _more(part, direct, page)
    if part.evidence:
        _ladder(part.evidence.ladder, part.part, say("ladder"), page)
        _ladder(part.evidence.nearest, part.part, say("nearest"), page)
    if part.outcome == "paper":
        _quotes(near, numbers, names, page)
    else:
        _block(say("near"), near, numbers, names, page)
    _block(say("commentary"), commentary, numbers, names, page)
    _listed(part, page)


def _more(part: PartAnswer, direct: list[Quote], page: Page) -> None:
    left = len(part.evidence.direct.documents) - len(direct) if part.evidence else 0
    if direct and left > 0:
        page.write(say("more", count=left))


def _block(title: str, quotes: list[Quote], numbers: Iterator[int], names: Names, page: Page) -> None:
    if quotes:
        page.write()
        page.write(title, bold=True)
        _quotes(quotes, numbers, names, page)


def _quotes(quotes: Iterable[Quote], numbers: Iterator[int], names: Names, page: Page) -> None:
    for quote in quotes:
        page.write()
        _quote(quote, next(numbers), names, page)


def _quote(quote: Quote, number: int, names: Names, page: Page) -> None:
    page.write(f"{number}  {headline(quote, names)}", hang="   ", bold=True)
    if quote.document.note:
        page.write(say("note"), indent="   ")
    for line in f"“{quote.text}”".split("\n"):
        if line.strip():
            page.write(line.strip(), indent="   ")
    page.link(citation.line(quote.document), citation.url(quote.document), indent="   ")
    for line in details(quote):
        page.write(line, indent="   ")


def headline(quote: Quote, names: Names) -> str:
    """What the source is, before its words: status, design, species, route, preparation, and what failed to match."""
    return " · ".join(text for text, _ in labels_shown(quote, names))


def details(quote: Quote) -> list[str]:
    """Level, the author's own level word for word, section, and scale directions."""
    appraisal = quote.appraisal
    words = []
    if appraisal.level and not quote.commentary:
        words.append(say("level", scale=appraisal.scale, level=appraisal.level))
    if appraisal.author_level:
        start, end = appraisal.author_level
        words.append(say("author-level") + f"“{quote.document.text[start:end]}”")
    if quote.passage.section:
        words.append(say("section", section=quote.passage.section))
    words += [say("scale", name=one.name, direction=one.direction) for one in quote.scales]
    return [" · ".join(words)] if words else []


def _table(part: PartAnswer, page: Page) -> None:
    if not part.table:
        return
    wide = max(len(row[0]) for row in part.table)
    page.row(f"{'':{wide}}  {say('columns')}")
    for name, human, animal, in_vitro in part.table:
        page.row(f"{name:{wide}}  {human:5}  {animal:6}  {in_vitro:8}")


def _ladder(rungs: tuple[Rung, ...], asked: Part, title: str, page: Page) -> None:
    if not rungs:
        return
    page.write()
    rows = [(wording.rung(rung.dropped, asked), rung.count) for rung in rungs]
    wide = max(len(title), *(len(name) + 2 for name, _ in rows))
    page.write(f"{title:{wide}}  {say('ladder-columns')}", bold=True)
    for place, (name, count) in enumerate(rows, start=1):
        branch = "└ " if place == len(rows) else "├ "
        page.row(
            f"{branch + name:{wide}}  {_human(count):17}  {count.by_group['animal']:6}  {count.by_group['in-vitro']:8}"
        )


def _human(count: Count) -> str:
    human = count.by_group["human"]
    trials = count.by_design.get("rct", 0)
    return f"{human} · {trials} RCT" if trials and human else str(human)


def _listed(part: PartAnswer, page: Page) -> None:
    if not part.listed:
        return
    page.write()
    if part.evidence:
        page.write(say("retracted", count=len(part.listed)), bold=True)
    for document in part.listed:
        page.link(citation.line(document), citation.url(document), indent="   ")
