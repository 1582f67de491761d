"""Found: what one stretch of text names, gathered while it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant.asked import FACETS_ASKED, Assumption
from assistant.cues import whole_words


@dataclass(slots=True)
class Found:
    """What one stretch of text names.

    Attributes:
        values: by facet, in the order of the text, each once.
        spans: (start, end, facet, value) of each mention in the mended text.
        sited: whether the condition was taken from a body part alone.
        told: of interventions, (start, end, words) of each mention that tells which thing of the concept is meant.
        source: whose cells or tissue are asked for.
    """

    text: str
    values: dict[str, list[str]] = field(default_factory=lambda: {facet: [] for facet in FACETS_ASKED})
    assumed: list[Assumption] = field(default_factory=list)
    spans: list[tuple[int, int, str, str]] = field(default_factory=list)
    grade: list[str] = field(default_factory=list)
    terms: tuple[str, ...] = ()
    sited: bool = False
    told: dict[str, list[tuple[int, int, tuple[str, ...]]]] = field(default_factory=dict)
    source: tuple[str, ...] = ()

    def add(self, facet: str, value: str) -> None:
        """Note a value once."""
        if value not in self.values[facet]:
            self.values[facet].append(value)

    def assume(self, assumption: Assumption) -> None:
        """Note an assumption once."""
        if all(one.form.lower() != assumption.form.lower() for one in self.assumed):
            self.assumed.append(assumption)

    def facets(self) -> dict[str, tuple[str, ...]]:
        """All six facets, values sorted."""
        return {facet: tuple(sorted(self.values[facet])) for facet in FACETS_ASKED}


def excluded(text: str, start: int) -> bool:
    """Whether what begins there is said to be left out: "not in animals"."""
    return bool(
        re.search(
            r"\b(?:no|not|non|without|excluding|except|other than|rather than)[\s-]+(?:in\s+|the\s+)?$",
            text[:start],
            re.IGNORECASE,
        )
    )


_patterns: dict[str, re.Pattern[str]] = {}


def pattern(name: str, forms: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the forms as whole words, compiled once under a name."""
    if name not in _patterns:
        _patterns[name] = whole_words(forms)
    return _patterns[name]
