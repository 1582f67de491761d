"""MEDLINE (.nbib) → documents.

Our own reader: the common one splits wrapped RIN and ECI lines in two and joins repeated LID lines. Here a line
without a tag always continues the value before it, with one space between.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from corpus.abstract import split_labels
from corpus.document import Citation, Document, Link, Record, SectionKind
from corpus.errors import UnreadableError
from corpus.reading import Problem, Reading
from corpus.record_fields import Fields, document, doi_of, mesh_heading, pmid_of, told_apart, unique, year_of
from corpus.record_tables import tables
from corpus.text import Part

# "AB  - text": a tag padded to four characters, a hyphen, a space; ERIC's export writes "ISSN - ".
_LINE = re.compile(r"(?P<tag>[A-Z][A-Z0-9]{1,3}) {0,2}-(?: (?P<value>.*))?$")
_TAG_WIDTH = (4, 5)
_LINKED_PMID = re.compile(r"(?<!\s)\s*\bPMID:\s*(\d+)\s*(?:\.\s*)?$")
_MARKED = re.compile(
    r"(?P<value>.*?)\s*\[(?P<kind>doi|pii|bookaccession|pmc|mid)\]\s*$", re.IGNORECASE | re.DOTALL
)
_DATE_TAGS = ("DP", "DEP", "LR", "DCOM", "DA", "CRDT", "EDAT", "MHDA", "PHST", "CDAT", "CTDT", "DRDT")
_FIRST_TAGS = ("PMID", "OWN")
_SINGLE_TAGS = ("PMID", "TI", "AB", "DP", "OWN", "STAT", "SO")


@dataclass(slots=True)
class _Entry:
    """One record's values by tag, in order, with the line it begins on."""

    line: int
    values: list[tuple[str, str]] = field(default_factory=list)

    def all(self, *tags: str) -> tuple[str, ...]:
        return tuple(value for tag, value in self.values if tag in tags and value)

    def one(self, *tags: str) -> str | None:
        return next((found[0] for tag in tags if (found := self.all(tag))), None)

    def has(self, tag: str) -> bool:
        return any(tag == other for other, _ in self.values)

    def extend(self, line: str) -> None:
        tag, value = self.values[-1]
        self.values[-1] = (tag, f"{value} {line}".strip())


def tagged(line: str) -> tuple[str, str] | None:
    """The tag and value of a line, None where it continues the line before."""
    found = _LINE.match(line)
    if found is None or line.index("-") not in _TAG_WIDTH:
        return None
    return found["tag"], (found["value"] or "").strip()


def is_medline(text: str) -> bool:
    """Whether a text is MEDLINE: its first line is tagged, and tags are there that only MEDLINE has."""
    lines = text.lstrip().split("\n")
    first = tagged(lines[0])
    if first is None or first[0] in ("TY", "FN", "PT", "ER"):
        return False
    counts = Counter(found[0] for line in lines if (found := tagged(line)))
    return bool(
        counts["PMID"]
        or counts["STAT"]
        or counts["OWN"]
        or (counts["TI"] and counts["FAU"] + counts["JT"] + counts["SO"])
    )


def read_medline(text: str, *, name: str) -> Reading:
    """What a MEDLINE text gives, record by record.

    Raises:
        UnreadableError: the text holds no tagged line.
    """
    entries, strays = _entries(text)
    if not entries:
        reason = "the file holds no MEDLINE record"
        raise UnreadableError(reason, "export the records from PubMed in the format PubMed (.nbib)")
    documents: list[Document] = []
    problems: list[Problem] = []
    for number, entry in enumerate(entries, start=1):
        try:
            documents.append(document(_fields(entry), origin=name))
        except UnreadableError as error:
            problems.append(Problem(f"{name}, record {number} (line {entry.line})", error.reason, error.cure))
    if strays:
        place = f"{name}, line {strays[0]}"
        problems.insert(
            0,
            Problem(
                place,
                f"{len(strays)} lines before the first record carry no tag",
                "look whether they belong to a record",
            ),
        )
    return Reading(told_apart(documents), tuple(problems), warnings=_cut(entries))


def _cut(entries: list[_Entry]) -> tuple[str, ...]:
    """A warning where every record but the last ends with its source line, as PubMed's do."""
    *before, last = entries
    if not before or last.has("SO") or not all(entry.has("SO") for entry in before):
        return ()
    which = last.one("PMID") or last.one("TI") or f"line {last.line}"
    return (f"the last record ({which}) ends before its SO line: the file may have been cut",)


