"""Feeds: RSS, RDF and Atom as blogs write them, and the posts that are taken from them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from eutils_stand_in import StandIn, stand_in
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Kind
from corpus.errors import FetchError
from corpus.feeds import Entry, day_of, read_feed
from corpus.fetch import Fetcher
from corpus.library import open_library, read_library
from corpus.pull_posts import PostsPulled, pull_posts
from corpus.pull_records import Round

FEED = "https://blog.example/feed"
HTML = {"Content-Type": "text/html; charset=utf-8"}
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Synthetic blog</title><link>https://blog.example/</link>
<item><title>Synthetic &amp;amp; post 1</title><link>https://blog.example/one?a=1&amp;b=2#more</link><guid isPermaLink="false">77</guid>
<pubDate>Tue, 05 Dec 2023 23:30:00 -0800</pubDate><dc:creator>A. Synthetic</dc:creator><description>Short.</description>
<content:encoded><![CDATA[<p>Longer <b>text</b>.</p>]]></content:encoded></item>
<item><title>No link</title><guid isPermaLink="false">tag:x</guid></item>
<item><guid>https://blog.example/two</guid><author>mail@blog.example (B. Synthetic)</author><pubDate>someday</pubDate></item>
<item><link>https://blog.example/two</link><title>Twice</title></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Synthetic</title><entry><title type="html">Post &lt;i&gt;one&lt;/i&gt;</title>
<link rel="self" href="/api/1"/><link href="/2024/one"/><id>urn:x:1</id><updated>2025-01-01T00:00:00Z</updated>
<published>2024-02-29T08:00:00+01:00</published><author><name>C. Synthetic</name><email>c@blog.example</email></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Text of <em>one</em>.</p></div></content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>Synthetic</title></channel>
<item rdf:about="https://blog.example/r"><title>R</title><link>https://blog.example/r</link><dc:date>2005-07-08</dc:date></item></rdf:RDF>"""


def test_rss_is_read() -> None:
    """Address, title, day, authors and the fullest text of each entry come from an RSS feed, each address once."""
    assert read_feed(RSS.encode(), address=FEED) == (
        Entry(
            "https://blog.example/one?a=1&b=2",
            "Synthetic & post 1",
            "2023-12-05",
            ("A. Synthetic",),
            "<p>Longer <b>text</b>.</p>",
        ),
        Entry("https://blog.example/two", authors=("B. Synthetic",)),
    )


def test_atom_is_read() -> None:
    """An Atom entry gives the link to its page, its day of publication rather than of its last change, and its content."""
    (entry,) = read_feed(ATOM.encode(), address=FEED)
    assert (entry.address, entry.title, entry.date) == (
        "https://blog.example/2024/one",
        "Post one",
        "2024-02-29",
    )
    assert entry.authors == ("C. Synthetic",)
    assert "Text of" in entry.content


def test_rdf_is_read() -> None:
    """A feed of RSS 1.0 is read with the day it states."""
    assert read_feed(RDF.encode(), address=FEED) == (Entry("https://blog.example/r", "R", "2005-07-08"),)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body>No feed</body></html>",
        b"not XML",
        b'<!DOCTYPE rss [<!ENTITY a "aaaa">]><rss><channel><item><link>https://blog.example/&a;</link></item></channel></rss>',
        b'<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss/>',
    ],
)
def test_what_is_no_feed_is_an_error(content: bytes) -> None:
    """An empty, foreign or unsafe document is an error that names the address, never an empty feed."""
    with pytest.raises(FetchError, match=r"blog\.example"):
        read_feed(content, address=FEED)


def test_a_feed_that_is_written_badly_gives_what_it_holds() -> None:
    """A feed with a bare ampersand or a missing end is read as far as it goes."""
    broken = RSS.replace("&amp;b=2", "&b=2").replace("</channel></rss>", "")
    assert [entry.address for entry in read_feed(broken.encode(), address=FEED)][
        -1
    ] == "https://blog.example/two"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "mailto:a@blog.example", "http://[1::2", ""]
)
def test_a_link_that_is_no_web_address_is_left_out(link: str) -> None:
    """Only addresses of the web are taken from a feed."""
    feed = f"<rss><channel><item><link>{link}</link></item></channel></rss>"
    assert read_feed(feed.encode(), address=FEED) == ()


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Tue, 05 Dec 2023 10:00:00 GMT", "2023-12-05"),
        ("5 Dec 2023 10:00 +0100", "2023-12-05"),
        ("2023-12-05T10:00:00Z", "2023-12-05"),
        ("2023-13-05", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_day_is_read_or_left_out(written: str, day: str | None) -> None:
    """A date is read in the forms that feeds use; what cannot be read is no date, and none is invented."""
    assert day_of(written) == day


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: f"<rss><item>{text}</item></rss>".encode())
)
def test_no_feed_breaks_the_reader(content: bytes) -> None:
    """Whatever an address gives is read or refused by name."""
    try:
        entries = read_feed(content, address=FEED)
    except FetchError:
        return
    assert all(entry.address.startswith(("http://", "https://")) for entry in entries)


def page(number: int) -> bytes:
    """A blog post long enough to be read as one."""
    body = " ".join(
        f"Sentence {one} of the synthetic post {number} says nothing of note." for one in range(12)
    )
    return f"<html><head><title>Post {number} | Blog</title></head><body><article><h1>Post {number}</h1><p>{body}</p></article></body></html>".encode()


