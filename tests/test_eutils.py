"""E-utilities: what is asked, how often, and what is made of each answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from eutils_stand_in import MOST, Entry, StandIn, entries, stand_in
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import FetchError
from corpus.eutils import MOST_FOUND, Access, Days, Eutils, Found, pmids_of, slices
from corpus.fetch import Fetcher

TODAY = date(2026, 11, 24)
LOCAL = Fetcher(allow_private=True)


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A stand-in with forty records, which answers as often as it is asked."""
    with stand_in(entries(40)) as state:
        state.limit = 10_000
        yield state


def impatient(server: StandIn, **access: str) -> Eutils:
    """E-utilities without the pauses, which have a test of their own."""
    return Eutils(LOCAL, Access(server.address + "/entrez/eutils/", **access), sleep=lambda _: None)


def test_a_search_says_what_pubmed_found_and_how_it_read_the_query(server: StandIn) -> None:
    """Count, translation, PMIDs and history are those of the answer; counts inside its translation stack are not taken."""
    found = impatient(server).search("synthetic")
    assert (found.count, found.translation) == (40, '("synthetic"[All Fields])')
    assert found.pmids == tuple(str(number) for number in range(40, 0, -1))
    assert found.web_env
    assert found.query_key == "1"


def test_each_request_names_the_tool_the_address_and_the_key(server: StandIn) -> None:
    """Every request carries db, tool, e-mail address and key; what is not given is left out."""
    impatient(server, key="secret", email="curator@example.org").records(["1"])
    impatient(server).search("synthetic")
    first, second = (asked for _, asked in server.asked)
    assert {
        "db": "pubmed",
        "tool": "firstpass",
        "email": "curator@example.org",
        "api_key": "secret",
    }.items() <= first.items()
    assert not {"email", "api_key"} & second.keys()


@pytest.mark.parametrize(("key", "allowed", "requests"), [("", 3, 5), ("secret", 10, 14)])
def test_no_second_sees_more_requests_than_ncbi_allows(
    server: StandIn, key: str, allowed: int, requests: int
) -> None:
    """Measured at the server: 3 requests in any second, 10 with a key, are never passed, so none is refused."""
    server.limit = None
    eutils = Eutils(LOCAL, Access(server.address, key=key))
    for _ in range(requests):
        eutils.records(["1"])
    pairs = zip(server.arrivals, server.arrivals[allowed:], strict=False)
    assert all(later - earlier >= 1 for earlier, later in pairs)
    assert len(server.arrivals) == requests
    assert server.refused == 0


@pytest.mark.parametrize("fault", ["429", "500", "error", "truncate", "drop"])
def test_a_passing_fault_is_survived(server: StandIn, fault: str) -> None:
    """A 429, a 500, an error inside an answer of status 200, a body that breaks off, a dropped connection: the request is made again."""
    server.faults = {0: fault, 2: fault}
    eutils = impatient(server)
    found = eutils.search("synthetic")
    assert pmids_of(eutils.page(found, 0, 40)) == found.pmids
    assert len(server.arrivals) == 4


def test_the_pause_that_pubmed_asks_for_is_kept(server: StandIn) -> None:
    """After a 429 with Retry-After the next request waits that long."""
    server.limit = 1
    slept: list[float] = []
    eutils = Eutils(LOCAL, Access(server.address), tries=2, sleep=slept.append)
    eutils.records(["1"])
    with pytest.raises(FetchError, match="429"):
        eutils.records(["1"])
    assert 1.0 in slept


def test_an_error_that_will_not_pass_is_told_at_once(server: StandIn) -> None:
    """An error in an answer of status 200 that asking again cannot mend is raised in PubMed's own words after one request."""
    with pytest.raises(FetchError, match="Empty term"):
        impatient(server).search("")
    assert len(server.arrivals) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Maintenance</body></html>",
        b'{"error":"API rate limit exceeded","count":"4"}',
        b"<eSearchResult><Count>many</Count></eSearchResult>",
        b"<eSearchResult><Count>3</Count>",
        b"<eSearchResult><Count>3</Count><IdList/></eSearchResult>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><eSearchResult><Count>1</Count></eSearchResult>',
        b"\x00\xff\xfe",
    ],
)
def test_what_is_no_answer_is_an_error_never_a_count(server: StandIn, body: bytes) -> None:
    """An empty, foreign, broken or unsafe body is no count of nothing: it is an error."""
    server.pages["/esearch.fcgi"] = (200, {}, body)
    eutils = Eutils(LOCAL, Access(server.address), sleep=lambda _: None)
    with pytest.raises(FetchError):
        eutils.search("synthetic")


