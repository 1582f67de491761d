"""Reading: what one file gave, document by document, and what of it could not be read."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.document import Document


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read: where, why, and what the curator can do.

    Attributes:
        place: the file inside the library, with record or page where that narrows it ("a.nbib, record 17").
    """

    place: str
    reason: str
    cure: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file gave.

    Attributes:
        deleted: PMIDs that the file says are deleted (PubMed's DeleteCitation).
        warnings: what the format cannot carry, one sentence each, about the file as a whole.
    """

    documents: tuple[Document, ...] = ()
    problems: tuple[Problem, ...] = ()
    deleted: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
