"""The score floor: below it a passage is not shown unless facets vouch for it; calibrated on off-topic questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FALSE_ANSWERS = 0.01
"""The share of off-topic questions that may reach the floor."""
STEP = 0.02
STEPS = 51
"""So that the last floor lies above any cosine."""


@dataclass(frozen=True, slots=True)
class Point:
    """At this floor: the share of off-topic questions answered, and of in-scope questions not answered."""

    floor: float
    false_answers: float
    false_abstentions: float


@dataclass(frozen=True, slots=True)
class Floor:
    """The floor chosen, its error, and the whole curve it was chosen from."""

    value: float
    off_topic: int
    in_scope: int
    false_answers: float
    false_abstentions: float
    curve: tuple[Point, ...]


def calibrate(off_topic: Sequence[float], in_scope: Sequence[float]) -> Floor:
    """The lowest floor, in steps of 0.02, that at most one in a hundred off-topic questions reaches.

    Args:
        off_topic: the best cosine in the store of each question it should not answer.
        in_scope: the same of each question it should.
    """
    steps = [round(step * STEP, 2) for step in range(STEPS + 1)]
    curve = tuple(
        Point(step, _share(off_topic, step, above=True), _share(in_scope, step, above=False))
        for step in steps
    )
    chosen = next(point for point in curve if point.false_answers <= FALSE_ANSWERS)
    return Floor(
        chosen.floor, len(off_topic), len(in_scope), chosen.false_answers, chosen.false_abstentions, curve
    )


def _share(scores: Sequence[float], floor: float, *, above: bool) -> float:
    if not scores:
        return 0.0
    reached = sum(score >= floor for score in scores) / len(scores)
    return round(reached if above else 1 - reached, 4)
