"""Feeds: RSS 2.0, RSS 1.0 and Atom → their entries. By lxml, since what is needed of a feed is six elements of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from corpus.errors import FetchError, UnreadableError
from corpus.pubmed import root_name

_ENTRIES = ("item", "entry")
_AUTHORS = ("author", "creator")
_DATES = ("published", "pubDate", "date", "issued", "created")
_CONTENTS = ("encoded", "content", "description", "summary")
_MARKUP = re.compile(r"<[^>]*>")
_CURE = "open the blog and look for the address of its RSS or Atom feed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One post as its feed states it.

    Attributes:
        address: where the post is.
        date: the day of publication ("2026-01-05"), None where the feed states none that can be read.
        content: the post, or the part of it that the feed gives, as HTML; may be empty.
    """

    address: str
    title: str = ""
    date: str | None = None
    authors: tuple[str, ...] = ()
    content: str = ""


def read_feed(content: bytes, *, address: str) -> tuple[Entry, ...]:
    """The entries of a feed, in its order, each address once; one without an address is left out.

    Raises:
        FetchError: it is no feed, or breaks off before its first entry.
    """
    from lxml import etree

    try:
        root_name(content)
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            recover=True,
            remove_comments=True,
            remove_pis=True,
        )
        root = etree.fromstring(content, parser)
    except (UnreadableError, etree.XMLSyntaxError, ValueError) as error:
        reason = f"{address} gives no feed that can be read ({' '.join(str(error).split())[:160]})"
        raise FetchError(reason, _CURE) from error
    if root is None or _name(root) not in ("rss", "RDF", "feed"):
        reason = f"{address} gives no feed" + (f" but <{_name(root)}>" if root is not None else "")
        raise FetchError(reason, _CURE)
    found: dict[str, Entry] = {}
    for element in root.iter():
        if _name(element) in _ENTRIES and (entry := _entry(element, address)) is not None:
            found.setdefault(entry.address, entry)
    return tuple(found.values())


def day_of(written: str) -> str | None:
    """The day that a feed's date states, in the time zone it is written in; None where it cannot be read."""
    written = written.strip()
    if found := re.match(r"(\d{4})-(\d{2})-(\d{2})", written):
        return _valid(found.group(0))
    try:
        return f"{parsedate_to_datetime(written):%Y-%m-%d}"
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _valid(day: str) -> str | None:
    try:
        datetime.strptime(day, "%Y-%m-%d")  # noqa: DTZ007 - a day, without a time
    except ValueError:
        return None
    return day


def _entry(element: Any, feed: str) -> Entry | None:
    address = _address(element, feed)
    if address is None:
        return None
    dates = (day_of(_text(one)) for one in _children(element, _DATES))
    contents = [written for one in _children(element, _CONTENTS) if (written := _markup(one))]
    return Entry(
        address=address,
        title=next((_plain(_text(one)) for one in _children(element, ("title",))), ""),
        date=next(filter(None, dates), None),
        authors=tuple(dict.fromkeys(filter(None, map(_author, _children(element, _AUTHORS))))),
        content=max(contents, key=len, default=""),
    )


def _address(element: Any, feed: str) -> str | None:
    """Where the entry is: its link to the page, else an identifier that is an address."""
    links = [
        one.get("href") or _text(one)
        for one in _children(element, ("link",))
        if one.get("rel", "alternate") == "alternate"
    ]
    marks = [_text(one) for one in _children(element, ("guid", "id")) if one.get("isPermaLink") != "false"]
    for written in (*links, *(mark for mark in marks if mark.startswith(("http://", "https://")))):
        try:
            parts = urlsplit(urljoin(feed, written.strip()))
        except ValueError:  # "http://[1::2": no address, as one of another scheme is none
            continue
        if written.strip() and parts.scheme in ("http", "https") and parts.hostname:
            return str(parts._replace(fragment="").geturl())
    return None


def _children(element: Any, names: tuple[str, ...]) -> Iterator[Any]:
    """The element's children of these names, in the order of the names, whatever their name space."""
    for name in names:
        yield from (child for child in element if _name(child) == name)


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _text(element: Any) -> str:
    return "".join(map(str, element.itertext())).strip()


def _plain(text: str) -> str:
    """The text on one line, without markup that was written as text."""
    return " ".join(unescape(_MARKUP.sub("", unescape(text))).split())


def _author(element: Any) -> str:
    """The author's name: Atom's <name>, else the text; RSS's "mail (Name)" gives the name in brackets."""
    named = next((_text(child) for child in element if _name(child) == "name"), _text(element))
    bracketed = re.fullmatch(r"\S+@\S+\s*\((.+)\)", named)
    name = _plain(bracketed.group(1) if bracketed else named)
    return "" if "@" in name else name


def _markup(element: Any) -> str:
    """The element's content as HTML, whether it is written as text or as elements."""
    from lxml import etree

    if len(element) == 0:
        return (element.text or "").strip()
    return "".join(str(etree.tostring(child, encoding="unicode")) for child in element).strip()
