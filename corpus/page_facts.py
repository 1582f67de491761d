"""What a saved web page states about itself: title, authors, date, address, licence, identifiers.

Only statements are read: <meta>, JSON-LD, rel= links, and <time> marked as the date of publication. Nothing is
inferred from addresses, running text or the page's layout.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.document import Kind

_ARTICLE_TYPES = re.compile(r"Article|BlogPosting|NewsArticle|WebPage|Report|Review", re.IGNORECASE)
_OPINION = re.compile(
    r"news|editorial|comment|blog|opinion|perspective|correspondence|letter|obituar|podcast|interview|viewpoint|views",
    re.IGNORECASE,
)
_DATE_NAMES = (
    *("citation_publication_date", "citation_date", "citation_online_date", "article:published_time"),
    *(
        "datepublished",
        "dcterms.issued",
        "dc.date.issued",
        "prism.publicationdate",
        "dc.date",
        "dcterms.date",
    ),
    *(
        "parsely-pub-date",
        "sailthru.date",
        "article.published",
        "publish-date",
        "publication_date",
        "pubdate",
        "date",
    ),
)
_AUTHOR_NAMES = (
    "citation_author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "author",
)
_LICENCE_NAMES = (
    "dcterms.license",
    "dc.rights.license",
    "license",
    "citation_license",
    "dcterms.rights",
    "dc.rights",
)
_TIME = (
    "//time[@itemprop='datePublished' or @pubdate or contains(concat(' ', @class, ' '), ' published ')"
    " or contains(@class, 'entry-date') or contains(@class, 'post-date')]"
)
_DASHES = "-|\u2013\u2014:·»"
_LONGEST_NAME = 80
_SAVED_NOTE = 4096
_MOST_AUTHORS = 3


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the page states; None or empty where it states nothing."""

    title: str | None
    authors: tuple[str, ...]
    journal: str | None
    date: str | None
    url: str | None
    licence: str | None
    language: str | None
    doi: str | None
    pmid: str | None
    kind: Kind
    keywords: tuple[str, ...]
    volume: str | None
    issue: str | None


@dataclass(frozen=True, slots=True)
class _Page:
    """The parsed page, its <meta> values by lower-case name, and its JSON-LD article nodes."""

    tree: Any
    metas: dict[str, list[str]]
    articles: tuple[dict[str, Any], ...]
    names: dict[str, str]

    def texts(self, path: str) -> list[str]:
        """The one-line texts that an XPath finds."""
        found = (node if isinstance(node, str) else node.text_content() for node in self.tree.xpath(path))
        return [line for line in (" ".join(str(text).split()) for text in found) if line]

    def first(self, *names: str) -> str | None:
        """The first <meta> value under any of the names, in the order of the names."""
        return next((value for name in names for value in self.metas.get(name, ())), None)


def facts(tree: Any, source: str) -> PageFacts:
    """What the page states about itself; `source` is needed for the note that browsers leave on saving."""
    page = _opened(tree)
    doi = _doi(page)
    pmid = next(
        (value for value in page.metas.get("citation_pmid", ()) if re.fullmatch(r"\d{1,8}", value)), None
    )
    journal = page.first("citation_journal_title", "prism.publicationname")
    return PageFacts(
        title=_title(page),
        authors=_authors(page),
        journal=journal,
        date=_date(page),
        url=_address(page, source),
        licence=_licence(page),
        language=next(iter(page.texts("/html/@lang | /html/@xml:lang")), None)
        or page.first("dc.language", "og:locale"),
        doi=doi,
        pmid=pmid,
        kind=_kind(page, scholarly=bool(journal and (doi or pmid))),
        keywords=tuple(dict.fromkeys(page.metas.get("citation_keywords", ()))),
        volume=page.first("citation_volume", "prism.volume"),
        issue=page.first("citation_issue", "prism.number"),
    )


def _opened(tree: Any) -> _Page:
    """The page with its statements gathered."""
    metas: dict[str, list[str]] = {}
    for meta in tree.xpath("//meta[@content]"):
        content = " ".join(meta.get("content").split())
        for attribute in ("name", "property", "itemprop"):
            if content and meta.get(attribute):
                metas.setdefault(meta.get(attribute).strip().lower(), []).append(content)
    nodes = [
        node
        for script in tree.xpath("//script[@type='application/ld+json']/text()")
        for node in _nodes(script)
    ]
    articles = tuple(node for node in nodes if _ARTICLE_TYPES.search(str(node.get("@type", ""))))
    names = {
        node["@id"]: node["name"]
        for node in nodes
        if _is_text(node.get("@id")) and _is_text(node.get("name"))
    }
    # An article says more than the web page that it stands on.
    articles = tuple(sorted(articles, key=lambda node: "WebPage" in str(node.get("@type"))))
    return _Page(tree, metas, articles, names)


def _is_text(value: Any) -> bool:
    """True for a text with something in it."""
    return isinstance(value, str) and bool(value.strip())


