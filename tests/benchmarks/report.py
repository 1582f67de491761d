"""What a benchmark measured against what was asked: the lines of the one table at the end of the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Report = Callable[[str, float, str, float], bool]
"""Takes what was measured, the figure, "<=" or ">=", and the figure asked for; gives whether it holds."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    what: str
    found: float
    relation: str
    asked: float

    @property
    def holds(self) -> bool:
        """Whether what was found is what was asked."""
        return self.found <= self.asked if self.relation == "<=" else self.found >= self.asked


def shown(lines: list[Line]) -> list[str]:
    """The table, a line of text for each."""
    width = max(len(line.what) for line in lines)
    return [
        f"{line.what:{width}}  {line.found:10.4g}  {line.relation} {line.asked:<8g}  {'holds' if line.holds else 'DOES NOT HOLD'}"
        for line in lines
    ]
