"""A sidecar: X.meta.toml beside a file X, for what X itself does not say or says wrongly: its citation, kind, labels, status.

Its keys are those of front matter, in TOML. What it states goes before what the reader found in the file.
"""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

from corpus import front_matter
from corpus.document import Citation, Document, Kind, Record, SectionKind
from corpus.errors import UnreadableError
from corpus.front_matter import FrontMatter
from corpus.reading import Reading
from corpus.status import stronger
from corpus.toml_lines import toml_tables

ENDING = ".meta.toml"
_Fields = TypeVar("_Fields", Citation, Record)


def is_beside(folder: Path, name: str) -> bool:
    """Whether the file is a sidecar whose own file lies beside it."""
    return name.endswith(ENDING) and (folder / name.removesuffix(ENDING)).is_file()


def applied(reading: Reading, content: bytes, *, name: str) -> Reading:
    """The file's reading with what its sidecar states.

    Raises:
        UnreadableError: the sidecar is wrong, or the file holds more than one document; the file is not read then,
            since a retraction or a label that was misspelt must not pass unseen.
    """
    if len(reading.documents) != 1:
        reason = f"{name} speaks about one document, but the file holds {len(reading.documents):,}"
        raise UnreadableError(reason, "put what it says into curation.toml, document by document")
    try:
        text = content.decode("utf-8-sig")
        stated = toml_tables(text)
    except ValueError as error:  # no UTF-8 either
        reason = f"{name} is not TOML ({error})"
        raise UnreadableError(reason, "mend that line") from error
    front, _ = front_matter.parse(f"+++\n{text}\n+++\n", name=name)
    document = _with_title(reading.documents[0], front.title)
    document = _with_statements(document, front, stated)
    return replace(reading, documents=(document,), warnings=(*reading.warnings, *front.warnings))


def _with_statements(document: Document, front: FrontMatter, stated: dict[str, Any]) -> Document:
    kind = front.kind if "kind" in stated else document.kind
    return replace(
        document,
        id=front.id or _id_for(document.id, kind),
        kind=kind,
        note=front.note if "note" in stated else document.note,
        citation=_over(document.citation, front.citation),
        record=_over(document.record, front.record),
        status=stronger(document.status, front.status),
        checked=tuple(sorted({*document.checked, *front.checked})),
        curator=front.curator or document.curator,
    )


def _id_for(id_: str, kind: Kind) -> str:
    """The id with the prefix of its kind; one made of an identifier stays."""
    prefix, _, rest = id_.partition(":")
    if prefix not in ("post", "file"):
        return id_
    return f"{'post' if kind is Kind.POST else 'file'}:{rest}"


def _over(found: _Fields, stated: _Fields) -> _Fields:
    """What was found, with each field that is stated in its place."""
    values: dict[str, Any] = {
        each.name: value for each in fields(stated) if (value := getattr(stated, each.name))
    }
    return replace(found, **values)


def _with_title(document: Document, title: str | None) -> Document:
    """The document under this title, its sections moved along with its text."""
    if title is None:
        return document
    title = " ".join(title.split())
    heads = [section for section in document.sections if section.kind is SectionKind.TITLE]
    citation = replace(document.citation, title=title)
    if len(heads) != 1 or heads[0].start != 0:
        return replace(document, citation=citation)
    moved = len(title) - heads[0].end
    sections = tuple(
        replace(section, end=len(title))
        if section is heads[0]
        else replace(section, start=section.start + moved, end=section.end + moved)
        for section in document.sections
    )
    text = title + document.text[heads[0].end :]
    return replace(document, text=text, sections=sections, citation=citation)
