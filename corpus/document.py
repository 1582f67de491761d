"""Document: one source as stored, with its citation, its sections and what was received about it.

The stored text of every document begins with its title, one newline, then the body: so that a span found
in "title + newline + abstract" is the same span in the stored text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """What is known to have happened to a document after it was published.

    The words are those of the `--json` contract. "none-recorded" is not "clean": nobody may have asked.
    """

    NONE_RECORDED = "none-recorded"
    CORRECTED = "corrected"
    SUPERSEDED = "superseded"
    CONCERN = "concern"
    RETRACTED = "retracted"
    NOTICE = "notice"


class Kind(StrEnum):
    """What sort of source a document is. Only a paper can be a study; only commentary is set apart."""

    PAPER = "paper"
    POST = "post"
    REGULATORY = "regulatory"


class SectionKind(StrEnum):
    """What a stretch of the stored text is for. Only BODY is split into passages (and TITLE where no body is)."""

    TITLE = "title"
    HEADING = "heading"
    BODY = "body"
    BOILERPLATE = "boilerplate"


class Role(StrEnum):
    """What a section of an abstract does: NLM's NlmCategory values."""

    BACKGROUND = "BACKGROUND"
    OBJECTIVE = "OBJECTIVE"
    METHODS = "METHODS"
    RESULTS = "RESULTS"
    CONCLUSIONS = "CONCLUSIONS"
    UNASSIGNED = "UNASSIGNED"


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch `text[start:end]` of the stored text. Sections are in order, never overlap, and leave only white space between them."""

    kind: SectionKind
    start: int
    end: int
    label: str | None = None
    role: Role | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """What identifies a source in print. None means that no source printed it; nothing is ever filled in.

    Attributes:
        authors: as printed, in order, "Family AB" where the source gives that form.
        year: only where the source states it.
        date: the publication date as printed ("2018 Dec 5", "2000 Spring"), None where not stated.
        doi: lower case, without a resolver's address.
    """

    title: str
    authors: tuple[str, ...] = ()
    journal: str | None = None
    journal_abbreviation: str | None = None
    year: int | None = None
    date: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    doi: str | None = None
    url: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class MeshHeading:
    """One MeSH heading as the record gives it."""

    name: str
    major: bool = False
    qualifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """One CommentsCorrections entry: how another record bears on this one.

    Attributes:
        kind: NLM's RefType, e.g. "RetractionIn" (this one is affected) or "RetractionOf" (this one is the notice).
        source: the other record's citation as printed.
    """

    kind: str
    source: str
    pmid: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What a bibliographic record carries beside citation and abstract; empty where the format has no place for it.

    Attributes:
        dates: every date form received, by its field's name ("PubDate", "ArticleDate", "DP", "LR", ...).
        indexing_method: MedlineCitation/@IndexingMethod ("Manual", "Automated", "Curated"), None where absent.
        trials: registry numbers (NCT..., ISRCTN...).
    """

    publication_types: tuple[str, ...] = ()
    mesh: tuple[MeshHeading, ...] = ()
    keywords: tuple[str, ...] = ()
    dates: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    trials: tuple[str, ...] = ()
    indexing_method: str | None = None
    medline_status: str | None = None
    conflict_statement: str | None = None
    language: str | None = None
    other_abstracts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CuratorWord:
    """A curator's override of one label or status: which, to what, who, when and why.

    Attributes:
        facet: a facet's name, or "status".
    """

    facet: str
    values: tuple[str, ...]
    who: str
    when: str
    why: str


@dataclass(frozen=True, slots=True)
class Document:
    """One source as stored.

    Attributes:
        id: "pmid:19099374", else "doi:10.…" (lower case), else "post:SLUG" or "file:SLUG".
        text: title, newline, body; what `show ID --text` prints and every offset counts in (characters).
        note: True where the body is our own note about the source, not the source's words.
        status: the strongest known; `record.links` says from where.
        checked: (source, date) pairs of retraction checks; empty means "not checked".
        origin: the file inside the library that it came from, "/" between folders.
        warnings: what the reader could not carry over, one sentence each.
    """

    id: str
    kind: Kind
    text: str
    sections: tuple[Section, ...]
    citation: Citation
    record: Record = field(default_factory=Record)
    status: Status = Status.NONE_RECORDED
    note: bool = False
    checked: tuple[tuple[str, str], ...] = ()
    curator: tuple[CuratorWord, ...] = ()
    origin: str = ""
    warnings: tuple[str, ...] = ()
