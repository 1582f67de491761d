"""Pages: saved web pages as documents, without their menus, comments and share bars (trafilatura finds the article)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import trafilatura

from corpus.blocks import Block, parts
from corpus.document import Citation, Document, Record, SectionKind
from corpus.errors import UnreadableError
from corpus.page_facts import PageFacts, facts
from corpus.reading import Reading
from corpus.text import clean, compose, decode, slug, true_nature

_LARGEST = 5_000_000
_LEAST = 60
_BLOCK_TAGS = frozenset({"p", "head", "list", "item", "table", "quote", "div", "code"})
_MOST_NESTED = 60

# trafilatura reports what it tries as warnings; what matters of it is said in our own words.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def read_page(content: bytes, *, name: str) -> Reading:
    """The one document of a saved .html page: its article, and what the page states about itself.

    Raises:
        UnreadableError: empty, too large, no web page, or no article found in it.
    """
    tree, source, warnings = _tree(content, name)
    stated = facts(tree, source)
    blocks = _article(tree)
    title = stated.title or next((block.words for block in blocks if block.level), "")
    if not title:
        title = slug(name).replace("-", " ")
        warnings += (f"{name}: no title is stated; the file's name stands in its place",)
    plain = _plain(title)
    pieces = parts([block for block in blocks if not (block.level and _plain(block.words) == plain)])
    if sum(len(piece.text) for piece in pieces if piece.kind is SectionKind.BODY) < _LEAST:
        reason = "holds no article text that can be told from its menus"
        raise UnreadableError(reason, "save the article's text as .txt or .md")
    text, sections = compose(title, pieces)
    identity = (
        f"pmid:{stated.pmid}" if stated.pmid else f"doi:{stated.doi}" if stated.doi else f"post:{slug(name)}"
    )
    document = Document(
        id=identity,
        kind=stated.kind,
        text=text,
        sections=sections,
        citation=_citation(title, stated),
        record=Record(keywords=stated.keywords, language=stated.language),
    )
    return Reading(documents=(document,), warnings=warnings)


def _tree(content: bytes, name: str) -> tuple[Any, str, tuple[str, ...]]:
    """The parsed page and its source, with a warning where its encoding had to be guessed."""
    if len(content) > _LARGEST:
        reason = f"has {len(content):,} bytes, more than the {_LARGEST:,} that a page may have"
        raise UnreadableError(reason, "save the page without its images and scripts")
    if not content.strip():
        reason = "is empty"
        raise UnreadableError(reason, "save the page again, or remove the file")
    nature = true_nature(content)
    if nature not in (None, "a web page") and b"<html" not in content[:2048].lower():
        reason = f"is named as a web page but is {nature} by its first bytes"
        raise UnreadableError(reason, "give the file the ending that fits its content")
    declared = re.search(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", content[:4096], re.IGNORECASE)
    text, encoding = decode(content, declared=declared.group(1).decode("ascii") if declared else None)
    # The parser stops at the first </html>, where browsers read on; both end tags may be left out.
    source = re.sub(r"^\s*<\?xml[^>]*\?>|</(?:html|body)\s*>", "", clean(text), flags=re.IGNORECASE)
    tree = _translated(trafilatura.load_html, source)
    if tree is None or tree.find(".//body") is None:
        reason = "is not a web page"
        raise UnreadableError(reason, "save it again as HTML, or give it the ending .txt")
    if encoding == "cp1252" and not declared:
        return (
            tree,
            source,
            (f"{name}: the encoding is not stated; read as Windows-1252, so check special characters",),
        )
    return tree, source, ()


def _translated(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What the library's call gives; whatever it raises is an unreadable page."""
    try:
        return call(*arguments, **options)
    except Exception as error:  # trafilatura documents no exceptions, and one page must not stop the others
        reason = f"cannot be read as a web page ({type(error).__name__})"
        raise UnreadableError(reason, "save the article's text as .txt or .md") from error


def _article(tree: Any) -> list[Block]:
    """The article's blocks; comments are left out, tables and quotations kept."""
    options = {
        "include_comments": False,
        "include_tables": True,
        "include_images": False,
        "deduplicate": False,
    }
    found = _translated(trafilatura.bare_extraction, tree, with_metadata=False, **options)
    if found is None or found.body is None:
        return []
    return [block for block in _walk(found.body, 0) if block.words]


def _walk(element: Any, depth: int) -> Iterator[Block]:
    """The blocks of trafilatura's tree in reading order."""
    loose: list[str] = [element.text or ""]
    for child in element:
        if child.tag not in _BLOCK_TAGS or depth > _MOST_NESTED:
            loose.append("\n" if child.tag == "lb" else "".join(child.itertext()))
        else:
            yield Block(_tidy(loose))
            loose = []
            yield from _block(child, depth)
        loose.append(child.tail or "")
    yield Block(_tidy(loose))


def _block(element: Any, depth: int) -> Iterator[Block]:
    """The blocks of one heading, list, table, or of anything that holds paragraphs."""
    if element.tag == "head":
        level = str(element.get("rend", "h2"))[1:]
        words = re.sub(r"\s*\[edit\]$", "", " ".join("".join(element.itertext()).split()))
        yield Block(words, level=int(level) if level.isdigit() else 2)
    elif element.tag == "table":
        for row in element.iter("row"):
            cells = (
                " ".join(block.words for block in _walk(cell, depth + 1) if block.words)
                for cell in row.iter("cell")
            )
            yield Block(" | ".join(filter(None, (" ".join(cell.split()) for cell in cells))), close=True)
    elif element.tag == "item":
        first, *more = [*(block for block in _walk(element, depth + 1) if block.words)] or [Block("")]
        yield Block(f"- {first.words}" if first.words else "", close=True)
        yield from more
    else:
        yield from _walk(element, depth + 1)


def _tidy(loose: list[str]) -> str:
    """The loose words, each line's white space as single spaces."""
    lines = (" ".join(line.split()) for line in "".join(loose).split("\n"))
    return "\n".join(line for line in lines if line)


def _plain(words: str) -> str:
    """The words for comparison: lower case, without punctuation."""
    return " ".join(re.sub(r"[\W_]+", " ", words).casefold().split())


def _citation(title: str, stated: PageFacts) -> Citation:
    """The citation as the page states it; the year only where its date holds one."""
    years = set(re.findall(r"(?<!\d)[12]\d{3}(?!\d)", stated.date or ""))
    return Citation(
        title=title,
        authors=stated.authors,
        journal=stated.journal,
        year=int(years.pop()) if len(years) == 1 else None,
        date=stated.date,
        volume=stated.volume,
        issue=stated.issue,
        pmid=stated.pmid,
        doi=stated.doi,
        url=stated.url,
        licence=stated.licence,
    )