def _nodes(script: str) -> Iterator[dict[str, Any]]:
    """The top-level nodes of a JSON-LD script, those of its @graph too; none where it is no JSON."""
    try:
        loaded = json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return
    for node in loaded if isinstance(loaded, list) else [loaded]:
        if isinstance(node, dict):
            yield node
            graph = node.get("@graph")
            yield from (
                inner for inner in (graph if isinstance(graph, list) else ()) if isinstance(inner, dict)
            )


def _title(page: _Page) -> str | None:
    """The article's title as stated; where a heading of the page says the same, the heading's words."""
    headlines = (node.get(key) for key in ("headline", "name") for node in page.articles)
    stated = [
        *(page.metas.get("citation_title", []) + page.metas.get("dc.title", [])),
        *(" ".join(headline.split()) for headline in headlines if isinstance(headline, str)),
        *(page.metas.get("og:title", []) + page.metas.get("twitter:title", [])),
        *page.texts("//head/title"),
    ]
    headings = page.texts("//h1")
    for title in filter(None, stated):
        for heading in headings:
            if title.startswith(heading) and re.match(rf"$|\s*[{_DASHES}]\s", title[len(heading) :]):
                return heading
    first = next(filter(None, [*stated, *headings]), None)
    site = page.first("og:site_name")
    if first and site and (cut := re.match(rf"(.+?)\s+[{_DASHES}]\s+{re.escape(site)}$", first)):
        return cut.group(1)
    return first


def _authors(page: _Page) -> tuple[str, ...]:
    """The authors as stated, without "By" and without addresses."""
    for name in _AUTHOR_NAMES[:1]:
        if page.metas.get(name):
            return _names(page.metas[name])
    for node in page.articles:
        stated = node.get("author")
        people = [_person(page, each) for each in (stated if isinstance(stated, list) else [stated])]
        if found := _names([person for person in people if person]):
            return found
    for name in _AUTHOR_NAMES[1:]:
        if found := _names(page.metas.get(name, ())):
            return found
    linked = _names(page.texts("//a[@rel='author'] | //*[@itemprop='author']//*[@itemprop='name']"))
    return linked if len(linked) <= _MOST_AUTHORS else ()


def _person(page: _Page, stated: Any) -> str:
    """The name in a JSON-LD author: a text, a node with a name, or a pointer to one."""
    if isinstance(stated, str):
        return stated
    if not isinstance(stated, dict):
        return ""
    name = stated.get("name") or page.names.get(str(stated.get("@id")), "")
    return name if isinstance(name, str) else ""


def _names(stated: Any) -> tuple[str, ...]:
    """The names, each once, those that are no names left out."""
    cleaned = (
        re.sub(r"^by\s+", "", " ".join(name.split()), flags=re.IGNORECASE).strip(" ,;") for name in stated
    )
    return tuple(
        dict.fromkeys(
            name
            for name in cleaned
            if name and len(name) <= _LONGEST_NAME and "/" not in name and "@" not in name
        )
    )


def _date(page: _Page) -> str | None:
    """The date of publication as stated; the time of day of an ISO date is left off."""
    dated = (node.get("datePublished") for node in page.articles)
    stated = page.first(*_DATE_NAMES[:5]) or next((date for date in dated if _is_text(date)), None)
    stated = stated or page.first(*_DATE_NAMES[5:])
    if stated is None:
        stated = next(
            (each for each in (node.get("datetime") for node in page.tree.xpath(_TIME)) if each), None
        )
    if stated is None:
        return None
    iso = re.match(r"\d{4}-\d{2}-\d{2}(?=$|[T ])", stated.strip())
    return iso.group() if iso else " ".join(stated.split())


def _address(page: _Page, source: str) -> str | None:
    """The page's own address: canonical, else as shared, else as the browser noted it on saving."""
    stated = [
        *page.texts("//link[@rel='canonical']/@href"),
        *page.metas.get("og:url", ()),
        *re.findall(r"<!--\s*saved from url=\(\d+\)(\S+)", source[:_SAVED_NOTE]),
    ]
    return next((address for address in stated if re.match(r"https?://[^\s<>|]+$", address)), None)


def _licence(page: _Page) -> str | None:
    """The licence that the page is under, as stated."""
    linked = page.texts(
        "//link[@rel='license']/@href | //a[contains(concat(' ', @rel, ' '), ' license ')]/@href"
    )
    return next(iter(linked), None) or page.first(*_LICENCE_NAMES)


def _doi(page: _Page) -> str | None:
    """The DOI that the page gives as its own."""
    for value in (
        *page.metas.get("citation_doi", ()),
        *page.metas.get("prism.doi", ()),
        *page.metas.get("dc.identifier", ()),
    ):
        if found := re.search(r"10\.\d{4,9}/\S+", value):
            return found.group().lower()
    return None


def _kind(page: _Page, *, scholarly: bool) -> Kind:
    """A paper only where journal and identifier are stated and no stated type says news, comment or opinion."""
    types = (
        "dc.type",
        "citation_article_type",
        "prism.section",
        "prism.genre",
        "article:section",
        "citation_section",
    )
    opinion = any(_OPINION.search(value) for name in types for value in page.metas.get(name, ()))
    return Kind.PAPER if scholarly and not opinion else Kind.POST
