"""RIS → documents, through rispy. The one module that knows rispy.

rispy reads the lines of a record; where records begin and end is found here, because rispy joins a record without
an ER line to the next one, drops a last record without one, and stops at a blank line after TY.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.abstract import split_labels
from corpus.document import Citation, Document, Kind, Record
from corpus.errors import UnreadableError
from corpus.reading import Problem, Reading
from corpus.record_fields import Fields, document, doi_of, mesh_heading, pmid_of, told_apart, unique, year_of
from corpus.record_tables import tables

WARNING = "RIS does not carry study design, species or retraction status reliably; fetch the PMID or DOI to complete these records"
_START = re.compile(r"TY {1,2}- ?")
_END = re.compile(r"ER {1,2}-")
_TAG = re.compile(r"(?P<tag>[A-Z][A-Z0-9]) {1,2}-(?: |$)")
_TIGHT_TAG = re.compile(r"(?P<tag>TY|T1|TI|AU|A1|AB|N2|PY|Y1|DO|KW|UR|AN) {1,2}-(?=\S)")
_NUMBERING = re.compile(r"\s*\d+\s*[.)]?\s*$|\s*$")
_LOOK = 60
_PUBMED_ADDRESS = re.compile(
    r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(?:\?term=)?(\d{1,8})\b", re.IGNORECASE
)
_NLM = re.compile(r"\b(?:NLM|MEDLINE|PubMed|prem|medl)\b", re.IGNORECASE)
_OWN_PMID = re.compile(r"\d{1,8}", re.ASCII)
_PMCID = re.compile(r"PMC\d+", re.IGNORECASE)
_TRIAL = re.compile(r"(?:NCT|ISRCTN)\d{8}")
_POSTS = ("BLOG", "ELEC", "WEB", "NEWS", "MGZN")
_DATE_TAGS = ("PY", "Y1", "DA", "Y2", "ET")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One record: the lines of each tag, in order, with the line it begins on."""

    line: int
    type: str
    lines: dict[str, tuple[str, ...]]

    def all(self, *tags: str) -> tuple[str, ...]:
        return tuple(value for tag in tags for value in self.lines.get(tag, ()) if value)

    def one(self, *tags: str) -> str | None:
        return next(iter(self.all(*tags)), None)

    def joined(self, *tags: str) -> str:
        """The lines of the first tag that has any, as one text."""
        return next((" ".join(lines) for tag in tags if (lines := self.all(tag))), "")


def is_ris(text: str) -> bool:
    """Whether a text is RIS: a TY line stands among its first lines, before anything that is prose or another format."""
    seen = 0
    for line in text.lstrip().split("\n"):
        if not line.strip():
            continue
        if _START.match(line):
            return True
        seen += 1
        if seen > _LOOK or line.startswith(("PMID-", "OWN -")):
            return False
    return False


def read_ris(text: str, *, name: str) -> Reading:
    """What a RIS text gives, record by record, with the warning of what RIS does not carry.

    Raises:
        UnreadableError: the text holds no TY line.
    """
    blocks, strays = _blocks(text)
    if not blocks:
        reason = "the file holds no RIS record"
        raise UnreadableError(reason, "export it again as RIS, or from PubMed as .nbib")
    documents: list[Document] = []
    problems = [
        Problem(
            f"{name}, line {line}",
            f"text outside any record: {stray[:60]!r}",
            "look whether it belongs to a record",
        )
        for line, stray in strays
    ]
    for number, (line, block) in enumerate(blocks, start=1):
        try:
            documents.append(document(_fields(_entry(line, block)), origin=name))
        except UnreadableError as error:
            problems.append(Problem(f"{name}, record {number} (line {line})", error.reason, error.cure))
    return Reading(told_apart(documents), tuple(problems), warnings=(WARNING, *_cut(blocks)))


def _cut(blocks: list[tuple[int, list[str]]]) -> tuple[str, ...]:
    open_ends = [number for number, (_, block) in enumerate(blocks, start=1) if not _END.match(block[-1])]
    if not open_ends:
        return ()
    which = ", ".join(str(number) for number in open_ends[:5]) + (", …" if len(open_ends) > 5 else "")  # noqa: PLR2004  # enough to find them
    return (f"records without an end line (ER), which may have been cut: {which}",)


def _blocks(text: str) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]:
    """The lines of each record with the number of its first, and the lines outside any record."""
    blocks: list[tuple[int, list[str]]] = []
    strays: list[tuple[int, str]] = []
    inside = False
    for number, raw in enumerate(text.split("\n"), start=1):
        line = _TIGHT_TAG.sub(r"\g<tag>  - ", raw, count=1) if _TIGHT_TAG.match(raw) else raw
        if found := _TAG.match(line):
            line = f"{found['tag']}  - {line[found.end() :]}"
        if _START.match(line):
            blocks.append((number, [line]))
            inside = True
        elif inside:
            if line.strip():
                blocks[-1][1].append(line)
            inside = not _END.match(line)
        elif not _NUMBERING.match(line):
            strays.append((number, line.strip()))
    return blocks, strays


