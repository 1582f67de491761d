"""Studies: all that match a question as a table, as many as one message holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assistant import citation, wording
from assistant.answer import Answer, PartAnswer, Sources
from assistant.slack import actions
from assistant.slack.blocks import Rendered
from assistant.slack.budget import CHARACTERS, CONTAINER, Block, cost, escape, shorten, units
from assistant.slack.face import documents_of
from assistant.slack.passages import cited, linked
from assistant.slack.pieces import button, context, leaf, line, link, pressed, rich, row, section
from assistant.wording import Names, say
from corpus.document import Document
from corpus.label import Label

TABLE_ROWS = 99
TABLE_FACETS = ("design", "species", "route", "intervention", "condition")
CELL = 80
ROOM = CHARACTERS - 10 * CONTAINER
"""What rows may use, so that title, button and footer have room."""


def table_message(answer: Answer, sources: Sources, *, key: str, part: int = 0, listed: int = 0) -> Rendered:
    """All matching studies of a part as a table, as many as one message holds, with a button for the next.

    Where nothing matches, the studies of the ladder's rungs are listed; see `face.documents_of`.

    Args:
        answer: the answer that the button stood on.
        sources: where documents and labels are read.
        key: the answer's id.
        part: its part.
        listed: how many earlier tables listed.
    """
    every = documents_of(answer.parts[part])
    rows = [_heads()]
    shown: list[Document] = []
    printed = 0  # what the simpler form uses, which prints whole citations
    for identifier in every[listed : listed + TABLE_ROWS]:
        document = sources.store.document(identifier)
        cells = _cells(document, sources.store.labels(identifier), sources.vocabulary)
        printed += units(cited(document)) + units(citation.url(document) or "") + 2
        if shown and max(cost([{"type": "table", "rows": [*rows, cells]}]), printed * 11 // 10) > ROOM:
            break
        rows.append(cells)
        shown.append(document)
    title = say(
        "slack-table-title" if _matching(answer.parts[part]) else "slack-table-near",
        count=len(every),
        first=min(listed + 1, len(every)),
        last=listed + len(shown),
    )
    return _table_rendered(answer, (title, rows, shown), (key, part, listed, len(every)))


def _matching(part: PartAnswer) -> bool:
    """Whether the table lists what matches, not what only comes near."""
    return part.evidence is None or bool(part.evidence.direct.documents)


def _table_rendered(
    answer: Answer, table: tuple[str, list[list[Block]], list[Document]], place: tuple[str, int, int, int]
) -> Rendered:
    title, rows, shown = table
    key, part, listed, every = place
    last = listed + len(shown)
    blocks: list[Block] = [rich("table-title", [line([leaf(title, bold=True)])])]
    if shown:
        blocks.append({"type": "table", "block_id": "table-rows", "rows": rows})
    if last < every:
        value = pressed(key, part, str(last))
        more = button(actions.TABLE, say("slack-table-more"), say("slack-table-more-label"), value)
        blocks.append(row(f"table-{part}", [more]))
    blocks.append(context("table-footer", [wording.footer(answer.store)]))
    lines = [f"{cited(one)} {citation.url(one) or ''}".strip() for one in shown]
    simpler = [section("table-title", title)]
    simpler += [section(f"table-{at}", one) for at, one in enumerate(_joined(lines))]
    text, plain = escape(shorten(title, 200)), escape("\n\n".join([title, *lines]))
    return Rendered(text, blocks, simpler, plain, cited=tuple(shown))


def _joined(lines: Sequence[str], most: int = 2_500) -> Iterator[str]:
    """The lines in as few paragraphs as their length allows."""
    held: list[str] = []
    for one in lines:
        if held and sum(units(kept) + 1 for kept in held) + units(one) > most:
            yield "\n".join(held)
            held = []
        held.append(one)
    if held:
        yield "\n".join(held)


def _heads() -> list[Block]:
    return [{"type": "raw_text", "text": head} for head in say("slack-table-heads").split("|")]


def _cells(document: Document, labels: Mapping[str, Label], names: Names) -> list[Block]:
    name = shorten(f"{citation.PREFIX.get(document.status, '')}{citation.short(document)}", CELL)
    address = linked(citation.url(document))
    source = rich("", [line([link(name, address) if address else leaf(name)])])
    del source["block_id"]
    values = (shorten(wording.listing(labels[facet].values, names), CELL) for facet in TABLE_FACETS)
    return [source, *({"type": "raw_text", "text": one or say("not-stated")} for one in values)]
