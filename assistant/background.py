"""Background: forms of the vocabulary that a question uses without asking about them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.cues import cue, exact, words
from corpus.mentions import Mention

_NUMERAL = re.compile(
    r"(?:level|loe|grades?|gr|stage|phase|type|class|kl|k-l|lawrence|kellgren|icrs|outerbridge|arco|ficat)\s*[:=\-]?\s*(?:[0-9iv]+\s*(?:-|/|to|or|and)\s*)?$",
    re.IGNORECASE,
)


def is_background(mention: Mention, text: str) -> bool:
    """Whether a form is a numeral, a patient ("pt"), or a treatment told as history and not asked about."""
    form = text[mention.start : mention.end]
    before = text[: mention.start]
    if mention.facet == "route" and form.upper() in {"IV", "I.V."} and _NUMERAL.search(before):
        return True
    if mention.facet != "intervention":
        return False
    if form in words("mentions", "plain_words"):
        return True
    if any(one.match(text, mention.end) for one in exact("mentions", "controlled")):
        return True
    if re.search(rf"{cue('mentions', 'history').pattern}\s+(?:\w+\s+)?$", before, re.IGNORECASE):
        return True
    taken = re.search(rf"{cue('mentions', 'taken').pattern}\s+(?:\w+\s+)?$", before, re.IGNORECASE)
    return bool(taken) and mention.concept in words("mentions", "drugs")


def is_inside(mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether a word is only a piece of a longer name: a product's of a condition's ("bone marrow edema"), an implantation of a product's."""
    longer = {"intervention": "condition", "route": "intervention"}.get(mention.facet)
    if mention.facet == "route" and mention.concept != "surgical-implantation":
        return False
    return any(
        one.facet == longer
        and one.start <= mention.start
        and mention.end <= one.end
        and one.end - one.start > mention.end - mention.start
        for one in mentions
    )
