"""The library's stores, as the bot tells a channel of them: when each was published, and what differs between two."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from assistant.diffing import StoreDiff, diff_stores, with_answers
from assistant.errors import AssistantError
from assistant.gate import judged_questions
from assistant.slack.logs import kind_of, log
from assistant.versions import open_version
from corpus.errors import CorpusError
from index.errors import SearchError
from index.root import current_version, history

if TYPE_CHECKING:
    from assistant.answering import Bench
    from index.questions import Asking


class Stores(Protocol):
    """What a note of changes is made from."""

    @property
    def library(self) -> str:
        """The library's name."""

    def serves(self, version: str) -> bool:
        """Whether a version is what is served at this moment."""

    def published(self, version: str) -> str:
        """When a version was published last (ISO 8601); empty where that is not known."""

    def difference(self, before: str, after: str) -> StoreDiff | None:
        """What differs between two stores; None where one of them is no longer kept."""


class LibraryStores:
    """The stores of a library on disk."""

    def __init__(self, bench: Bench, asking: Callable[[], Asking]) -> None:
        """Those of this bench, asked with what `asking` opens."""
        self._bench = bench
        self._asking = asking

    @property
    def library(self) -> str:
        """The library's name."""
        return self._bench.library.name

    def serves(self, version: str) -> bool:
        """Whether a version is what is served at this moment; False where the pointer to it cannot be read."""
        try:
            return current_version(self._bench.root) == version
        except SearchError:
            return False

    def published(self, version: str) -> str:
        """When a version was published last; empty where the history does not say."""
        past = [line.at for line in history(self._bench.root) if line.version == version]
        return past[-1] if past else ""

    def difference(self, before: str, after: str) -> StoreDiff | None:
        """What differs, the library's judged questions included where they can be asked of both."""
        bench = self._bench
        try:
            with open_version(bench.root, before) as old, open_version(bench.root, after) as new:
                found = diff_stores(old, new)
                try:
                    judged = judged_questions(bench.library.folder)
                    if not judged:
                        return found
                    return with_answers(found, judged, (old, new), (bench, self._asking()))
                except (AssistantError, CorpusError, SearchError) as error:
                    log.warning("judged questions not asked: %s", kind_of(error))
                    return found
        except (SearchError, OSError) as error:
            log.warning("stores not compared: %s", kind_of(error))
            return None
