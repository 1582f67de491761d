"""Choices: the rows of buttons below a part, each with what a screen reader says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant import wording
from assistant.evidence import Rung
from assistant.slack import actions
from assistant.slack.budget import Block, shorten
from assistant.slack.face import Face, documents_of
from assistant.slack.pieces import ROW, button, pressed, row
from assistant.slack.tables import facets_named
from assistant.wording import say


def senses(face: Face) -> list[Block]:
    """A button for each other sense of the short forms, as far as a row has room: every form's likeliest before any form's second.

    All senses are named in the line on how the question was read.
    """
    part = face.part.part
    order = [
        value for facet in ("intervention", "condition", "route") for value in part.facets.get(facet, ())
    ]
    weighed = sorted(
        part.assumed, key=lambda one: order.index(one.sense) if one.sense in order else len(order)
    )
    found = []
    for place in range(max((len(one.others) for one in weighed), default=0)):
        for one in weighed:
            if place >= len(one.others):
                continue
            other = one.others[place]
            words = {"form": shorten(one.form, 20), "sense": wording.name(other, face.names)}
            argument = f"{one.sense}>{other}"
            found.append(
                button(
                    actions.SENSE,
                    say("slack-instead", **words),
                    say("slack-instead-label", **words),
                    pressed(face.key, face.at, argument),
                )
            )
    return found[:ROW]


def rung_buttons(face: Face, rungs: Sequence[Rung]) -> list[Block]:
    """A button for each rung that admits a study."""
    found = []
    for rung in rungs:
        count = rung.count.studies
        if count:
            facets = facets_named(rung.dropped).capitalize()
            found.append(
                button(
                    actions.RUNG,
                    say("slack-rung", facets=facets, count=count),
                    say("slack-rung-label", facets=facets.lower(), count=count),
                    pressed(face.key, face.at, "+".join(rung.dropped)),
                )
            )
    return found[:ROW]


def actions_row(face: Face) -> Iterator[Block]:
    """What can be done with the answer as a whole."""
    part, key, at = face.part, face.key, face.at
    wanted = []
    if face.left > 0:
        wanted.append((actions.MORE, "slack-more-button", str(face.skipped + face.shown)))
    if len(documents_of(part)) > 1:
        wanted.append((actions.TABLE, "slack-table-button", ""))
    if face.passages:
        wanted.append((actions.WHY, "slack-why-button", ""))
    if part.quotes or part.listed:
        wanted.append((actions.RIS, "slack-ris-button", ""))
    if part.outcome == "about-corpus" and part.evidence is not None:
        wanted.append((actions.MAP, "slack-map-button", ""))
    if part.outcome not in {"none", "urgent"}:
        wanted.append((actions.NOT_HELPFUL, "slack-bad-button", ""))
    buttons = [
        button(action, say(name), say(f"{name}-label", count=face.left), pressed(key, at, argument))
        for action, name, argument in wanted
    ]
    if buttons and not (face.skipped and not face.passages):
        yield row(f"do-{at}", buttons[:ROW])
