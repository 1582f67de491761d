"""Checks: how old what a store knows of retractions is, in the words of every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.wording import say
from corpus.document import Kind, Status

if TYPE_CHECKING:
    from assistant.evidence import Mask

_DAY = len("2026-11-24")


def checked(store: Any) -> str | None:
    """When the papers of a store were last checked for retractions, by what, and how many were not; None where none was."""
    table = store.table
    papers = table.having("kind", (Kind.PAPER.value,)) & ~table.having("status", (Status.NOTICE.value,))
    by_check: dict[str, Mask] = {
        value: mask
        for value in table.values("checked")
        if np.any(mask := table.having("checked", (value,)) & papers)
    }
    if not by_check:
        return None
    newest = max(value[:_DAY] for value in by_check)
    latest = {value: mask for value, mask in by_check.items() if value[:_DAY] == newest}
    then = np.logical_or.reduce(list(latest.values()))
    ever = np.logical_or.reduce(list(by_check.values()))
    sources = ", ".join(value[_DAY:].strip() for value in latest)
    counts = {"checked-earlier": int((ever & ~then).sum()), "checked-never": int((papers & ~ever).sum())}
    but = "; ".join(
        say(name, count=count, papers=int(papers.sum())) for name, count in counts.items() if count
    )
    return say("checked-but" if but else "checked", date=newest, sources=sources, but=but)
