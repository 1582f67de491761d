"""Parts: one question's answer as blocks, without a thought of whether all of it fits; `blocks.py` sees to that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant import citation, wording
from assistant.answer import Answer, PartAnswer, Quote
from assistant.evidence import Rung
from assistant.slack import actions
from assistant.slack.budget import PASSAGE, Block, shorten
from assistant.slack.passages import (
    Shown,
    citation_leaves,
    cited,
    context_button,
    passage_block,
    passage_text,
)
from assistant.slack.pieces import ROW, button, context, leaf, line, listed, preformatted, pressed, rich, row
from assistant.slack.tables import counted, counts_table, facets_named, rung_row
from assistant.wording import Names, say
from corpus.document import Document

DIRECT, NEAR_ALONE, NEAR_BESIDE, COMMENTARY = 3, 3, 1, 1
"""Passages of each sort in a first message: what a phone shows in three screens."""
LISTED = 8
STATEMENT = 1_500
QUESTION = 200


@dataclass(frozen=True, slots=True)
class Face:
    """How one part of an answer is to be shown.

    Attributes:
        at: the part's number, from 0.
        skipped: passages that earlier messages showed.
        seen: the documents of those, where they are known; else the first ones in order are taken for shown.
        shown: passages in this message.
        longest: characters of a passage before it is cut.
        extras: whether tables and buttons of the reading are shown, which a crowded message leaves out.
    """

    answer: Answer
    names: Names
    key: str
    at: int
    skipped: int = 0
    seen: frozenset[str] = frozenset()
    shown: int = 0
    longest: int = PASSAGE
    extras: bool = True

    @property
    def part(self) -> PartAnswer:
        """The part itself."""
        return self.answer.parts[self.at]

    @property
    def passages(self) -> list[Shown]:
        """The passages of this message with their numbers."""
        chosen = self.unseen[: self.shown]
        return [
            Shown(quote, number, self.at, self.longest)
            for number, quote in enumerate(chosen, start=self.skipped + 1)
        ]

    @property
    def unseen(self) -> list[Quote]:
        """The quotes that earlier messages did not show."""
        if self.seen:
            return [one for one in in_order(self.part) if one.document.id not in self.seen]
        return in_order(self.part)[self.skipped :]

    @property
    def left(self) -> int:
        """Passages that are in no message yet."""
        return len(self.unseen) - self.shown


def sort_of(quote: Quote) -> str:
    """Which group a quote stands in: "direct", "near" or "commentary"."""
    if quote.commentary:
        return "commentary"
    return "direct" if quote.direct else "near"


def in_order(part: PartAnswer) -> list[Quote]:
    """The quotes of a part in the order of showing: a first message's choice, then the rest, each by group."""
    groups = {
        sort: [one for one in part.quotes if sort_of(one) == sort]
        for sort in ("direct", "near", "commentary")
    }
    near = NEAR_BESIDE if groups["direct"] else NEAR_ALONE
    first = {"direct": DIRECT, "near": near, "commentary": COMMENTARY}
    chosen = [one for sort, group in groups.items() for one in group[: first[sort]]]
    return chosen + [one for sort, group in groups.items() for one in group[first[sort] :]]


