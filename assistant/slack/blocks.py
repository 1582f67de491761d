"""Blocks: an Answer as a Slack message that fits, in three forms, each simpler than the one before.

Fewer passages are shown where all would not fit; none is ever shown without its labels and its citation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

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
from assistant.slack.face import Face, at_first, in_order
from assistant.slack.parts import documents_shown, part_blocks, part_texts
from assistant.slack.pieces import button, context, leaf, line, pressed, rich, row, section
from assistant.wording import Names, say
from corpus.document import Document

SHORTER = 600
"""Characters of a passage in a message that would otherwise not fit."""
FEWER = 2
"""Documents named without a passage in such a message."""
TITLE = 140
FURTHER = 4
"""Passages that each further message aims to show."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message, ready to post.

    Attributes:
        text: the notification, escaped; post it beside `blocks` or `simpler`.
        blocks: rich text and buttons.
        simpler: sections of plain text, for where Slack refuses the blocks.
        plain: text alone, escaped; post it with `mrkdwn` off.
        shown: of each part in this message, how many passages were shown so far; what `more` takes.
        quotes: the passages of this message, in order.
        cited: every document that it names.
    """

    text: str
    blocks: list[Block]
    simpler: list[Block]
    plain: str
    shown: tuple[int, ...] = ()
    quotes: tuple[Quote, ...] = ()
    cited: tuple[Document, ...] = ()


def message(
    answer: Answer,
    names: Names,
    *,
    key: str,
    more: Mapping[int, int | Collection[str]] | None = None,
    private: bool = False,
) -> Rendered:
    """The answer as a message within 40 blocks and 10,000 characters.

    Args:
        answer: what is shown.
        names: the vocabulary, for the names of concepts.
        key: the answer's id, at most 40 characters without a space; all that the buttons know of the question.
        more: for a further message: of which parts, and how many of their passages were shown so far; or the ids of
            those passages' documents, which holds where another search may order them otherwise.
        private: whether only the asker sees it, so that a button may offer to share it.
    """
    wanted = more or {}
    parts = sorted(wanted) or range(len(answer.parts))
    drawn = _fitting(
        answer, [_aimed(Face(answer, names, key, at, *_before(wanted.get(at, 0)))) for at in parts]
    )
    faces = [one.face for one in drawn]
    texts = _texts(answer, drawn)
    return Rendered(
        text=_notification(answer, faces),
        blocks=_blocks(answer, drawn, key, private=private),
        simpler=_sections(texts),
        plain=escape("\n\n".join("\n".join(one) for one in texts)),
        shown=_shown(answer, faces),
        quotes=tuple(one.quote for face in faces for one in face.passages),
        cited=tuple(one for face in faces for one in documents_shown(face)),
    )


def _before(shown: int | Collection[str]) -> tuple[int, frozenset[str]]:
    """How many passages were shown, and of which documents where that is known."""
    return (shown, frozenset()) if isinstance(shown, int) else (len(shown), frozenset(shown))


def _shown(answer: Answer, faces: list[Face]) -> tuple[int, ...]:
    shown = {face.at: face.skipped + face.shown for face in faces}
    return tuple(shown.get(at, 0) for at in range(len(answer.parts)))


def _fitting(answer: Answer, faces: list[Face]) -> list[_Drawn]:
    """The parts as they fit: all that is aimed at, else fewer passages, then less beside them, then shorter ones, then fewer parts."""
    frame = _Use.of([*_frame(answer), context("footer", _footer(answer, len(answer.parts)))])
    for least, change in _STEPS:
        faces = [replace(face, **change) for face in faces]
        drawn = [_Drawn.of(face) for face in faces]
        while not frame.fits(drawn) and any(face.shown > least for face in faces):
            most = max(face.shown for face in faces)
            at = max(place for place, face in enumerate(faces) if face.shown == most)
            faces[at] = replace(faces[at], shown=most - 1)
            drawn[at] = _Drawn.of(faces[at])
        if frame.fits(drawn):
            return drawn
    while len(drawn) > 1 and not frame.fits(drawn):
        drawn.pop()
    return drawn


_STEPS: tuple[tuple[int, dict[str, Any]], ...] = (
    (1, {}),
    (1, {"aside": False}),
    (1, {"longest": SHORTER}),
    (1, {"listed": FEWER}),
    (1, {"extras": False}),
    (0, {}),
)
"""One after another until the message fits: the fewest passages that each part keeps, and what is let go beside."""


def _aimed(face: Face) -> Face:
    """The face with as many passages as its message aims to show."""
    if face.skipped:
        return replace(face, shown=min(len(face.unseen), FURTHER))
    return replace(face, shown=at_first(face.part, len(face.answer.parts)))


@dataclass(frozen=True, slots=True)
class _Use:
    """What a stretch of a message uses of the limits: blocks and characters, of the richer form and of the simpler."""

    blocks: int
    characters: int
    sections: int
    section_characters: int

    @classmethod
    def of(cls, blocks: list[Block], sections: list[Block] | None = None) -> _Use:
        """What these use; the same in both forms where no simpler one is given."""
        simpler = blocks if sections is None else sections
        return cls(len(blocks), cost(blocks), len(simpler), cost(simpler))

    def fits(self, parts: list[_Drawn]) -> bool:
        """Whether a message of this frame and these parts is within the limits."""
        every = [self, *(one.use for one in parts)]
        return (
            max(sum(one.blocks for one in every), sum(one.sections for one in every)) <= BLOCKS
            and max(sum(one.characters for one in every), sum(one.section_characters for one in every))
            <= CHARACTERS
        )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A part as it is drawn, in both forms, and what that uses with the divider before it."""

    face: Face
    blocks: list[Block]
    texts: tuple[tuple[str, ...], ...]
    use: _Use

    @classmethod
    def of(cls, face: Face) -> _Drawn:
        """A part, drawn."""
        blocks, texts = list(part_blocks(face)), tuple(part_texts(face))
        return cls(face, blocks, texts, _Use.of([{"type": "divider"}, *blocks], _sections(texts)))


