"""Label: what a study did, facet by facet, and where each word of that is from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FACETS = (
    "species",
    "design",
    "intervention",
    "comparator",
    "preparation",
    "source",
    "route",
    "condition",
    "question",
)

OCCASION, NAMED = "occasion", "named"
"""What a store keeps beside the facets: operations at which what was studied was given (corpus/occasions.py), and which of the
things that a concept holds it was (corpus/named.py)."""

NOT_STATED = "not-stated"
NONE = "none"


class Origin(StrEnum):
    """Where a label is from; in order of precedence."""

    CURATOR = "curator"
    PUBLICATION_TYPE = "publication-type"
    MESH = "mesh"
    TEXT_RULE = "text-rule"
    NOT_STATED = "not-stated"


@dataclass(frozen=True, slots=True)
class Label:
    """One facet's values for a document.

    Attributes:
        values: concept ids, sorted; ("not-stated",) where nothing says; ("none",) where the facet does not apply.
        spans: (start, end) pairs into the document's stored text that gave the values; empty for curator and record fields.
    """

    values: tuple[str, ...]
    origin: Origin
    spans: tuple[tuple[int, int], ...] = ()


UNSTATED = Label(values=(NOT_STATED,), origin=Origin.NOT_STATED)
