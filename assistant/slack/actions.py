"""Action ids of the buttons and forms, and what a button's value says: an answer's id and concept ids, never text of a question."""

from __future__ import annotations

import re
from dataclasses import dataclass

SENSE = "firstpass_sense"
"""Read a short form in its other sense; argument "SENSE>OTHER", two concept ids."""
RUNG = "firstpass_rung"
"""Let go the facets of a ladder rung; argument the facets, joined by "+"."""
MORE = "firstpass_more"
"""More passages; argument how many of the part's passages were shown so far."""
CONTEXT = "firstpass_context"
"""A passage in its context, whole; argument "START END DOCUMENT-ID" (see `spot`)."""
PAGE = "firstpass_page"
"""Another page of that view; argument "PAGE START END DOCUMENT-ID"."""
TABLE = "firstpass_table"
"""All matching studies as a table; argument how many were listed so far."""
WHY = "firstpass_why"
"""The reasoning: where each label is from, and what a level rests on."""
RIS = "firstpass_ris"
"""The citations of the answer as RIS."""
NOT_HELPFUL = "firstpass_not_helpful"
"""Opens the form of reasons."""
MAP = "firstpass_map"
"""The evidence gap map of a part as a picture."""
SHARE = "firstpass_share"
"""Post a private answer in the channel."""
ASK = "firstpass_ask"
"""Opens the form for a question (Home tab)."""
EXAMPLE = "firstpass_example"
"""Asks an example question of the Home tab; its value is the number of the example."""

ASK_FORM = "evidence_form"
"""callback_id of the question form; `views.asked` reads what was entered."""
FEEDBACK_FORM = "feedback_form"
"""callback_id of the feedback form; `views.feedback` reads what was entered."""
PASSAGE_VIEW = "passage_view"
REASONS_VIEW = "reasons_view"
EXPORT_VIEW = "export_view"

KEY_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button's value says.

    Attributes:
        key: the answer's id.
        part: the number of the answer's part, from 0.
        argument: what the action's constant above says; empty where it needs nothing.
    """

    key: str
    part: int
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A passage's place: `document.text[start:end]`."""

    document: str
    start: int
    end: int


def matching(action: str) -> re.Pattern[str]:
    """What matches every action id of one kind: ids carry a number, because a message may not hold one twice."""
    return re.compile(rf"{action}(?::[\d.]+)?\Z")


def encode(key: str, part: int, argument: str = "") -> str:
    """The value of a button."""
    return f"{key} {part} {argument}".rstrip()


def decode(value: str) -> Pressed | None:
    """What a button's value says; None where it is none of ours."""
    match = re.fullmatch(r"(\S{1,40}) (\d{1,4})(?: (.*))?", value, re.DOTALL)
    return Pressed(match[1], int(match[2]), match[3] or "") if match else None


def spot(document: str, start: int, end: int) -> str:
    """The argument of CONTEXT."""
    return f"{start} {end} {document}"


def read_spot(argument: str) -> Spot | None:
    """The place that CONTEXT's argument names; None where it names none."""
    match = re.fullmatch(r"(\d{1,12}) (\d{1,12}) (.+)", argument, re.DOTALL)
    return Spot(match[3], int(match[1]), int(match[2])) if match else None


def read_page(argument: str) -> tuple[int, Spot] | None:
    """The page and the place that PAGE's argument names; None where it names none."""
    number, _, rest = argument.partition(" ")
    place = read_spot(rest)
    return (int(number), place) if place and number.isdecimal() else None


def read_sense(argument: str) -> tuple[str, str] | None:
    """The sense as read and the other that was chosen; None where the argument names none."""
    sense, _, other = argument.partition(">")
    return (sense, other) if sense and other else None