@pytest.fixture
def blog() -> Iterator[StandIn]:
    """A blog with two posts and a feed of them."""
    with stand_in([]) as state:
        for number in (1, 2):
            state.pages[f"/post-{number}"] = (200, HTML, page(number))
        state.pages["/feed"] = (200, {"Content-Type": "application/rss+xml"}, feed_of(state, 1, 2))
        yield state


def feed_of(state: StandIn, *numbers: int) -> bytes:
    """A feed of these posts."""
    posts = "".join(
        f"<item><title>Synthetic post {number}</title><link>{state.address}/post-{number}</link>"
        f"<pubDate>Tue, 0{number} Dec 2020 10:00:00 GMT</pubDate></item>"
        for number in numbers
    )
    return f"<rss><channel>{posts}</channel></rss>".encode()


def pulled(blog: StandIn, folder: Path, *, dry_run: bool = False) -> PostsPulled:
    """What one run of the blog's feed gives."""
    return pull_posts(
        Round(folder, NOW, dry_run=dry_run, pause=0),
        "Blog",
        blog.address + "/feed",
        Fetcher(allow_private=True),
    )


def test_each_post_is_kept_as_its_page_with_what_the_feed_says(blog: StandIn, tmp_path: Path) -> None:
    """A post's page is kept as it was served, and the library reads it as a post with the feed's title, day and address."""
    run = pulled(blog, tmp_path)
    assert (run.count, run.held, run.new) == (2, 0, 2)
    assert (tmp_path / "pulled/blog/2020-12-01-post-1.html").read_bytes() == page(1)
    reading = read_library(open_library(tmp_path))
    assert not reading.problems
    first = reading.documents[0]
    assert (first.kind, first.citation.title) == (Kind.POST, "Synthetic post 1")
    assert (first.citation.date, first.citation.url) == ("2020-12-01", blog.address + "/post-1")


def test_a_second_run_takes_only_the_new_post(blog: StandIn, tmp_path: Path) -> None:
    """What was taken before is not fetched again."""
    pulled(blog, tmp_path)
    blog.visited.clear()
    blog.pages["/post-3"] = (200, HTML, page(3))
    blog.pages["/feed"] = (200, {}, feed_of(blog, 1, 2, 3))
    run = pulled(blog, tmp_path)
    assert (run.count, run.held, run.new) == (3, 2, 1)
    assert blog.visited == ["/feed", "/post-3"]


def test_a_run_that_was_killed_between_sidecar_and_page_is_mended(blog: StandIn, tmp_path: Path) -> None:
    """A sidecar without its page is what a killed run leaves: the next one fetches that page to its place."""
    whole = pulled(blog, tmp_path)
    missing = tmp_path / whole.files[0]
    missing.unlink()
    run = pulled(blog, tmp_path)
    assert (run.held, run.new) == (1, 1)
    assert missing.read_bytes() == page(1)
    assert len(list((tmp_path / "pulled/blog").iterdir())) == 4


def test_a_file_of_the_curator_is_never_written_over(blog: StandIn, tmp_path: Path) -> None:
    """A post whose name is taken gets another one."""
    own = tmp_path / "pulled/blog/2020-12-01-post-1.html"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"the curator's own")
    run = pulled(blog, tmp_path)
    assert own.read_bytes() == b"the curator's own"
    assert "pulled/blog/2020-12-01-post-1-2.html" in run.files


def test_where_the_page_cannot_be_had_the_feed_s_own_text_is_kept(blog: StandIn, tmp_path: Path) -> None:
    """A post behind a wall is kept as far as the feed gives it, and that is said; one without any text is told as lacking."""
    text = " ".join(f"Sentence {number} from the feed itself stands here." for number in range(12))
    blog.pages["/post-1"] = (403, {}, b"")
    blog.pages["/post-2"] = (404, {}, b"")
    feed = feed_of(blog, 1, 2).replace(b"</item>", f"<description>{text}</description></item>".encode(), 1)
    blog.pages["/feed"] = (200, {}, feed)
    run = pulled(blog, tmp_path)
    assert (run.new, run.lacking) == (1, (blog.address + "/post-2",))
    assert any("only what the feed gives" in said for said in run.warnings)
    assert "Sentence 11 from the feed" in read_library(open_library(tmp_path)).documents[0].text


def test_a_dry_run_fetches_and_writes_nothing(blog: StandIn, tmp_path: Path) -> None:
    """A dry run says how many posts are new and leaves the library as it is."""
    assert pulled(blog, tmp_path, dry_run=True).new == 2
    assert (list(tmp_path.iterdir()), blog.visited) == ([], ["/feed"])


def test_a_post_on_a_private_network_is_refused(blog: StandIn, tmp_path: Path) -> None:
    """A feed of the public network cannot lead firstpass to this machine."""
    public = Fetcher(judge=lambda _: None)
    feed = read_feed(public.get(blog.address + "/feed").content, address=blog.address)
    with pytest.raises(FetchError, match="this machine"):
        Fetcher().get(feed[0].address)


def test_the_sidecar_is_toml_whatever_the_feed_says(blog: StandIn, tmp_path: Path) -> None:
    """Quotes, line ends and control characters in a title are kept as text, and cannot add a key."""
    title = 'A "quoted" \\ title\x7f] = 1'
    feed = feed_of(blog, 1).replace(b"Synthetic post 1", title.replace('"', "&quot;").encode())
    blog.pages["/feed"] = (200, {}, feed)
    run = pulled(blog, tmp_path)
    stated = tomllib.loads((tmp_path / run.files[1]).read_text("utf-8"))
    assert set(stated) == {"kind", "url", "title", "date"}
    assert stated["title"] == title
