"""Front matter: what a curator writes above a post, between --- (YAML) or +++ (TOML) lines."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

import yaml

from corpus.document import Citation, CuratorWord, Document, Kind, Record, Section, Status
from corpus.errors import UnreadableError
from corpus.fields import NOTHING, Fields, refuse
from corpus.label import FACETS
from corpus.text import slug

_LONGEST = 65_536
_KEY_LINE = re.compile(r"^[A-Za-z_]+\s*[:=]", re.MULTILINE)
_TEXT_KEYS = (
    *("title", "journal", "journal_abbreviation", "date", "volume", "issue", "pages"),
    *("pmcid", "url", "licence", "language"),
)
_LIST_KEYS = ("authors", "keywords", "trials", "publication_types")
_OTHER_KEYS = ("kind", "note", "id", "year", "pmid", "doi", "status", "checked", "labels", "curator")
KEYS = (*_TEXT_KEYS, *_LIST_KEYS, *_OTHER_KEYS)
"""Every key that has a meaning."""
_SAME = {"license": "licence", "author": "authors"}
_YES = {"true": True, "yes": True, "false": False, "no": False}


class _PlainLoader(yaml.BaseLoader):
    """YAML in which every scalar stays the text that was written ("018", "12:34"), without aliases, each key once."""

    def compose_node(self, *place: Any) -> Any:
        """The next node; an alias is refused, since a few of them can stand for gigabytes."""
        if self.check_event(yaml.AliasEvent):
            problem = "an alias (*name) is not allowed"
            raise yaml.YAMLError(problem)
        return super().compose_node(*place)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """The mapping; a key given twice is refused, since one of the two would be lost."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if not isinstance(key, str) or keys.count(key) > 1:
                problem = f"the key {key} is not a word, or is given twice"
                raise yaml.YAMLError(problem)
        return super().construct_mapping(node, deep=deep)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What front matter says, checked; every field is empty where it says nothing."""

    kind: Kind = Kind.POST
    note: bool = False
    id: str | None = None
    title: str | None = None
    citation: Citation = field(default_factory=lambda: Citation(title=""))
    record: Record = field(default_factory=Record)
    status: Status = Status.NONE_RECORDED
    checked: tuple[tuple[str, str], ...] = ()
    curator: tuple[CuratorWord, ...] = ()
    warnings: tuple[str, ...] = ()

    def document(self, title: str, text: str, sections: tuple[Section, ...], *, name: str) -> Document:
        """The document of this front matter and this text; `name` gives the id where no identifier does."""
        prefix = "post" if self.kind is Kind.POST else "file"
        fields = {key: getattr(self.citation, key) for key in Citation.__slots__}
        return Document(
            id=self.id or f"{prefix}:{slug(name)}",
            kind=self.kind,
            text=text,
            sections=sections,
            citation=Citation(**(fields | {"title": title})),
            record=self.record,
            status=self.status,
            note=self.note,
            checked=self.checked,
            curator=self.curator,
        )


def parse(text: str, *, name: str) -> tuple[FrontMatter, str]:
    """The front matter and the text below it; a text without front matter is given back whole.

    Raises:
        UnreadableError: the front matter is not closed, not YAML or TOML, or a key's value is of the wrong sort;
            the file and the key are named. A label or a retraction that was misspelt must not pass unseen.
    """
    fence, block, rest = _fenced(text, name)
    if not fence:
        return FrontMatter(), text
    values = _loaded(fence, block, name)
    for other, key in _SAME.items():
        if other in values:
            if key in values:
                refuse(name, other, f"stands beside '{key}', which means the same")
            values[key] = values.pop(other)
    return _checked(Fields(values, name)), rest


def _fenced(text: str, name: str) -> tuple[str, str, str]:
    """The fence, the lines between the fences, and the text below; three empty texts where there is no front matter."""
    lines = text.split("\n")
    fence = lines[0].rstrip()
    if fence not in ("---", "+++"):
        return "", "", ""
    ends = (fence, "...") if fence == "---" else (fence,)
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() in ends:
            block = "\n".join(lines[1:number])
            # A rule of hyphens above ordinary text is Markdown's, not a fence.
            if block.strip() and not _KEY_LINE.search(block):
                break
            return fence, block, "\n".join(lines[number + 1 :])
    else:
        if len(lines) > 1 and _KEY_LINE.match(lines[1]):
            reason = f"the front matter of {name} opens with {fence} and is never closed"
            raise UnreadableError(reason, f"put a line {fence} below its last key")
    return "", "", ""


def _loaded(fence: str, block: str, name: str) -> dict[str, Any]:
    """The block's keys and values, every scalar as the text that was written."""
    if len(block) > _LONGEST:
        reason = f"the front matter of {name} is over {_LONGEST:,} characters"
        raise UnreadableError(reason, "move text below it")
    try:
        if fence == "+++":
            return {key: _as_text(value) for key, value in tomllib.loads(block, parse_float=str).items()}
        values = yaml.load(block, Loader=_PlainLoader)  # noqa: S506 - a BaseLoader makes texts, lists and mappings only
    except (yaml.YAMLError, tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        said = " ".join(str(error).split())[:200] or type(error).__name__
        language = "YAML" if fence == "---" else "TOML"
        reason = f"the front matter of {name} is not {language} that can be read here ({said})"
        raise UnreadableError(
            reason, "mend it; quote a value that holds ': ' or begins with a sign"
        ) from error
    if values is None or values == "":
        return {}
    if not isinstance(values, dict):
        reason = f"the front matter of {name} is not a list of keys"
        raise UnreadableError(reason, "write it as 'key: value' lines")
    return values


def _as_text(value: Any) -> Any:
    """A TOML value with every scalar as text."""
    if isinstance(value, dict):
        return {key: _as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _checked(fields: Fields) -> FrontMatter:
    """The front matter that the fields state."""
    pmid = fields.match("pmid", r"(?:pmid:?\s*)?(\d{1,8})", "a PubMed number")
    doi = fields.match("doi", r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", "a DOI (10.…/…)")
    identity, pmid, doi = _identity(fields, pmid, doi and doi.lower())
    date = fields.text("date")
    year = fields.match("year", r"([12]\d{3})", "four figures")
    if year is None and date is not None:
        stated = set(re.findall(r"(?<!\d)[12]\d{3}(?!\d)", date))
        year = stated.pop() if len(stated) == 1 else None
    texts = {key: fields.text(key) for key in _TEXT_KEYS if key not in ("title", "url", "language")}
    citation = Citation(
        title="",
        authors=fields.texts("authors"),
        year=int(year) if year else None,
        pmid=pmid,
        doi=doi,
        url=fields.match("url", r"(https?://\S+)", "an address that begins with http"),
        **texts,
    )
    record = Record(
        publication_types=fields.texts("publication_types"),
        keywords=fields.texts("keywords"),
        trials=fields.texts("trials"),
        language=fields.text("language"),
    )
    status = fields.one_of("status", {each.value: each for each in Status}, None)
    return FrontMatter(
        kind=fields.one_of("kind", {each.value: each for each in Kind}, Kind.POST),
        note=fields.one_of("note", _YES, default=False),
        id=identity,
        title=fields.text("title"),
        citation=citation,
        record=record,
        status=status or Status.NONE_RECORDED,
        checked=_pairs(fields),
        curator=_curator(fields, status),
        warnings=_unknown(fields),
    )


def _identity(fields: Fields, pmid: str | None, doi: str | None) -> tuple[str | None, str | None, str | None]:
    """The document's id with PMID and DOI; an id that contradicts them is refused."""
    written = fields.text("id")
    if written is None:
        return (f"pmid:{pmid}" if pmid else f"doi:{doi}" if doi else None), pmid, doi
    if found := re.fullmatch(r"(?:pmid:\s*)?(\d{1,8})", written, re.IGNORECASE):
        if pmid not in (None, found.group(1)):
            refuse(fields.name, "id", f"says PMID {found.group(1)}, but 'pmid' says {pmid}")
        return f"pmid:{found.group(1)}", found.group(1), doi
    if found := re.fullmatch(r"(?:doi:\s*)?(10\.\d{4,9}/\S+)", written, re.IGNORECASE):
        stated = found.group(1).lower()
        if doi not in (None, stated):
            refuse(fields.name, "id", f"says DOI {stated}, but 'doi' says {doi}")
        return f"doi:{stated}", pmid, stated
    if not re.fullmatch(r"(?:(?:post|file):)?[^\s:]+", written):
        refuse(fields.name, "id", "must be pmid:NUMBER, doi:10.…, post:WORD or file:WORD")
    return written if ":" in written else f"post:{slug(written)}", pmid, doi


def _pairs(fields: Fields) -> tuple[tuple[str, str], ...]:
    """The checks for retraction as (source, date) pairs."""
    value = fields.values.get("checked", [])
    if isinstance(value, str) and value.strip() in NOTHING:
        return ()
    pairs = value if isinstance(value, list) else [value]
    if not all(isinstance(pair, list) and list(map(type, pair)) == [str, str] for pair in pairs):
        refuse(fields.name, "checked", "must be a list of [source, date] pairs")
    return tuple((source.strip(), date.strip()) for source, date in pairs)


def _curator(fields: Fields, status: Status | None) -> tuple[CuratorWord, ...]:
    """The curator's word for each facet, and for the status where it is given; signed, or refused."""
    labels = fields.mapping("labels")
    signed = Fields(fields.mapping("curator"), fields.name)
    if labels and not signed.values:
        refuse(fields.name, "labels", "has no 'curator' beside it; give who, when and why")
    if not signed.values:
        return ()
    who, when, why = (signed.text(key) for key in ("who", "when", "why"))
    if not (who and when and why):
        refuse(fields.name, "curator", "must say who, when and why")
    known = Fields(labels, fields.name)
    words = []
    for facet in labels:
        if facet not in FACETS:
            refuse(fields.name, "labels", f"has no facet '{facet}'; the facets are {', '.join(FACETS)}")
        values = known.texts(facet)
        if not values:
            refuse(fields.name, "labels", f"gives no value for '{facet}'")
        words.append(CuratorWord(facet, tuple(sorted(set(values))), who, when, why))
    if status is not None:
        words.append(CuratorWord("status", (status.value,), who, when, why))
    return tuple(words)


def _unknown(fields: Fields) -> tuple[str, ...]:
    """One sentence for each key that has no meaning here."""
    return tuple(
        f"{fields.name}: the front matter key '{key}' is not known and was not carried over"
        for key in fields.values
        if key not in KEYS
    )
