"""Gaps: which answers are followed by a map of the evidence, and what is kept of a map that was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.question import Ask
from assistant.slack.announcements import MAP, Announcement, key_of
from assistant.slack.database import as_json
from assistant.slack.files import Spot
from assistant.slack.given import Given


def asked_for(given: Given, part: int, spot: Spot) -> Announcement:
    """The map of one part of an answer, to be posted at a place: of the same reading there always the same."""
    stored = given.parts[part]
    key = key_of(MAP, given.key, spot.channel, as_json(stored["facets"]))
    return Announcement(key, MAP, spot.channel, spot.thread, {"answer": given.key, "part": dict(stored)})


def gaps_of(given: Given) -> Iterator[int]:
    """The parts of an answer's question that ask what is missing."""
    for number, part in enumerate(given.parts):
        if part["ask"] == Ask.ABOUT_CORPUS.value and part["about"] == "gaps":
            yield number
