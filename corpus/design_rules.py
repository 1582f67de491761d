"""The rules of design.toml, read once; and what kind of paper a reading is, whatever was studied."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from corpus.cues import Cue, Reading, cues, matches

SYNTHESES = frozenset({"systematic-review", "meta-analysis"})
NOT_PRIMARY = frozenset({*SYNTHESES, "narrative-review", "guideline", "commentary", "protocol"})

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class DesignRules:
    """What design.toml says."""

    publication_types: dict[str, str]
    mesh: dict[str, str]
    stated: tuple[Cue, ...]
    paper: tuple[Cue, ...]
    beside_synthesis: tuple[Cue, ...]
    primary: tuple[Cue, ...]
    fallback: tuple[Cue, ...]
    weak: tuple[Cue, ...]
    review_fallback: tuple[Cue, ...]
    bench: tuple[Cue, ...]
    dish: tuple[Cue, ...]
    dish_told: tuple[Cue, ...]


@cache
def design_rules() -> DesignRules:
    """The rules of design.toml."""
    written = tomllib.loads(files("corpus").joinpath("design.toml").read_text(encoding="utf-8"))
    groups = written["groups"]
    return DesignRules(
        publication_types=written["publication_types"],
        mesh=written["mesh"],
        stated=cues(written["stated"], groups),
        paper=cues(written["paper"], groups),
        beside_synthesis=cues(written["beside_synthesis"], groups),
        primary=cues(written["primary"], groups),
        fallback=cues(written["fallback"], groups),
        weak=cues(written["weak"], groups),
        review_fallback=cues(written["review_fallback"], groups),
        bench=cues(written["bench"], groups),
        dish=cues(written["dish"], groups),
        dish_told=cues(written["dish_told"], groups),
    )


def found(reading: Reading, rules: tuple[Cue, ...]) -> dict[str, tuple[Cue, Span]]:
    """The first rule that holds for each value, with its span."""
    held: dict[str, tuple[Cue, Span]] = {}
    for cue in rules:
        if cue.gives not in held:
            span = next(matches(reading, cue), None)
            if span is not None:
                held[cue.gives] = (cue, span)
    return held


@lru_cache(maxsize=64)
def paper_kinds(reading: Reading) -> Mapping[str, Span]:
    """What kind of paper the reading is, with the words that say so; empty for a study of its own."""
    return {value: span for value, (_, span) in found(reading, design_rules().paper).items()}
