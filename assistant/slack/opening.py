"""Opening: the library that a bot answers from, warm from the first question on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from assistant.slack.meters import Meters
from assistant.slack.settings import SlackSettings

if TYPE_CHECKING:
    from assistant.answering import Answerer
    from assistant.slack.stores import LibraryStores

PATIENCE = 1800
"""Seconds that a bot waits for another process to build the store."""


def open_library(library: str | None, meters: Meters | None = None) -> Answerer:
    """What answers from a library, its model loaded; `meters` are told how long questions take to encode."""
    from assistant.answering import open_answerer
    from assistant.progress import bar
    from assistant.settings import find_library
    from index.errors import StoreLocked

    settings, until = find_library(library), time.monotonic() + PATIENCE
    while True:
        try:
            with bar() as progress:
                answerer = open_answerer(settings, progress)
            break
        except StoreLocked:  # of several bots started together on a new library, one builds its store
            if time.monotonic() > until:
                raise
            time.sleep(1)
    answerer.answer("")  # the model's first use takes seconds; nobody should wait for it
    if meters is not None:
        answerer.encoded = meters.encoded
    return answerer


def open_stores(settings: SlackSettings, library: str | None) -> LibraryStores | None:
    """The library's stores, where a channel is told what changes in them."""
    if not settings.changes:
        return None
    from assistant.answering import Bench
    from assistant.settings import find_library
    from assistant.slack.stores import LibraryStores

    bench = Bench(find_library(library))
    return LibraryStores(bench, bench.questions)
