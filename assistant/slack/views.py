"""Views: the Home tab, a passage in its context, the reasons for labels, and citations to copy.

The two forms are in `forms.py`, the table in `studies.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from assistant import citation, wording
from assistant.answer import PartAnswer, Quote, StoreStamp
from assistant.slack import actions
from assistant.slack.actions import Spot
from assistant.slack.budget import CHARACTERS, CONTAINER, Block, cost, shorten, units
from assistant.slack.forms import ask_form, asked, feedback, feedback_view
from assistant.slack.passages import citation_leaves
from assistant.slack.pieces import (
    button,
    context,
    header,
    leaf,
    line,
    modal,
    preformatted,
    pressed,
    quote,
    rich,
    row,
    section,
)
from assistant.slack.studies import table_message
from assistant.wording import FACET_NAMES, STATUS_NAMES, Names, say
from corpus import sentences
from corpus.document import Document
from corpus.label import Label

__all__ = [
    "ask_form",
    "asked",
    "export_view",
    "feedback",
    "feedback_view",
    "home",
    "passage_view",
    "reasons_view",
    "table_message",
]

PAGE = 6_000
"""Characters of a document on one page of its view."""
REASONS = 9_000
EXAMPLES = 4


def home(stamp: StoreStamp, examples: Sequence[str]) -> dict[str, Any]:
    """The Home tab: what is searched and as of when, how to ask, what not to paste.

    Args:
        stamp: the store that is served.
        examples: questions that it has studies for; a button asks each.
    """
    values = {
        "library": stamp.library,
        "documents": stamp.documents,
        "studies": stamp.studies,
        "passages": stamp.passages,
        "built": stamp.built[:10],
        "version": stamp.version[:8],
        "checked": stamp.checked or say("never"),
        "model": stamp.model,
    }
    ask = button(actions.ASK, say("slack-home-button"), say("slack-home-button-label"), "ask")
    ask["style"] = "primary"
    tried = [
        button(actions.EXAMPLE, one, say("slack-home-example-label", question=one), str(number))
        for number, one in enumerate(examples[:EXAMPLES])
        if one.strip()
    ]
    blocks = [
        header("home-title", say("slack-home-title")),
        section("home-what", say("slack-home-what")),
        row("home-0", [ask]),
        header("home-ask", say("slack-home-ask")),
        section("home-how", f"{say('slack-home-how')}\n{say('slack-home-thread')}"),
        *([section("home-try", say("slack-home-examples")), row("home-1", tried)] if tried else []),
        header("home-not", say("slack-home-not")),
        section("home-private", say("slack-home-private")),
        header("home-holds", say("slack-home-holds")),
        section("home-store", say("slack-home-store", **values)),
        context("home-footer", [wording.footer(stamp)]),
    ]
    return {"type": "home", "blocks": blocks}


def passage_view(
    document: Document, spot: Spot, *, key: str, part: int = 0, page: int | None = None
) -> dict[str, Any]:
    """A document's stored text, page by page, with the passage quoted set apart; the page of the passage first.

    Args:
        document: what the passage is from.
        spot: where the passage stands; cut to the text where the document has changed since.
        key: the answer's id, for the buttons that turn pages.
        part: the answer's part, for the same.
        page: the page to show, from 0; None for the one where the passage begins.
    """
    pages = pages_of(document.text)
    start, end = min(spot.start, len(document.text)), min(spot.end, len(document.text))
    own = next((at for at, (_, last) in enumerate(pages) if start < last), len(pages) - 1)
    shown = own if page is None else max(0, min(page, len(pages) - 1))
    top = [line(citation_leaves(document))]
    if document.note:
        top.append(line([leaf(say("slack-view-note"), italic=True)]))
    blocks = [
        rich("passage-citation", top),
        rich("passage-text", _stretches(document.text, pages[shown], start, end)),
    ]
    if len(pages) > 1:
        counted = say("slack-view-page", page=shown + 1, pages=len(pages), characters=len(document.text))
        blocks.append(context("passage-page", [counted]))
        blocks.append(row("passage-0", list(_turns(shown, own, len(pages), (key, part), spot))))
    return modal("slack-view-passage", blocks, callback_id=actions.PASSAGE_VIEW)


def _stretches(text: str, page: tuple[int, int], start: int, end: int) -> list[Block]:
    first, last = page
    inner, outer = max(first, min(start, last)), max(first, min(end, last))
    before, words, after = text[first:inner], text[inner:outer], text[outer:last]
    containers = [line([leaf(before)])]
    if words:
        containers += [line([leaf(say("slack-view-quoted"), italic=True)]), quote(words)]
    if words and after.strip():
        containers.append(line([leaf(say("slack-view-on"), italic=True)]))
    return [*containers, line([leaf(after)])]


def _turns(shown: int, own: int, pages: int, answer: tuple[str, int], spot: Spot) -> Iterator[Block]:
    place = actions.spot(spot.document, spot.start, spot.end)
    for name, page, wanted in (
        ("slack-view-earlier", shown - 1, shown > 0),
        ("slack-view-later", shown + 1, shown < pages - 1),
        ("slack-view-at", own, shown not in {own - 1, own, own + 1}),
    ):
        if wanted:
            yield button(actions.PAGE, say(name), say(f"{name}-label"), pressed(*answer, f"{page} {place}"))


def pages_of(text: str, size: int = PAGE) -> list[tuple[int, int]]:
    """The text in stretches of at most `size` characters, ended at sentences where they have ends; nothing is left out."""
    pages = []
    at = 0
    while at < len(text):
        last = _page_end(text, at, size)
        pages.append((at, last))
        at = last
    return pages or [(0, 0)]


def _page_end(text: str, at: int, size: int) -> int:
    window = text[at : at + size]
    while (excess := units(window) - size) > 0:
        window = window[: -((excess + 1) // 2)]
    if at + len(window) >= len(text):
        return len(text)
    ends = [end for _, end in sentences.spans(window)[:-1]]
    if ends and ends[-1] > size // 2:
        return at + ends[-1]
    space = max(window.rfind(" "), window.rfind("\n"))
    return at + (space + 1 if space > size // 2 else len(window))


def reasons_view(
    part: PartAnswer, quotes: Sequence[Quote], names: Names, stamp: StoreStamp
) -> dict[str, Any]:
    """Why each passage is labelled and placed as it is: every label's values with where they are from, and what a level rests on.

    Args:
        part: the answer's part.
        quotes: its passages as shown, in the order of their numbers (`Rendered.quotes`).
        names: the vocabulary.
        stamp: the store, for the age of the retraction check.
    """
    asked_lines = [
        say("slack-reason-asked", facet=FACET_NAMES[facet].capitalize(), asked=wording.listing(values, names))
        for facet, values in part.part.facets.items()
        if values
    ]
    blocks = [rich("reason-asked", [line([leaf("\n".join([*asked_lines, say("slack-reason-note")]))])])]
    for number, one in enumerate(quotes, start=1):
        block = _reason(one, number, names, stamp)
        if cost([*blocks, block]) > REASONS:
            break
        blocks.append(block)
    return modal("slack-view-reasons", blocks, callback_id=actions.REASONS_VIEW)


def _reason(one: Quote, number: int, names: Names, stamp: StoreStamp) -> Block:
    lines = [
        *_matches(one),
        *(_label(facet, label, names) for facet, label in one.labels.items()),
        *_level(one),
    ]
    status = STATUS_NAMES[one.document.status.value]
    lines.append(say("slack-reason-status", status=status, checked=_checked(one.document, stamp)))
    words = [leaf("\n" + shorten(text, 400)) for text in lines]
    title = leaf(f"{number}  {shorten(citation.short(one.document), 120)}", bold=True)
    return rich(f"reason-{number}", [line([title, *words])])


def _checked(document: Document, stamp: StoreStamp) -> str:
    dates = [f"{when} ({source})" for source, when in document.checked]
    return ", ".join(dates) or stamp.checked or say("never")


def _matches(one: Quote) -> Iterator[str]:
    if one.commentary:
        yield say("slack-reason-commentary")
    for name, wanted in (("slack-reason-match", True), ("slack-reason-fail", False)):
        facets = [FACET_NAMES[facet] for facet, matched in one.match.items() if matched is wanted]
        if facets:
            yield say(name, facets=", ".join(facets))


def _label(facet: str, label: Label, names: Names) -> str:
    values = wording.listing(label.values, names)
    return say(
        "slack-reason-facet", facet=FACET_NAMES[facet].capitalize(), values=values, origin=label.origin.value
    )


def _level(one: Quote) -> Iterator[str]:
    appraisal = one.appraisal
    if appraisal.level:
        yield say(
            "slack-reason-level", scale=appraisal.scale, level=appraisal.level, basis=appraisal.level_basis
        )
    elif not one.commentary:
        yield say("slack-reason-no-level", scale=appraisal.scale, basis=appraisal.level_basis)
    if appraisal.author_level:
        start, end = appraisal.author_level
        yield say("slack-reason-authors") + f"“{one.document.text[start:end]}”"


def ris_of(documents: Iterable[Document]) -> str:
    """The citations as one RIS text."""
    return "\n".join(citation.ris(document) for document in documents)


def export_view(documents: Sequence[Document]) -> dict[str, Any]:
    """The citations as RIS, to copy; as many as a view holds, and how many that is."""
    records: list[str] = []
    for document in documents:
        record = citation.ris(document)
        if sum(units(one) for one in records) + units(record) > CHARACTERS - 8 * CONTAINER:
            break
        records.append(record)
    note = say("slack-export-note", count=len(records), all=len(documents))
    blocks = [section("export-note", note)]
    if records:
        blocks.append(rich("export-text", [preformatted("\n".join(records))]))
    return modal("slack-view-export", blocks, callback_id=actions.EXPORT_VIEW)
