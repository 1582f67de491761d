"""The stored text: title, newline, body, with the sections that cover it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.document import Role, Section, SectionKind


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a source before it is put into the stored text; `label` is printed before it as "LABEL: "."""

    text: str
    kind: SectionKind = SectionKind.BODY
    label: str | None = None
    role: Role | None = None
    page: int | None = None


def clean(text: str) -> str:
    """The text as it is stored: line ends as newlines, no NUL and no lone surrogates (neither can be written as UTF-8 text), edges stripped."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def compose(title: str, parts: Iterable[Part]) -> tuple[str, tuple[Section, ...]]:
    """The stored text and its sections: the title, then each part on lines of its own.

    A labelled part is written "LABEL: text", as PubMed prints it; the label becomes a heading section, so
    that it is shown in place but never retrieved.
    """
    title = " ".join(clean(title).split())
    sections = [Section(SectionKind.TITLE, 0, len(title))] if title else []
    text = title
    for part in parts:
        body = clean(part.text)
        if not body:
            continue
        text += "\n"
        if part.label:
            start = len(text)
            text += f"{part.label}: "
            sections.append(Section(SectionKind.HEADING, start, len(text) - 1, page=part.page))
        start = len(text)
        text += body
        sections.append(Section(part.kind, start, len(text), part.label, part.role, part.page))
    return text, tuple(sections)
