"""Asked: a study as its question is told from it: parts of its text, the cues found in them, and what is known of it already."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from corpus.label import NONE, NOT_STATED, Label
from corpus.sentence_roles import BACKGROUND, BODY, CONCLUSION, OBJECTIVE, TITLE
from corpus.study_reading import Study, is_kind, only_in_dish

_OFTEN = 3
_NO_TREATMENT = frozenset({NONE, NOT_STATED, "placebo"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A study as its question is told from it: parts of its text in small letters, and what is known of it already."""

    title: str
    aim: str
    told: tuple[str, ...]
    design: frozenset[str]
    given: frozenset[str]
    named: bool
    healthy: bool
    unknown: bool
    cells: bool
    people: bool
    dish: bool

    def says(self, part: str, cue: str, text: str) -> bool:
        """Whether the cue of that part stands in the text."""
        return bool(cues()[f"{part}.{cue}"].search(text))

    def titled(self, *cues: str) -> bool:
        """Whether the title has one of the cues."""
        return any(self.says("title", cue, self.title) for cue in cues)

    def tells(self, cue: str) -> bool:
        """Whether the paper's own part says it."""
        return any(self.says("said", cue, one) for one in self.told)

    def often(self, cue: str) -> bool:
        """Whether the paper's own part says it again and again."""
        return sum(len(cues()[f"said.{cue}"].findall(one)) for one in self.told) >= _OFTEN

    @property
    def treatment_titled(self) -> bool:
        """Whether the title names a treatment, by name or as such."""
        return self.named or self.titled("better", "effect", "giving")

    def wants(self, *cues: str) -> bool:
        """Whether the stated aim has one of the cues."""
        return any(self.says("asked", cue, self.aim) for cue in cues)


@cache
def cues() -> Mapping[str, re.Pattern[str]]:
    """The cues of question_kind.toml, each by its part and name."""
    raw = tomllib.loads(files("corpus").joinpath("question_kind.toml").read_text(encoding="utf-8"))
    return {
        f"{part}.{name}": re.compile(pattern)
        for part, listed in raw.items()
        for name, pattern in listed.items()
    }


def read_asked(study: Study, labels: Mapping[str, Label]) -> Asked:
    """The study as its question is told from it."""

    def text(*wanted: str) -> list[str]:
        return [study.whole(one) for one in study.sentences if one.role in wanted]

    given = frozenset(labels["intervention"].values) - _NO_TREATMENT
    return Asked(
        title=study.title,
        aim=" ".join(text(OBJECTIVE)),
        told=tuple(text(OBJECTIVE, BODY, CONCLUSION)) or tuple(text(BACKGROUND)),
        design=study.design,
        given=given,
        named=any(
            one.sentence.role == TITLE and one.mention.concept in given for one in study.of("intervention")
        ),
        healthy=labels["condition"].values == (NONE,),
        unknown=labels["intervention"].values == (NOT_STATED,),
        cells=any(is_kind(study, value, "cells") for value in given - {"haematopoietic-transplant"}),
        people=not study.animals and study.living,
        dish=only_in_dish(study),
    )
