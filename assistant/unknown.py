"""Unknown: a product that a question names and the vocabulary does not know, so that nothing is counted in its place.

"FGF-99 for knee OA" is not answered with all there is on knee osteoarthritis: no study of this corpus can be told to be of it.
"""

from __future__ import annotations

import re

from assistant.cues import cue, words

UNKNOWN = "product-not-in-the-vocabulary"
"""An id that no study carries; its words are its name."""
_SHORT = re.compile(
    r"(?<![\w-])(?=[A-Z0-9-]*[A-Z][A-Z0-9-]*[A-Z0-9])[A-Z][A-Z0-9]{1,6}(?:-[A-Z0-9]{1,4})?(?![\w-])"
)
"""A short form in capitals."""


def names_unknown_product(text: str, terms: tuple[str, ...]) -> bool:
    """Whether a question without a product names one all the same: by a short form, or by what stands before "for".

    Args:
        text: the question.
        terms: its content words that no facet took, in small letters.
    """
    if not terms or text.isupper():
        return False
    shorts = {one.group().lower() for one in _SHORT.finditer(text)} - words("unknown", "known")
    if {part for one in shorts for part in (one, *one.split("-"))} & set(terms):
        return True
    asked = cue("unknown", "for").match(text)
    product = asked["product"].lower() if asked else ""
    return product in terms and product not in words("unknown", "general")