def _frame(answer: Answer, key: str = "k" * actions.KEY_LONGEST) -> list[Block]:
    """What stands around the parts at most: what was masked, and the button to share."""
    masked = [rich("masked", [line([leaf(text, bold=True)])]) for text in _masked(answer)]
    label, spoken = say("slack-share-button"), say("slack-share-button-label")
    return [*masked, row("share-0", [button(actions.SHARE, label, spoken, pressed(key, 0))])]


def _blocks(answer: Answer, drawn: list[_Drawn], key: str, *, private: bool) -> list[Block]:
    *masked, share = _frame(answer, key)
    blocks = masked
    for place, one in enumerate(drawn):
        blocks += [{"type": "divider", "block_id": f"part-{one.face.at}"}] if place else []
        blocks += one.blocks
    shared = [share] if private else []
    return [*blocks, *shared, context("footer", _footer(answer, _left(answer, drawn)))]


def _masked(answer: Answer) -> list[str]:
    return [wording.masked(answer.masked)] if answer.masked else []


def _left(answer: Answer, drawn: list[_Drawn]) -> int:
    """Parts that had no room, in a first message."""
    return 0 if any(one.face.skipped for one in drawn) else len(answer.parts) - len(drawn)


def _footer(answer: Answer, left: int) -> list[str]:
    rest = [say("slack-rest", count=left)] if left else []
    return [*rest, wording.footer(answer.store)]


def _texts(answer: Answer, drawn: list[_Drawn]) -> list[tuple[str, ...]]:
    masked = [(one,) for one in _masked(answer)]
    footer = tuple(_footer(answer, _left(answer, drawn)))
    return [*masked, *(text for one in drawn for text in one.texts), footer]


def _sections(texts: Iterable[tuple[str, ...]]) -> list[Block]:
    """Sections of plain text: what belongs together in one, or in some that follow each other where it is too long."""
    found: list[str] = []
    for together in texts:
        whole = "\n".join(together)
        found += [whole] if units(whole) <= SECTION else together
    return [section(f"text-{at}", text) for at, text in enumerate(found) if text.strip()]


def _notification(answer: Answer, faces: list[Face]) -> str:
    """What a phone's lock screen shows: the first count and the first title, escaped, at most 300 characters."""
    statement = faces[0].part.statement if faces else wording.footer(answer.store)
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