def at_first(part: PartAnswer, parts: int) -> int:
    """How many passages of a part a first message aims to show, of so many parts."""
    groups = [sort_of(one) for one in part.quotes]
    near = NEAR_BESIDE if "direct" in groups else NEAR_ALONE
    aimed = (
        min(groups.count("direct"), DIRECT)
        + min(groups.count("near"), near)
        + min(groups.count("commentary"), COMMENTARY)
    )
    return min(aimed, max(1, (DIRECT + NEAR_BESIDE + COMMENTARY) // parts))


def top_lines(face: Face) -> tuple[list[str], list[str]]:
    """The fixed lines that stand below the count, and the small ones on what was searched and how it was read."""
    part = face.part
    grey = [wording.scope(face.answer.store)] if part.evidence else []
    grey += [
        one
        for one in (wording.assumed(part.part, face.names), wording.inherited(part.part, face.names))
        if one
    ]
    return list(part.lines), [shorten(one, STATEMENT) for one in grey]


def part_blocks(face: Face) -> Iterator[Block]:
    """The blocks of one part, from the count to its buttons."""
    part, at = face.part, face.at
    if face.skipped:
        statement = say("slack-continued", statement=shorten(part.statement, QUESTION))
        yield rich(f"count-{at}", [line([leaf(statement, bold=True)])])
    else:
        yield from _top(face)
    yield from _passages(face)
    buttons = [context_button(one, face.key) for one in face.passages][:ROW]
    if buttons:
        yield row(f"context-{at}", buttons)
    yield from _actions(face)
    senses = [] if face.skipped else _senses(face)
    if senses and face.extras:
        yield row(f"sense-{at}", senses)


def _top(face: Face) -> Iterator[Block]:
    part, at = face.part, face.at
    asked = []
    if len(face.answer.parts) > 1:
        question = say("slack-question", number=at + 1, text=shorten(part.part.text, QUESTION))
        asked = [leaf(f"{question}\n", italic=True)]
    lines, grey = top_lines(face)
    below = [leaf("\n" + "\n".join(lines))] if lines else []
    yield rich(f"count-{at}", [line([*asked, leaf(shorten(part.statement, STATEMENT), bold=True), *below])])
    if grey:
        yield context(f"read-{at}", grey)


def _senses(face: Face) -> list[Block]:
    """A button for each other sense of the short forms, as far as a row has room: every form's likeliest before any form's second.

    All senses are named in the line on how the question was read.
    """
    part = face.part.part
    order = [
        value for facet in ("intervention", "condition", "route") for value in part.facets.get(facet, ())
    ]
    weighed = sorted(
        part.assumed, key=lambda one: order.index(one.sense) if one.sense in order else len(order)
    )
    found = []
    for place in range(max((len(one.others) for one in weighed), default=0)):
        for one in weighed:
            if place >= len(one.others):
                continue
            other = one.others[place]
            words = {"form": shorten(one.form, 20), "sense": wording.name(other, face.names)}
            argument = f"{one.sense}>{other}"
            found.append(
                button(
                    actions.SENSE,
                    say("slack-instead", **words),
                    say("slack-instead-label", **words),
                    pressed(face.key, face.at, argument),
                )
            )
    return found[:ROW]


def _passages(face: Face) -> Iterator[Block]:
    """The passages by group, each group under its heading; the ladder stands before what is only near."""
    groups: dict[str, list[Shown]] = {"direct": [], "near": [], "commentary": []}
    for one in face.passages:
        groups[sort_of(one.quote)].append(one)
    titles = {"near": say("near"), "commentary": say("commentary")}
    for sort, group in groups.items():
        if sort == "near" and not face.skipped:
            yield from _tables(face)
        for place, shown in enumerate(group):
            block = passage_block(shown, face.names)
            if place == 0 and sort in titles and (sort != "near" or face.part.evidence):
                block["elements"].insert(0, line([leaf(titles[sort], italic=True)]))
            yield block
    if not face.skipped:
        yield from _listed(face)


def _tables(face: Face) -> Iterator[Block]:
    part = face.part
    if part.table:
        yield rich(f"table-{face.at}", [preformatted(counts_table("", counted(part)))])
    if part.evidence and face.extras:
        tables = [
            preformatted(counts_table(say(title), [rung_row(rung) for rung in rungs]))
            for title, rungs in (
                ("slack-ladder", part.evidence.ladder),
                ("slack-nearest", part.evidence.nearest),
            )
            if rungs
        ]
        if tables:
            yield rich(f"ladder-{face.at}", tables)
        buttons = _rungs(face, (*part.evidence.ladder, *part.evidence.nearest))
        if buttons:
            yield row(f"rungs-{face.at}", buttons)


def _rungs(face: Face, rungs: Sequence[Rung]) -> list[Block]:
    found = []
    for rung in rungs:
        count = rung.count.studies
        if count:
            facets = facets_named(rung.dropped).capitalize()
            found.append(
                button(
                    actions.RUNG,
                    say("slack-rung", facets=facets, count=count),
                    say("slack-rung-label", facets=facets.lower(), count=count),
                    pressed(face.key, face.at, "+".join(rung.dropped)),
                )
            )
    return found[:ROW]


def _listed(face: Face) -> Iterator[Block]:
    part = face.part
    if not part.listed:
        return
    title = [leaf(say("retracted", count=len(part.listed)), bold=True)] if part.evidence else []
    kept = part.listed[: LISTED if face.extras else LISTED // 4]
    lines = [line(citation_leaves(document)) for document in kept]
    more = len(part.listed) - len(kept)
    rest = [leaf(say("slack-more-studies", count=more), italic=True)] if more else []
    yield rich(f"listed-{face.at}", [line(title), listed(lines), line(rest)])


def _actions(face: Face) -> Iterator[Block]:
    part, key, at = face.part, face.key, face.at
    wanted = []
    if face.left > 0:
        wanted.append((actions.MORE, "slack-more-button", str(face.skipped + face.shown)))
    if documents_of(part):
        wanted.append((actions.TABLE, "slack-table-button", ""))
    if face.passages:
        wanted.append((actions.WHY, "slack-why-button", ""))
    if part.quotes or part.listed:
        wanted.append((actions.RIS, "slack-ris-button", ""))
    if part.outcome not in {"none", "urgent"}:
        wanted.append((actions.NOT_HELPFUL, "slack-bad-button", ""))
    buttons = [
        button(action, say(name), say(f"{name}-label", count=face.left), pressed(key, at, argument))
        for action, name, argument in wanted
    ]
    if buttons and not (face.skipped and not face.passages):
        yield row(f"do-{at}", buttons[:ROW])


def documents_of(part: PartAnswer) -> tuple[str, ...]:
    """The ids of all that "All studies" lists: what matches, else the rungs' papers, then what was named without a passage."""
    found: list[str] = []
    if part.evidence:
        rungs = (*part.evidence.ladder, *part.evidence.nearest)
        found += part.evidence.direct.documents or [one for rung in rungs for one in rung.count.documents]
    found += [document.id for document in part.listed]
    return tuple(dict.fromkeys(found))


def part_texts(face: Face) -> Iterator[tuple[str, ...]]:
    """The part without markup, one tuple for each thing that belongs together: the same passages, the same citations."""
    part = face.part
    lines, grey = top_lines(face)
    if face.skipped:
        yield (say("slack-continued", statement=shorten(part.statement, QUESTION)),)
    else:
        yield (shorten(part.statement, STATEMENT), *lines)
        if grey:
            yield tuple(grey)
    titles = {"near": say("near"), "commentary": say("commentary"), "direct": ""}
    told = {"direct"} if part.evidence else {"direct", "near"}
    for shown in face.passages:
        sort = sort_of(shown.quote)
        title = [] if sort in told else [titles[sort]]
        told.add(sort)
        above, below = passage_text(shown, face.names)
        yield ("\n".join([*title, above]), below)
    if part.listed and not face.skipped:
        title = [say("retracted", count=len(part.listed))] if part.evidence else []
        yield (
            *title,
            *(_cited(document) for document in part.listed[: LISTED if face.extras else LISTED // 4]),
        )


def _cited(document: Document) -> str:
    return f"{cited(document)} {citation.url(document) or ''}".strip()
