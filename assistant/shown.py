"""Shown: what the terminal and Slack say of a source in the same words."""

from __future__ import annotations

from assistant import wording
from assistant.answer import Quote
from assistant.wording import Names

FACETS_SHOWN = ("design", "species", "route", "preparation", "intervention", "condition")
WEIGHTY = ("design", "species")
"""Facets that a reader's eye should land on; so should whatever failed to match."""


def labels_shown(quote: Quote, names: Names) -> list[tuple[str, bool]]:
    """What the source is, each with whether the eye should land on it: status, labels with what failed to match, size."""
    status = quote.document.status.value
    shown = [] if status == "none-recorded" else [(wording.STATUS_NAMES[status], True)]
    failing = {facet: quote.asked[facet] for facet, matched in quote.match.items() if not matched}
    for facet in FACETS_SHOWN:
        values = quote.labels[facet].values
        if values != ("none",) or facet in failing:
            weighty = facet in failing or facet in WEIGHTY
            shown.append((wording.facet_shown(facet, values, failing, names), weighty))
    size = quote.appraisal.sample_size
    if size:
        shown.append((quote.document.text[size.start : size.end], False))
    return shown