def _entries(text: str) -> tuple[list[_Entry], list[int]]:
    """The records, and the numbers of untagged lines before the first.

    A record begins at PMID or OWN after a blank line, at a second PMID or OWN without one, and after a blank line at
    any tag that a record carries once and that this one has already; another blank line inside it is passed over.
    """
    entries: list[_Entry] = []
    strays: list[int] = []
    blank = True
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            blank = True
            continue
        found = tagged(line)
        if found is None and not entries:
            strays.append(number)
        elif found is None:
            entries[-1].extend(line.strip())
        else:
            if not entries or _begins(entries[-1], found[0], blank=blank):
                entries.append(_Entry(number))
            entries[-1].values.append(found)
        blank = False
    return entries, strays


def _begins(entry: _Entry, tag: str, *, blank: bool) -> bool:
    if tag in _FIRST_TAGS:
        return blank or entry.has(tag)
    return blank and tag in _SINGLE_TAGS and entry.has(tag)


def _fields(entry: _Entry) -> Fields:
    title = entry.one("TI") or entry.one("BTI") or entry.one("TT") or ""
    if title in ("[Not Available].", "Not Available"):
        title = entry.one("TT") or title
    date = entry.one("DP")
    parts = [part for abstract in entry.all("AB") for part in split_labels(abstract)]
    parts += [Part(notice, SectionKind.BOILERPLATE) for notice in entry.all("CI")]
    return Fields(
        citation=Citation(
            title=title,
            authors=_authors(entry),
            journal=entry.one("JT") or (entry.one("BTI") if entry.has("TI") else None),
            journal_abbreviation=entry.one("TA"),
            year=year_of(date),
            date=date,
            volume=entry.one("VI"),
            issue=entry.one("IP"),
            pages=entry.one("PG"),
            pmid=pmid_of(entry.one("PMID")),
            pmcid=entry.one("PMC"),
            doi=_doi(entry),
            url=next((value for value in entry.all("LID", "AID") if re.match("https?://", value)), None),
        ),
        record=_record(entry),
        parts=tuple(parts),
        warnings=() if title else ("the record states no title",),
    )


def _record(entry: _Entry) -> Record:
    names = tables().links
    return Record(
        publication_types=unique(entry.all("PT")),
        mesh=tuple(mesh_heading(value) for value in unique(entry.all("MH"))),
        keywords=unique(value.removeprefix("*") for value in entry.all("OT")),
        dates=tuple((tag, value) for tag, value in entry.values if tag in _DATE_TAGS and value),
        links=tuple(_link(names[tag], value) for tag, value in entry.values if tag in names and value),
        trials=_trials(entry),
        medline_status=entry.one("STAT"),
        conflict_statement=" ".join(entry.all("COIS", "COI")) or None,
        language=", ".join(entry.all("LA")) or None,
        other_abstracts=_other_abstracts(entry),
    )


def _authors(entry: _Entry) -> tuple[str, ...]:
    """Authors and groups in the record's order; editors for a book that names no author."""
    for tags in (("AU", "CN"), ("FAU",), ("ED",), ("FED",)):
        if names := entry.all(*tags):
            return names
    return ()


def _doi(entry: _Entry) -> str | None:
    """The record's own DOI: an AID or LID marked [doi], or one written as a resolver's address."""
    for value in entry.all("AID", "LID"):
        marked = _MARKED.match(value)
        if marked and marked["kind"].lower() == "doi" and (doi := doi_of(marked["value"])):
            return doi
    return next(
        (doi for value in entry.all("AID", "LID") if "doi.org/" in value.lower() and (doi := doi_of(value))),
        None,
    )


def _link(kind: str, value: str) -> Link:
    found = _LINKED_PMID.search(value)
    return Link(kind, value[: found.start()].strip() if found else value, found[1] if found else None)


def _trials(entry: _Entry) -> tuple[str, ...]:
    """The accession numbers of SI ("ClinicalTrials.gov/NCT…") whose bank registers trials."""
    banks = [value.partition("/") for value in entry.all("SI")]
    return unique(number for bank, _, number in banks if bank.lower() not in tables().not_registries)


def _other_abstracts(entry: _Entry) -> tuple[tuple[str, str], ...]:
    """Abstracts beside the main one, by what OAB or OABL says of them."""
    found: list[tuple[str, str]] = []
    for tag, value in entry.values:
        if tag == "OAB":
            found.append(("", value))
        elif tag == "OABL" and found and not found[-1][0]:
            found[-1] = (value, found[-1][1])
    return tuple(found)
