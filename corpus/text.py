"""The stored text: title, newline, body, with the sections that cover it."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from corpus import boilerplate
from corpus.document import Role, Section, SectionKind

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_LONGEST_SLUG = 80
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "a rich-text document"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"<?xml", "XML"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"pmid- ", "a MEDLINE file"),
    (b"ty  - ", "an RIS file"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a source before it is put into the stored text.

    Attributes:
        label: the source's own label, printed before the text as "LABEL: ".
        under: the heading that the piece stands under, recorded as the section's label but not printed again.
    """

    text: str
    kind: SectionKind = SectionKind.BODY
    label: str | None = None
    role: Role | None = None
    page: int | None = None
    under: str | None = None


def clean(text: str) -> str:
    """The text as it is stored: every kind of line end as a newline, no control characters, edges stripped.

    Control characters could move a terminal's cursor or end a line for one program and not for another; lone
    surrogates cannot be written as UTF-8 at all.
    """
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def compose(title: str, parts: Iterable[Part]) -> tuple[str, tuple[Section, ...]]:
    """The stored text and its sections: the title, then each part on lines of its own.

    A labelled part is written "LABEL: text", as PubMed prints it; the label becomes a heading section, so
    that it is shown in place but never retrieved. Body is divided into body and boilerplate by the rules of
    `boilerplate.toml`; its text stays as it is.
    """
    title = " ".join(clean(title).split())
    sections = [Section(SectionKind.TITLE, 0, len(title))] if title else []
    text = title
    for part in parts:
        body = clean(part.text)
        if not body:
            continue
        text += "\n"
        label = " ".join(clean(part.label or "").split())
        if label:
            start = len(text)
            text += f"{label}: "
            sections.append(Section(SectionKind.HEADING, start, len(text) - 1, page=part.page))
        sections.extend(_sections(part, body, len(text)))
        text += body
    return text, tuple(sections)


def _sections(part: Part, body: str, at: int) -> list[Section]:
    """The sections of one part that begins at `at`: one, or several where boilerplate stands in the body."""
    label = part.label or part.under or None
    stretches: tuple[tuple[bool, int, int], ...] = ((False, 0, len(body)),)
    kind = part.kind
    if kind is SectionKind.BODY:
        if label and boilerplate.is_heading(label):
            kind = SectionKind.BOILERPLATE
        else:
            stretches = boilerplate.split(body)
    return [
        Section(SectionKind.BOILERPLATE if dull else kind, at + start, at + end, label, part.role, part.page)
        for dull, start, end in stretches
    ]


def slug(name: str) -> str:
    """The file's name without folder and ending as lower-case words joined by hyphens, at most 80 characters.

    Letters of every script stay, so that two Arabic file names do not become one id.
    """
    stem = re.split(r"[/\\]", name)[-1]
    stem = re.sub(r"\.(md|markdown|txt|text|html?|pdf)$", "", stem, flags=re.IGNORECASE)
    folded = unicodedata.normalize("NFKC", clean(stem)).casefold()
    return re.sub(r"[\W_]+", "-", folded).strip("-")[:_LONGEST_SLUG].strip("-") or "unnamed"


def true_nature(content: bytes) -> str | None:
    """What the first bytes say the file is ("a PDF", "an image"), None where they say nothing."""
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for signature, nature in _SIGNATURES:
        if start.startswith(signature.lower()):
            return nature
    return None


def decode(content: bytes, *, declared: str | None = None) -> tuple[str, str]:
    """The text and the encoding it was read by.

    In order: a byte order mark, UTF-8, the declared encoding, Windows-1252, which reads any byte. UTF-8 comes before
    what is declared since text that is valid UTF-8 by chance is rare and a wrong declaration is not; "latin-1" means
    Windows-1252, as browsers take it.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace"), "utf-16"
    name = _codec(declared)
    for encoding in ("utf-8-sig", name) if not name.startswith("iso2022") else (name,):
        try:
            return content.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    return content.decode("cp1252", "replace"), "cp1252"


def _codec(declared: str | None) -> str:
    """The name of Python's text codec for a declared encoding, Windows-1252 where there is none."""
    try:
        name = codecs.lookup(declared or "cp1252").name
        # Codecs such as "hex" give no text and say so here.
        b"a".decode(name)
    except (LookupError, ValueError):
        return "cp1252"
    # UTF-16 without its mark cannot have been declared in ASCII.
    return "cp1252" if name in ("iso8859-1", "ascii") or name.startswith("utf-16") else name
