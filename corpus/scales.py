"""Scales: which way an outcome scale's scores run, noted beside the words that name it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_SENTENCE = re.compile(r"[.?!]\s|\n")


@dataclass(frozen=True, slots=True)
class ScaleNote:
    """`text[start:end]` names a scale whose scores run in `direction` ("higher = worse", "higher = better", or by version)."""

    name: str
    direction: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale of scales.toml."""

    name: str
    direction: str
    forms: tuple[str, ...]
    pattern: re.Pattern[str]
    unless: tuple[str, ...]


@cache
def scales() -> tuple[Scale, ...]:
    """The scales of scales.toml, in its order."""
    written = tomllib.loads(files("corpus").joinpath("scales.toml").read_text(encoding="utf-8"))
    return tuple(
        Scale(
            row["name"],
            row["direction"],
            tuple(row["forms"]),
            re.compile(
                r"(?<![\w-])(?:"
                + "|".join(re.escape(form) for form in sorted(row["forms"], key=len, reverse=True))
                + r")(?!\w)"
            ),
            tuple(row.get("unless", ())),
        )
        for row in written["scale"]
    )


def _sentence(text: str, start: int, end: int) -> str:
    opening = max((found.end() for found in _SENTENCE.finditer(text, 0, start)), default=0)
    closing = _SENTENCE.search(text, end)
    return text[opening : closing.start() if closing else len(text)].lower()


def notes(text: str) -> tuple[ScaleNote, ...]:
    """The scales that the text names, each once, where it is named first; in the order of the text."""
    made = []
    for scale in scales():
        if not any(
            form in text for form in scale.forms
        ):  # far quicker than the pattern, which few texts need
            continue
        for found in scale.pattern.finditer(text):
            sentence = _sentence(text, *found.span()) if scale.unless else ""
            if not any(word in sentence for word in scale.unless):
                made.append(ScaleNote(scale.name, scale.direction, *found.span()))
                break
    return tuple(sorted(made, key=lambda note: (note.start, note.name)))
