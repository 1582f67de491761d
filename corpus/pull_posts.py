"""A blog's feed, brought up to date: each post that is new is put into the library as its page, with what the feed says of it."""

from __future__ import annotations

import html
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from corpus import keep
from corpus.errors import FetchError, UnreadableError
from corpus.feeds import Entry, read_feed
from corpus.fetch import PAGE_TYPES, Fetcher
from corpus.intake import own_readers, take_in
from corpus.patience import persist
from corpus.pull_records import FOLDER, Round
from corpus.record_fields import slug
from corpus.sidecar import ENDING

_TRIES = 3
_PDF = "application/pdf"
MOST_NEW = 500
"""New posts that one run takes of a feed, so that no feed fills a disk; the next run takes the next."""


@dataclass(frozen=True, slots=True)
class PostsPulled:
    """What one run of a feed gave.

    Attributes:
        count: how many posts the feed lists.
        held: how many of them the library held before.
        new: how many are there now that were not.
        lacking: the addresses of posts that could not be had.
        files: those written, inside the library.
    """

    count: int
    listed: int
    held: int
    new: int = 0
    lacking: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Gathered:
    """What the run gathers as it goes."""

    new: int = 0
    lacking: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def pull_posts(round_: Round, name: str, address: str, fetcher: Fetcher) -> PostsPulled:
    """What the feed lists now, the posts that are new put into the library.

    A post is written after its sidecar: where a run is killed between the two, the next one fetches it again.

    Raises:
        FetchError: the feed itself cannot be had.
        LibraryError: a file cannot be written.
    """
    feed = persist(lambda: fetcher.get(address), tries=_TRIES)
    entries = read_feed(feed.content, address=feed.address)
    inside = f"{FOLDER}/{slug(name)}"
    held, begun = _sidecars(round_.folder, inside)
    fresh = [entry for entry in entries if entry.address not in held]
    gathered = _Gathered(new=len(fresh) if round_.dry_run else 0)
    if len(fresh) > MOST_NEW:
        gathered.warnings.append(
            f"{name}: {len(fresh):,} posts are new, more than the {MOST_NEW} that one run takes; pull again for the next"
        )
    for number, entry in enumerate(() if round_.dry_run else fresh[:MOST_NEW]):
        round_.progress("fetching", number, len(fresh))
        time.sleep(round_.pause if number else 0)
        try:
            content, ending = _page(entry, fetcher, gathered.warnings)
        except FetchError as error:
            gathered.lacking.append(entry.address)
            gathered.warnings.append(f"{entry.address} was not taken: {error}")
            continue
        page = begun.get((entry.address, ending)) or _free(round_.folder, inside, entry, ending)
        keep.put_again(round_.folder, page + ENDING, keep.sidecar_text(_stated(entry)).encode("utf-8"))
        keep.put_new(round_.folder, page, content)
        gathered.files += (page, page + ENDING)
        gathered.new += 1
    return PostsPulled(
        count=len(entries),
        listed=len(entries),
        held=len(entries) - len(fresh),
        new=gathered.new,
        lacking=tuple(gathered.lacking),
        files=tuple(gathered.files),
        warnings=tuple(gathered.warnings),
    )


def _page(entry: Entry, fetcher: Fetcher, warnings: list[str]) -> tuple[bytes, str]:
    """The post's page as it is served and its ending; where it cannot be had, what the feed itself gives of it.

    Raises:
        FetchError: neither can be had, or nothing in it can be read as a post.
    """
    try:
        page = persist(lambda: fetcher.get(entry.address, types={*PAGE_TYPES, _PDF}), tries=_TRIES)
        ending = ".pdf" if page.media_type == _PDF else ".html"
        _check_readable(page.content, ending)
    except FetchError as error:
        if not entry.content:
            raise
        own = _as_page(entry)
        _check_readable(own, ".html")
        warnings.append(f"{entry.address}: only what the feed gives of it was taken, since {error.reason}")
        return own, ".html"
    return page.content, ending


def _check_readable(content: bytes, ending: str) -> None:
    try:
        take_in(content, name=f"post{ending}", readers=own_readers())
    except UnreadableError as error:
        raise FetchError(error.reason, error.cure) from error


def _as_page(entry: Entry) -> bytes:
    """A page made of the feed's own words for the post."""
    title = html.escape(entry.title or entry.address)
    body = entry.content if "<" in entry.content else f"<p>{html.escape(entry.content)}</p>"
    page = f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title></head>\n<body><article><h1>{title}</h1>\n{body}\n</article></body></html>\n'
    return page.encode("utf-8", "replace")


def _stated(entry: Entry) -> dict[str, Any]:
    """What the feed states of the post, for its sidecar."""
    stated: dict[str, Any] = {"kind": "post", "url": entry.address}
    if entry.title:
        stated["title"] = entry.title
    if entry.authors:
        stated["authors"] = list(entry.authors)
    if entry.date:
        stated["date"] = entry.date
    return stated


def _free(folder: Path, inside: str, entry: Entry, ending: str) -> str:
    """A name for the post's file that neither a page nor a sidecar has."""
    parts = [part for part in urlsplit(entry.address).path.split("/") if part]
    base = slug(parts[-1].rsplit(".", 1)[0] if parts else entry.title or "post")
    stem = f"{inside}/{entry.date}-{base}" if entry.date else f"{inside}/{base}"
    number, name = 1, f"{stem}{ending}"
    while (folder / name).exists() or (folder / (name + ENDING)).exists():
        number += 1
        name = f"{stem}-{number}{ending}"
    return name


def _sidecars(folder: Path, inside: str) -> tuple[set[str], dict[tuple[str, str], str]]:
    """The addresses of the posts that are there whole, and the names under which others were begun."""
    held: set[str] = set()
    begun: dict[tuple[str, str], str] = {}
    for path, address in _addresses(folder / inside):
        page = path.with_name(path.name.removesuffix(ENDING))
        if page.is_file():
            held.add(address)
        else:
            begun[address, page.suffix] = page.relative_to(folder).as_posix()
    return held, begun


def _addresses(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each sidecar of the folder with the address it states."""
    for path in sorted(folder.glob(f"*{ENDING}")):
        try:
            address = tomllib.loads(path.read_text("utf-8")).get("url")
        except (OSError, ValueError):
            continue
        if isinstance(address, str):
            yield path, address
