"""Passage: a quotable stretch of a document, an exact slice of its stored text."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.document import Role


@dataclass(frozen=True, slots=True)
class Passage:
    """`document.text[start:end]`, within one section.

    Attributes:
        document: the document's id.
        section: the section's printed label, else its role, else None (unlabelled).
        page: the PDF page, None elsewhere.
    """

    document: str
    start: int
    end: int
    section: str | None = None
    role: Role | None = None
    page: int | None = None
