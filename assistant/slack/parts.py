"""Parts: one question's answer as blocks, without a thought of whether all of it fits; `blocks.py` sees to that."""

from __future__ import annotations

from collections.abc import Iterator

from assistant import wording
from assistant.slack.budget import HEADER, Block, shorten, units
from assistant.slack.choices import actions_row, rung_buttons, senses
from assistant.slack.face import Face, sort_of
from assistant.slack.passages import (
    Shown,
    context_button,
    listed_leaves,
    listed_text,
    passage_block,
    passage_text,
)
from assistant.slack.pieces import ROW, context, header, leaf, line, listed, preformatted, rich, row
from assistant.slack.tables import counted, counted_lines, counts_table, rung_row
from assistant.wording import say
from corpus.document import Document

STATEMENT = 1_500
QUESTION = 200


def top_lines(face: Face) -> tuple[list[str], list[str]]:
    """The fixed lines that stand below the count, and the small ones on what was searched and how it was read."""
    part = face.part
    said = any(one.evidence for one in face.answer.parts[: face.at])
    grey = [wording.scope(face.answer.store)] if part.evidence and not said else []
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
    yield from actions_row(face)
    others = [] if face.skipped or not face.aside else senses(face)
    if others:
        yield row(f"sense-{at}", others)


def _top(face: Face) -> Iterator[Block]:
    """The question where there are several, the count as the largest line, then what has to be said with it."""
    part, at = face.part, face.at
    if len(face.answer.parts) > 1:
        question = say("slack-question", number=at + 1, text=shorten(part.part.text, QUESTION))
        yield rich(f"question-{at}", [line([leaf(question, italic=True)])])
    lines, grey = top_lines(face)
    if units(part.statement) <= HEADER:
        yield header(f"count-{at}", part.statement)
    else:
        yield rich(f"count-{at}", [line([leaf(shorten(part.statement, STATEMENT), bold=True)])])
    if lines:
        yield rich(f"lines-{at}", [line([leaf("\n".join(lines))])])
    if grey:
        yield context(f"read-{at}", grey)


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
                block["elements"].insert(0, line([leaf(titles[sort], bold=True, italic=True)]))
            yield block
    if not face.skipped:
        yield from _listed(face)


def _tables(face: Face) -> Iterator[Block]:
    part = face.part
    if part.table:
        yield rich(f"table-{face.at}", counted(part))
    ladder, nearest = face.rungs
    tables = [
        preformatted(counts_table(say(title), [rung_row(rung) for rung in rungs]))
        for title, rungs in (("slack-ladder", ladder), ("slack-nearest", nearest))
        if rungs
    ]
    if tables:
        yield rich(f"ladder-{face.at}", tables)
    buttons = rung_buttons(face, (*ladder, *nearest))
    if buttons:
        yield row(f"rungs-{face.at}", buttons)


def _listed(face: Face) -> Iterator[Block]:
    documents = _named(face)
    if not documents:
        return
    title = [leaf(say("retracted", count=len(documents)), bold=True)] if face.part.evidence else []
    kept = documents[: face.listed]
    lines = [line(listed_leaves(document)) for document in kept]
    more = len(documents) - len(kept)
    rest = [leaf(say("slack-more-studies", count=more), italic=True)] if more else []
    yield rich(f"listed-{face.at}", [line(title), listed(lines), line(rest)])


def _named(face: Face) -> list[Document]:
    """The documents named without a passage; one whose passage is quoted is named there."""
    quoted = {one.document.id for one in face.part.quotes}
    return [document for document in face.part.listed if document.id not in quoted]


def documents_shown(face: Face) -> list[Document]:
    """The documents that a part names in this message, with a passage or without one."""
    named = [] if face.skipped else _named(face)[: face.listed]
    return [*(one.quote.document for one in face.passages), *named]


def _rung_lines(face: Face) -> list[str]:
    """The ladder as sentences."""
    ladder, nearest = face.rungs
    asked = face.part.part
    return [f"{wording.rung(one.dropped, asked)}: {wording.groups(one.count)}" for one in (*ladder, *nearest)]


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
        if part.table:
            yield tuple(counted_lines(part))
        if rungs := _rung_lines(face):
            yield (say("slack-ladder"), *rungs)
    titles = {"near": say("near"), "commentary": say("commentary"), "direct": ""}
    told = {"direct"} if part.evidence else {"direct", "near"}
    for shown in face.passages:
        sort = sort_of(shown.quote)
        title = [] if sort in told else [titles[sort]]
        told.add(sort)
        above, below = passage_text(shown, face.names)
        yield ("\n".join([*title, above]), below)
    documents = [] if face.skipped else _named(face)
    if documents:
        title = [say("retracted", count=len(documents))] if part.evidence else []
        yield (*title, *(listed_text(document) for document in documents[: face.listed]))
