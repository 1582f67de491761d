"""The one table that the benchmarks' command prints."""

from __future__ import annotations

import pytest
from report import Line, Report, shown

LINES = pytest.StashKey[list[Line]]()


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Puts a line into the table, and says whether it holds."""
    lines = request.config.stash.setdefault(LINES, [])

    def add(what: str, found: float, relation: str, asked: float) -> bool:
        lines.append(Line(what, float(found), relation, asked))
        return lines[-1].holds

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table."""
    lines = config.stash.get(LINES, [])
    if lines:
        terminalreporter.section("measured against what was asked")
        for line in shown(lines):
            terminalreporter.write_line(line)
