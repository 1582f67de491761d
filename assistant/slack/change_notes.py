"""Notes of changes: what a new store changed, told in the channel that the settings name, once for each store."""

from __future__ import annotations

from assistant import wording
from assistant.changes import NOTED, change_facts, status_line
from assistant.diffing import StatusChange, StoreDiff
from assistant.quotes import Sources
from assistant.slack.announcements import Announcement, Served
from assistant.slack.budget import Block, escape, shorten
from assistant.slack.note import Note, notification
from assistant.slack.passages import listed_leaves
from assistant.slack.pieces import context, leaf, line, listed, rich, section
from assistant.slack.responder import Parts
from assistant.slack.sending import NotYet
from assistant.slack.stores import Stores
from assistant.wording import say

LINE = 500
"""Characters of one line; what is longer is cut at a word, with an ellipsis."""
PATIENCE = 4
"""Tries after which a note no longer waits for its version, which another took the place of."""
VERSION = 8
"""Digits of a version, as in every footer."""


class ChangeNotes:
    """Tells a channel what changed."""

    def __init__(self, parts: Parts, stores: Stores, channel: str) -> None:
        """Tell this channel of these stores."""
        self._parts = parts
        self._stores = stores
        self._channel = channel

    def look(self) -> None:
        """Store that a version is to be told of, where the bot answers from another than was told last."""
        announcements, library = self._parts.announcements, self._stores.library
        version = self._parts.answering.sources.stamp.version
        if announcements.told_last(library) != version:
            announcements.served(
                Served(library, version, self._stores.published(version)),
                channel=self._channel,
                still=lambda: self._stores.serves(version),
                now=self._parts.clock(),
            )

    def tell(self, announcement: Announcement) -> None:
        """Post the note of one version, as soon as this process answers from it."""
        about = announcement.about
        if self._parts.answering.sources.stamp.version != about["after"] and announcement.tries < PATIENCE:
            raise NotYet
        found = self._stores.difference(about["before"], about["after"])
        first = say(
            "change-again" if about["again"] else "change-store",
            library=self._stores.library,
            before=about["before"][:VERSION],
            after=about["after"][:VERSION],
        )
        note = change_message(first, found, about["before"], self._parts.answering.sources)
        self._parts.announcements.posting(announcement)
        self._parts.delivery.post(announcement.channel, None, note, announcement.key)


def change_message(first: str, diff: StoreDiff | None, before: str, sources: Sources) -> Note:
    """The note: which store took which one's place, new statuses, then what changed in numbers.

    Args:
        first: the first line.
        diff: what differs; None where the store before is gone.
        before: that store's version.
        sources: what is served now, for the statuses' addresses, the names of concepts and the footer.
    """
    if diff is None:
        facts: tuple[str, ...] = (say("change-unknown", before=before[:VERSION]),)
        statuses: tuple[StatusChange, ...] = ()
    else:
        facts, statuses = change_facts(diff, sources.vocabulary), diff.statuses
    left = len(statuses) - NOTED
    more = [say("change-more", count=left)] if left > 0 else []
    known = [line(_status_leaves(one, sources)) for one in statuses[:NOTED]]
    blocks: list[Block] = [rich("change-title", [line([leaf(shorten(first, LINE), bold=True)])])]
    if known:
        blocks.append(rich("change-statuses", [listed([*known, *(line([leaf(one)]) for one in more)])]))
    blocks.append(rich("change-facts", [listed(line([leaf(one)]) for one in facts)]))
    footer = wording.footer(sources.stamp)
    blocks.append(context("change-footer", [footer]))
    told = [*(status_line(one) for one in statuses[:NOTED]), *more]
    lines = [shorten(one, LINE) for one in (first, *told, *facts, footer)]
    return Note(
        text=notification(lines),
        blocks=blocks,
        simpler=[section(f"change-{at}", one) for at, one in enumerate(lines)],
        plain=escape("\n".join(lines)),
    )


def _status_leaves(change: StatusChange, sources: Sources) -> list[Block]:
    """A new status and the paper that has it, with its address where it is served."""
    store = sources.store
    document = store.document(change.id) if change.id in store.ids else None
    if document is None or document.status.value != change.after:
        return [leaf(shorten(status_line(change), LINE))]
    return listed_leaves(document)