def _entry(line: int, block: list[str]) -> _Entry:
    """One record's lines by tag, as rispy reads them: every tag a list, lines without a tag added to the tag before."""
    import rispy

    every = {tag: tag for known in block if (tag := known[:2]) and known[2:5] == "  -"}
    mapping = {**every, "TY": "TY", "ER": "ER", "UK": "unknown"}
    body = block if _END.match(block[-1]) else [*block, "ER  - "]
    body = [body[0], *_continued(body[1:])]
    try:
        [found] = rispy.loads(
            "\n".join(body), mapping=mapping, list_tags=list(every), delimiter_tags_mapping={}, ignore=["TY"]
        )
    except (rispy.parser.ParseError, KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"the record's lines cannot be read ({error or type(error).__name__})"
        raise UnreadableError(reason, "export it again") from error
    kind = found.pop("TY")
    return _Entry(
        line, str(kind), {tag: tuple(values) for tag, values in found.items() if isinstance(values, list)}
    )


def _continued(lines: list[str]) -> list[str]:
    """The lines after TY without those that have no tag to continue."""
    start = next((number for number, line in enumerate(lines) if _TAG.match(line)), len(lines))
    return lines[start:]


def _fields(entry: _Entry) -> Fields:
    years = entry.one("PY", "Y1", "DA")
    title = entry.joined("TI", "T1", "CT", "BT") or entry.joined("ST")
    journal = entry.joined("JF", "JO", "T2", "BT") or None
    short = entry.one("J2", "JA", "J1", "JI") or None
    date = _date(entry)
    return Fields(
        citation=Citation(
            title=title,
            authors=entry.all("AU") or entry.all("A1"),
            journal=journal,
            journal_abbreviation=short,
            year=year_of(years) or year_of(date),
            date=date,
            volume=entry.one("VL"),
            issue=entry.one("IS"),
            pages=_pages(entry),
            pmid=_pmid(entry),
            pmcid=next((value.upper() for value in entry.all("C2") if _PMCID.fullmatch(value)), None),
            doi=_doi(entry),
            url=entry.one("UR"),
        ),
        record=_record(entry),
        parts=split_labels(entry.joined("AB", "N2")),
        kind=Kind.POST if entry.type.strip() in _POSTS else Kind.PAPER,
        warnings=() if title else ("the record states no title",),
    )


def _record(entry: _Entry) -> Record:
    types = tables().publication_types
    noted = (note.strip().lower() for note in entry.all("N1", "M3"))
    keywords = _keywords(entry)
    is_mesh = _from_nlm(entry) and any("*" in word or word in tables().check_tags for word in keywords)
    return Record(
        publication_types=unique(types[note] for note in noted if note in types),
        mesh=tuple(mesh_heading(word) for word in keywords) if is_mesh else (),
        keywords=keywords,
        dates=tuple((tag, value) for tag in _DATE_TAGS for value in entry.all(tag)),
        trials=unique(number for note in entry.all("N1") for number in _TRIAL.findall(note)),
        language=", ".join(entry.all("LA")) or None,
    )


def _keywords(entry: _Entry) -> tuple[str, ...]:
    """Keywords, one a line; a single line with semicolons is a list."""
    words = entry.all("KW")
    if len(words) == 1:
        words = tuple(words[0].split(";"))
    return unique(words)


def _date(entry: _Entry) -> str | None:
    """The date as printed: DA where it has a year, else the year with DA's month ("2011 Jun"), else the year's field."""
    year, day = (
        re.sub(r"(?<!/)/+(?:undefined)?$", "", entry.one(*tags) or "").strip()
        for tags in (("PY", "Y1"), ("DA",))
    )
    if year_of(day):
        return day
    if not year_of(year):
        return None
    return f"{year} {day}" if re.search(r"[^\W\d_]{3}", day) and year_of(year) else year


def _pages(entry: _Entry) -> str | None:
    start, end = entry.one("SP"), entry.one("EP")
    if start and end and end not in start.split("-"):
        return f"{start}-{end}"
    return start


def _from_nlm(entry: _Entry) -> bool:
    return any(_NLM.search(value) for value in entry.all("DP", "DB"))


def _pmid(entry: _Entry) -> str | None:
    """The record's PMID: AN where the record is from PubMed or names no other source, Embase's C5, or its PubMed address."""
    accession = entry.one("AN") or ""
    named = entry.all("DP", "DB")
    if _OWN_PMID.fullmatch(accession) and (_from_nlm(entry) or not named):
        return pmid_of(accession)
    if "embase" in " ".join(named).lower() and _OWN_PMID.fullmatch(medline := entry.one("C5") or ""):
        return pmid_of(medline)
    addressed = unique(
        number for value in entry.all("UR", "L2", "L1", "LK") for number in _PUBMED_ADDRESS.findall(value)
    )
    return addressed[0] if len(addressed) == 1 else None


def _doi(entry: _Entry) -> str | None:
    """DO, else a resolver's address among the links."""
    own = next((doi for value in entry.all("DO") if (doi := doi_of(value))), None)
    if own:
        return own
    linked = unique(
        doi for value in entry.all("UR", "L2", "L3") if "doi.org/" in value.lower() and (doi := doi_of(value))
    )
    return linked[0] if len(linked) == 1 else None
