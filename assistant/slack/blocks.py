"""Blocks: an Answer as a Slack message that fits, in three forms, each simpler than the one before.

Fewer passages are shown where all would not fit; none is ever shown without its labels and its citation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant import wording
from assistant.answer import Answer, Quote
from assistant.citation import PREFIX
from assistant.slack import actions
from assistant.slack.budget import (
    BLOCKS,
    CHARACTERS,
    NOTIFICATION,
    SECTION,
    Block,
    cost,
    escape,
    shorten,
    units,
)
from assistant.slack.parts import Face, at_first, in_order, part_blocks, part_texts
from assistant.slack.pieces import button, context, leaf, line, pressed, rich, row, section
from assistant.wording import Names, say
from corpus.document import Document

SHORTER = 400
"""Characters of a passage in a message that would otherwise not fit."""
TITLE = 140


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message, ready to post.

    Attributes:
        text: the notification, escaped; post it beside `blocks` or `simpler`.
        blocks: rich text and buttons.
        simpler: sections of plain text, for where Slack refuses the blocks.
        plain: text alone, escaped; post it with `mrkdwn` off.
        shown: of each part, how many passages were shown so far; what `more` takes.
        quotes: the passages of this message, in order.
    """

    text: str
    blocks: list[Block]
    simpler: list[Block]
    plain: str
    shown: tuple[int, ...] = ()
    quotes: tuple[Quote, ...] = ()


def message(
    answer: Answer,
    names: Names,
    *,
    key: str,
    more: Mapping[int, int] | None = None,
    private: bool = False,
) -> Rendered:
    """The answer as a message within 40 blocks and 10,000 characters.

    Args:
        answer: what is shown.
        names: the vocabulary, for the names of concepts.
        key: the answer's id, at most 40 characters without a space; all that the buttons know of the question.
        more: for a further message: of which parts, and how many of their passages were shown so far.
        private: whether only the asker sees it, so that a button may offer to share it.
    """
    faces = _fitting(answer, names, key, more)
    return Rendered(
        text=_notification(answer, faces),
        blocks=_blocks(answer, faces, key, private=private),
        simpler=_simpler(answer, faces),
        plain=escape("\n\n".join("\n".join(one) for one in _texts(answer, faces))),
        shown=_shown(answer, faces, more),
        quotes=tuple(one.quote for face in faces for one in face.passages),
    )


def _shown(answer: Answer, faces: list[Face], more: Mapping[int, int] | None) -> tuple[int, ...]:
    shown = dict(more or {}) | {face.at: face.skipped + face.shown for face in faces}
    return tuple(shown.get(at, 0) for at in range(len(answer.parts)))


def _fitting(answer: Answer, names: Names, key: str, more: Mapping[int, int] | None) -> list[Face]:
    """The parts as they fit: all that is aimed at, else fewer passages, then shorter ones, then no extras, then fewer parts."""
    chosen = sorted(more) if more else range(len(answer.parts))
    aimed = []
    for at in chosen:
        skipped = more[at] if more else 0
        first = at_first(answer.parts[at], len(answer.parts))
        wanted = min(len(answer.parts[at].quotes) - skipped, 4) if more else first
        aimed.append(Face(answer, names, key, at, skipped, max(0, wanted)))
    for least, change in ((1, {}), (1, {"longest": SHORTER}), (1, {"extras": False}), (0, {})):
        aimed = [replace(face, **change) for face in aimed]
        while not _fits(answer, aimed) and any(face.shown > least for face in aimed):
            most = max(face.shown for face in aimed)
            at = max(place for place, face in enumerate(aimed) if face.shown == most)
            aimed[at] = replace(aimed[at], shown=most - 1)
        if _fits(answer, aimed):
            return aimed
    while len(aimed) > 1 and not _fits(answer, aimed):
        aimed.pop()
    return aimed


def _fits(answer: Answer, faces: list[Face]) -> bool:
    blocks = _blocks(answer, faces, "k" * actions.KEY_LONGEST, private=True)
    simpler = _simpler(answer, faces)
    return all(len(form) <= BLOCKS and cost(form) <= CHARACTERS for form in (blocks, simpler))


def _blocks(answer: Answer, faces: list[Face], key: str, *, private: bool) -> list[Block]:
    blocks = [rich("masked", [line([leaf(text, bold=True)])]) for text in _masked(answer)]
    for place, face in enumerate(faces):
        if place:
            blocks.append({"type": "divider", "block_id": f"part-{face.at}"})
        blocks += part_blocks(face)
    if private:
        share = button(
            actions.SHARE, say("slack-share-button"), say("slack-share-button-label"), pressed(key, 0)
        )
        blocks.append(row("share-0", [share]))
    return [*blocks, context("footer", _footer(answer, faces))]


def _masked(answer: Answer) -> list[str]:
    return [wording.masked(answer.masked)] if answer.masked else []


def _footer(answer: Answer, faces: list[Face]) -> list[str]:
    left = len(answer.parts) - len(faces) if not any(face.skipped for face in faces) else 0
    rest = [say("slack-rest", count=left)] if left else []
    return [*rest, wording.footer(answer.store)]


def _texts(answer: Answer, faces: list[Face]) -> list[tuple[str, ...]]:
    masked = [(one,) for one in _masked(answer)]
    return [*masked, *(one for face in faces for one in part_texts(face)), tuple(_footer(answer, faces))]


def _simpler(answer: Answer, faces: list[Face]) -> list[Block]:
    """Sections of plain text: what belongs together in one, or in two that follow each other where it is too long."""
    texts: list[str] = []
    for together in _texts(answer, faces):
        whole = "\n".join(together)
        texts += [whole] if units(whole) <= SECTION else together
    return [section(f"text-{at}", text) for at, text in enumerate(texts) if text.strip()]


def _notification(answer: Answer, faces: list[Face]) -> str:
    """What a phone's lock screen shows: the first count and the first title, escaped, at most 300 characters."""
    statement = " ".join(face.part.statement for face in faces[:1])
    title = _first_title(faces)
    for most in range(NOTIFICATION, 0, -20):
        if title:
            text = say(
                "slack-notify",
                statement=shorten(statement, max(most - TITLE, 60)),
                title=shorten(title, min(TITLE, most)),
            )
        else:
            text = shorten(statement, most)
        if units(escape(text)) <= NOTIFICATION:
            return escape(text)
    return escape(shorten(wording.footer(answer.store), 60))


def _first_title(faces: list[Face]) -> str:
    documents: list[Document] = [one.quote.document for face in faces for one in face.passages]
    documents += [document for face in faces for document in face.part.listed]
    return f"{PREFIX.get(documents[0].status, '')}{documents[0].citation.title}" if documents else ""


def first_quotes(answer: Answer, part: int, shown: int) -> list[Quote]:
    """The quotes of a part in the order of their printed numbers, as far as they were shown."""
    return in_order(answer.parts[part])[:shown]
