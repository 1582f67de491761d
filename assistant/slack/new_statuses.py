"""New statuses: a thread that cites a paper is told, once, when that paper was retracted since or got an expression of concern."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from assistant import wording
from assistant.quotes import StoreStamp
from assistant.slack.announcements import Announcement
from assistant.slack.budget import Block, escape
from assistant.slack.cited import UNKNOWN, Place
from assistant.slack.note import Note, notification
from assistant.slack.passages import listed_leaves, listed_text
from assistant.slack.pieces import context, leaf, line, listed, rich, section
from assistant.slack.responder import Parts
from assistant.slack.sending import NotYet
from assistant.slack.settings import SlackSettings
from assistant.wording import say
from corpus.document import Document, Status

GRAVE = {Status.CONCERN.value: 1, Status.RETRACTED.value: 2}
"""The statuses that a thread is told of, each graver than what stands before it."""
BEFORE = {**GRAVE, UNKNOWN: 1}
"""How grave what stood there was. Where that was not kept: no retraction, since the passages of a retracted paper are not shown."""
MOST = 8
"""Papers in one message; more are told in a next one."""
PATIENCE = 5
"""Tries after which statuses are no longer waited for that the store served now does not have."""
AGAIN = 60.0
"""Seconds until the answers are looked through again, for one that was on its way when the store changed."""


class NewStatuses:
    """Tells threads of the papers that they cite."""

    def __init__(self, parts: Parts, settings: SlackSettings) -> None:
        """Tell with these parts, where these settings let the bot answer."""
        self._parts = parts
        self._settings = settings
        self._looked: tuple[str, float] = ("", 0.0)

    def look(self) -> None:
        """Store which threads are to be told of what, after a store was published and now and then."""
        sources, now = self._parts.answering.sources, self._parts.clock()
        version, when = self._looked
        if version == sources.stamp.version and 0 <= now - when < AGAIN:
            return
        for place, statuses in self._found(grave(sources.store)).items():
            for some in _in_fitting(statuses):
                self._parts.announcements.tell(place, some, version=sources.stamp.version, now=now)
        self._looked = (sources.stamp.version, now)

    def _found(self, statuses: Mapping[str, str]) -> dict[Place, dict[str, str]]:
        """By thread, the documents that it cites with a less grave status than they have, and was not told of."""
        found: dict[Place, dict[str, str]] = {}
        for document, status in statuses.items():
            for place, then in self._parts.given.cited.places(document):
                if GRAVE[status] > BEFORE.get(then, 0) and self._is_open(place):
                    found.setdefault(place, {})[document] = status
        for place, told in [(one, self._parts.announcements.told_of(one)) for one in found]:
            fresh = {name: status for name, status in found[place].items() if (name, status) not in told}
            found[place] = fresh
        return {place: fresh for place, fresh in found.items() if fresh}

    def _is_open(self, place: Place) -> bool:
        """Whether the settings let the bot write there; a direct message is its asker's own."""
        channels = self._settings.channels
        return not channels or place.channel in channels or place.channel[:1] in ("D", "U", "W")

    def tell(self, announcement: Announcement) -> None:
        """Tell one thread; nothing where the papers are so no longer, or where no answer there cites them any more."""
        place = Place(announcement.channel, announcement.thread or "")
        sources = self._parts.answering.sources
        present = grave(sources.store)
        documents = [
            sources.store.document(name)
            for name in announcement.about["statuses"]
            if name in present and any(one == place for one, _ in self._parts.given.cited.places(name))
        ]
        if not documents:
            if sources.stamp.version != announcement.about["version"] and announcement.tries < PATIENCE:
                raise NotYet  # whether this store is the older one or a newer one, the next tries tell
            self._parts.announcements.withdraw(announcement)
            return
        self._parts.announcements.posting(announcement)
        message = status_message(documents, sources.stamp)
        self._parts.delivery.post(place.channel, place.thread, message, announcement.key)


def grave(store: Any) -> dict[str, str]:
    """The documents of a store that are retracted or have an expression of concern, by id."""
    return {
        store.ids[row]: status
        for status in GRAVE
        for row in np.flatnonzero(store.table.having("status", (status,))).tolist()
    }


def _in_fitting(statuses: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """As many as one message takes, then the next as many."""
    every = sorted(statuses.items())
    for start in range(0, len(every), MOST):
        yield dict(every[start : start + MOST])


def status_message(documents: Sequence[Document], stamp: StoreStamp) -> Note:
    """Which papers of a thread have another status now: the status before each title, then what follows for a reader."""
    count = len(documents)
    title = say("slack-since-one") if count == 1 else say("slack-since", count=count)
    retracted = any(one.status is Status.RETRACTED for one in documents)
    after = [*([say("slack-since-retracted")] if retracted else []), say("slack-since-again")]
    footer = wording.footer(stamp)
    blocks: list[Block] = [
        rich("since-title", [line([leaf(title, bold=True)])]),
        rich("since-papers", [listed(line(listed_leaves(one)) for one in documents)]),
        rich("since-after", [line([leaf(" ".join(after))])]),
        context("since-footer", [footer]),
    ]
    lines = [title, *(listed_text(one) for one in documents), *after, footer]
    return Note(
        text=notification([title, *(listed_text(one) for one in documents)]),
        blocks=blocks,
        simpler=[section(f"since-{at}", one) for at, one in enumerate(lines)],
        plain=escape("\n".join(lines)),
    )