def test_what_pubmed_ignored_of_a_query_is_told(server: StandIn) -> None:
    """Phrases that PubMed did not find, and its warnings, come with the count: a 0 may be due to them."""
    body = (
        b"<eSearchResult><Count>0</Count><RetMax>0</RetMax><IdList/><QueryTranslation/><ErrorList><PhraseNotFound>xqz</PhraseNotFound>"
        b"</ErrorList><WarningList><OutputMessage>No items found.</OutputMessage></WarningList></eSearchResult>"
    )
    server.pages["/esearch.fcgi"] = (200, {}, body)
    found = Eutils(LOCAL, Access(server.address)).search("xqz")
    assert found == Found(0, "", warnings=("PhraseNotFound: xqz", "OutputMessage: No items found."))


def test_the_key_is_in_no_message(server: StandIn) -> None:
    """Neither an error nor the record of access shows NCBI's key."""
    server.faults = dict.fromkeys(range(9), "500")
    eutils = impatient(server, key="secret")
    with pytest.raises(FetchError) as failed:
        eutils.search("synthetic")
    assert "secret" not in str(failed.value) + repr(Access(key="secret"))


def test_a_long_query_is_posted(server: StandIn) -> None:
    """A query too long for an address is asked by a form, whole."""
    query = " OR ".join(f"synthetic{number}" for number in range(400))
    assert impatient(server).search(query).translation == f'("{query}"[All Fields])'


def test_records_and_books_have_their_own_pmid() -> None:
    """A record's PMID is its own, not one of those it cites; a book's is read too."""
    body = (
        b"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><CommentsCorrectionsList><CommentsCorrections><PMID>9</PMID>"
        b"</CommentsCorrections></CommentsCorrectionsList></MedlineCitation></PubmedArticle><!-- 7 -->"
        b"<PubmedBookArticle><BookDocument><PMID>2</PMID></BookDocument></PubmedBookArticle></PubmedArticleSet>"
    )
    assert pmids_of(body) == ("1", "2")


@given(st.dates(min_value=date(1700, 1, 1)), st.integers(min_value=1, max_value=200_000))
def test_halves_part_the_days(first: date, length: int) -> None:
    """The two halves hold every day of the range once, and are both shorter than it."""
    last = date.fromordinal(min(first.toordinal() + length, date.max.toordinal()))
    if first == last:
        return
    earlier, later = Days(first, last).halves()
    assert (earlier.first, later.last) == (first, last)
    assert later.first - earlier.last == timedelta(days=1)
    assert earlier.first <= earlier.last
    assert later.first <= later.last


def sliced(server: StandIn, query: str = "synthetic") -> tuple[Found, list[tuple[str, Found]]]:
    """A search and its slices."""
    eutils = impatient(server)
    whole = eutils.search(query)
    return whole, list(slices(eutils, query, whole, TODAY))


def test_a_search_that_fits_is_not_sliced(server: StandIn) -> None:
    """A search within what PubMed gives comes whole, by one request."""
    whole, parts = sliced(server)
    assert parts == [("synthetic", whole)]
    assert len(server.arrivals) == 1


def test_a_search_past_the_limit_comes_whole_in_slices() -> None:
    """Past 9,998 records every one is listed once, by slices of days none of which passes the limit."""
    with stand_in(entries(2 * MOST + 3)) as server:
        server.limit = 10_000
        whole, parts = sliced(server)
    listed = [pmid for _, found in parts for pmid in found.pmids]
    assert MOST_FOUND == MOST
    assert whole.count == len(listed) == len(set(listed)) == 2 * MOST + 3
    assert max(found.count for _, found in parts) <= MOST


def test_a_single_day_past_the_limit_is_sliced_by_publication() -> None:
    """Records that all came in on one day are listed by the days on which they were published."""
    day = date(2010, 3, 4)
    records = [
        Entry(number, day, date(1950, 1, 1) + timedelta(days=number % 900)) for number in range(1, MOST + 200)
    ]
    with stand_in(records) as server:
        server.limit = 10_000
        _, parts = sliced(server)
    listed = [pmid for _, found in parts for pmid in found.pmids]
    assert sorted(map(int, listed)) == list(range(1, MOST + 200))


def test_a_day_that_cannot_be_sliced_is_cut_short_by_its_count() -> None:
    """Records of one day in both dates come as far as PubMed gives them, and the count says that there are more."""
    day = date(2010, 3, 4)
    with stand_in([Entry(number, day, day) for number in range(1, MOST + 200)]) as server:
        server.limit = 10_000
        _, parts = sliced(server)
    assert [(found.count, len(found.pmids)) for _, found in parts] == [(MOST + 199, MOST)]
