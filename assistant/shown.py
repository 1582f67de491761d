"""Shown: what the terminal and Slack say of a source in the same words."""

from __future__ import annotations

from assistant import wording
from assistant.answer import Quote
from assistant.wording import Names, say

FACETS_SHOWN = ("design", "species", "route", "preparation", "intervention", "condition")
WEIGHTY = ("design", "species")
"""Facets that a reader's eye should land on; so should whatever failed to match."""


def labels_shown(quote: Quote, names: Names) -> list[tuple[str, bool]]:
    """What the source is, each with whether the eye should land on it: status, labels with what failed to match, size."""
    status = quote.document.status.value
    shown = [] if status == "none-recorded" else [(wording.STATUS_NAMES[status], True)]
    # A commentary did nothing that could match; what it speaks of is shown, and no more.
    unmatched = [facet for facet, matched in quote.match.items() if not matched and not quote.commentary]
    failing = {facet: quote.asked[facet] for facet in unmatched}
    for facet in FACETS_SHOWN:
        values = quote.labels[facet].values
        silent = values == ("none",) or (quote.commentary and values == ("not-stated",))
        if not silent or facet in failing:
            weighty = facet in failing or facet in WEIGHTY
            shown.append((wording.facet_shown(facet, values, failing, names, quote.named), weighty))
    if quote.appraisal.sample_size:
        shown.append((say("sample-size", n=quote.appraisal.sample_size.n), False))
    return shown
