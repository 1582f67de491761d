"""Citation in print: the line under a quote, its link, and RIS for export."""

from __future__ import annotations

from urllib.parse import quote

from corpus.document import Citation, Document, Status

AUTHORS_SHOWN = 3  # Vancouver shows six before "et al."; three fit a phone

PREFIX = {
    Status.RETRACTED: "RETRACTED: ",
    Status.CONCERN: "EXPRESSION OF CONCERN: ",
    Status.NOTICE: "NOTICE: ",
    Status.SUPERSEDED: "SUPERSEDED: ",
}


def line(document: Document) -> str:
    """The citation as printed under a quote: status before the title, then only what the source itself states."""
    c = document.citation
    parts = [_authors(c.authors), f"{PREFIX.get(document.status, '')}{c.title}".rstrip(" ."), _journal(c)]
    printed = " ".join(part if part[-1] in "?!." else f"{part}." for part in parts if part)
    if c.doi:
        printed += f" doi:{c.doi}"
    if c.pmid:
        printed += f" PMID {c.pmid}"
    if c.url and not c.doi and not c.pmid:
        printed += f" {c.url}"
    return printed


def short(document: Document) -> str:
    """First author and year, for lists: "Centeno C 2018"."""
    c = document.citation
    name = c.authors[0] if c.authors else c.title
    return f"{name} {c.year}" if c.year else f"{name}, date not stated"


def url(document: Document) -> str | None:
    """The address to open: the DOI's, else PubMed's, else the page's own; None where none is known."""
    c = document.citation
    if c.doi:
        return "https://doi.org/" + quote(c.doi, safe="/:;().-_")
    if c.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{c.pmid}/"
    return c.url


def ris(document: Document) -> str:
    """The citation as one RIS record, with the status as a note: RIS has no field for it."""
    c = document.citation
    fields: list[tuple[str, str | None]] = [("TY", "JOUR" if c.journal else "ELEC"), ("TI", c.title)]
    fields += [("AU", author) for author in c.authors]
    fields += [
        ("JO", c.journal),
        ("PY", str(c.year) if c.year else None),
        ("VL", c.volume),
        ("IS", c.issue),
        ("SP", c.pages),
        ("DO", c.doi),
        ("AN", c.pmid),
        ("UR", url(document)),
        ("N1", f"status: {document.status.value}" if document.status is not Status.NONE_RECORDED else None),
    ]
    return "".join(f"{tag}  - {' '.join(value.split())}\n" for tag, value in fields if value) + "ER  - \n"


def _authors(authors: tuple[str, ...]) -> str:
    shown = ", ".join(author.rstrip(".") for author in authors[:AUTHORS_SHOWN])
    return f"{shown}, et al" if len(authors) > AUTHORS_SHOWN else shown


def _journal(c: Citation) -> str:
    name = c.journal_abbreviation or c.journal or ""
    when = c.date if c.date and not c.year else str(c.year or "date not stated")
    volume = f";{c.volume}" if c.volume else ""
    issue = f"({c.issue})" if c.volume and c.issue else ""
    pages = f":{c.pages}" if c.volume and c.pages else ""
    return f"{name} {when}{volume}{issue}{pages}".strip()
