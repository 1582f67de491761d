"""A stand-in for E-utilities on a port that the system chooses: real XML, the real limits, and faults on demand."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

MOST = 9_998
_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n'
_SET = '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
_SEARCH = '<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
_FAULTS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "429": (429, {"Retry-After": "0"}, b'{"error":"API rate limit exceeded","count":"4"}'),
    "500": (500, {}, b"Internal error"),
    "drop": (0, {}, b""),
    "error": (
        200,
        {},
        f"{_HEAD}<eFetchResult>\n<ERROR>Unable to obtain query #1</ERROR>\n</eFetchResult>".encode(),
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One synthetic record: its number, the day it came in, the day it was published, and its DOI."""

    pmid: int
    entered: date
    published: date
    doi: str = ""

    def xml(self) -> str:
        """The record as PubMed writes one."""
        day = self.published
        doi = f'<ELocationID EIdType="doi" ValidYN="Y">{escape(self.doi)}</ELocationID>' if self.doi else ""
        return (
            f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{self.pmid}</PMID>'
            f'<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Internet"><PubDate><Year>{day.year}</Year></PubDate></JournalIssue>'
            f"<Title>Synthetic journal</Title></Journal><ArticleTitle>Synthetic record {self.pmid}.</ArticleTitle>{doi}"
            f"<Abstract><AbstractText>Synthetic abstract of record {self.pmid}, 100 µg &lt; 1 mg.</AbstractText></Abstract>"
            f'<Language>eng</Language><PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList></Article>'
            f'</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="pubmed">{self.pmid}</ArticleId></ArticleIdList></PubmedData></PubmedArticle>\n'
        )


def entries(count: int, *, first: date = date(2001, 1, 1), days: int = 3_000, start: int = 1) -> list[Entry]:
    """So many records, spread evenly over so many days."""
    return [
        Entry(pmid, day := first + timedelta(days=(pmid - start) * days // count), day)
        for pmid in range(start, start + count)
    ]


@dataclass
class StandIn:
    """What the stand-in holds, what it is told to do wrong, and what it saw.

    Attributes:
        faults: for the request of that number (from 0), what goes wrong: "429", "500", "error", "truncate", "drop".
        limit: requests that it answers in any one second; above, 429 (3, and 10 with a key, unless set).
        withheld: PMIDs that are found but never given.
        pages: what other paths give: status, headers, body.
        arrivals: when each E-utilities request came, in seconds.
        given: how often each PMID was given.
    """

    records: list[Entry]
    translation: Callable[[str], str] = '("{}"[All Fields])'.format
    faults: dict[int, str] = field(default_factory=dict)
    limit: int | None = None
    withheld: set[int] = field(default_factory=set)
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    forget: bool = False
    arrivals: list[float] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    given: Counter[int] = field(default_factory=Counter)
    visited: list[str] = field(default_factory=list)
    refused: int = 0
    address: str = ""
    _history: dict[tuple[str, str], list[Entry]] = field(default_factory=dict)
    _recent: deque[float] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for one request."""
        if path in self.pages:
            self.visited.append(path)
            return self.pages[path]
        with self._lock:
            number = len(self.arrivals)
            now = time.monotonic()
            self.arrivals.append(now)
            self.asked.append((path, query))
            if self._too_many(now, query):
                self.refused += 1
                return 429, {"Retry-After": "1"}, b'{"error":"API rate limit exceeded","count":"11"}'
            fault = self.faults.get(number, "")
            if fault in _FAULTS:
                return _FAULTS[fault]
            before = self.given.copy() if fault == "truncate" else self.given
            body = self._utility(path.rsplit("/", 1)[-1], query).encode()
            if fault == "truncate":
                self.given = before
                return 200, {"X-Truncate": "1"}, body
            return 200, {"Content-Type": "text/xml; charset=UTF-8"}, body

    def _too_many(self, now: float, query: dict[str, str]) -> bool:
        limit = self.limit or (10 if query.get("api_key") else 3)
        while self._recent and now - self._recent[0] >= 1:
            self._recent.popleft()
        self._recent.append(now)
        return len(self._recent) > limit

    def _utility(self, name: str, query: dict[str, str]) -> str:
        if query.get("db") != "pubmed":
            return f"{_HEAD}<eSearchResult><ERROR>Invalid db name specified: {escape(query.get('db', ''))}</ERROR></eSearchResult>"
        if name == "esearch.fcgi":
            return self._search(query)
        if name == "efetch.fcgi":
            return self._fetch(query)
        return f"{_HEAD}<ERROR>Unknown utility {escape(name)}</ERROR>"

    def _search(self, query: dict[str, str]) -> str:
        term = query.get("term", "")
        if not term:
            return f"{_HEAD}{_SEARCH}<eSearchResult><ERROR>Empty term and query_key - nothing todo</ERROR></eSearchResult>"
        start, most = int(query.get("retstart", 0)), int(query.get("retmax", 20))
        if start > MOST:
            return f"{_HEAD}{_SEARCH}<eSearchResult><ERROR>Search Backend failed: retstart cannot be larger than {MOST}</ERROR></eSearchResult>"
        found = self._matching(term, query)
        shown = found[start : min(start + most, MOST)]
        kept = ""
        if query.get("usehistory") == "y":
            env, key = f"MCID_{len(self._history):06}", "1"
            self._history[env, key] = found
            kept = f"<QueryKey>{key}</QueryKey><WebEnv>{env}</WebEnv>"
        ids = "".join(f"<Id>{one.pmid}</Id>\n" for one in shown)
        return (
            f"{_HEAD}{_SEARCH}<eSearchResult><Count>{len(found)}</Count><RetMax>{len(shown)}</RetMax><RetStart>{start}</RetStart>{kept}"
            f"<IdList>\n{ids}</IdList><TranslationSet/><TranslationStack><TermSet><Term>x</Term><Count>99</Count></TermSet></TranslationStack>"
            f"<QueryTranslation>{escape(self.translation(term))}</QueryTranslation></eSearchResult>"
        )

    def _matching(self, term: str, query: dict[str, str]) -> list[Entry]:
        """The records of a term: all of them, less those that a day or a DOI in it leaves out; the newest first."""
        found = self.records
        if "nothing" in term:
            return []
        if "[edat]" in term:
            day = _day(term.rsplit('"', 2)[-2])
            found = [one for one in found if one.entered == day]
        elif "[aid]" in term:
            found = [one for one in found if one.doi and one.doi in term]
        if "mindate" in query:
            first, last = (_day(query[end]) for end in ("mindate", "maxdate"))
            if query.get("datetype") == "edat":
                found = [one for one in found if first <= one.entered <= last]
            else:
                found = [one for one in found if first <= one.published <= last]
        return sorted(found, key=lambda one: (one.entered, one.pmid), reverse=True)

    def _fetch(self, query: dict[str, str]) -> str:
        if query.get("WebEnv"):
            place = query["WebEnv"], query.get("query_key", "")
            if self.forget or place not in self._history:
                return f"{_HEAD}<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>"
            start = int(query.get("retstart", 0))
            found: Sequence[Entry] = self._history[place][start : start + int(query.get("retmax", 20))]
        else:
            wanted = [int(one) for one in query.get("id", "").split(",") if one.isdecimal()]
            known = {one.pmid: one for one in self.records}
            found = [known[pmid] for pmid in wanted if pmid in known]
        found = [one for one in found if one.pmid not in self.withheld]
        self.given.update(one.pmid for one in found)
        return f"{_HEAD}{_SET}<PubmedArticleSet>\n{''.join(one.xml() for one in found)}</PubmedArticleSet>"


def _day(written: str) -> date:
    """A day as E-utilities are told it: 2026/11/24."""
    return date(*map(int, written.split("/")))


@contextmanager
def stand_in(records: list[Entry]) -> Iterator[StandIn]:
    """The stand-in at work, on a port of this machine."""
    state = StandIn(records)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._give(parts.path, dict(parse_qsl(parts.query)))

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            self._give(urlsplit(self.path).path, dict(parse_qsl(self.rfile.read(length).decode())))

        def _give(self, path: str, query: dict[str, str]) -> None:
            status, headers, body = state.answer(path, query)
            self.close_connection = True
            if not status:
                return
            cut = headers.pop("X-Truncate", None)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if cut is None:
                self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            with suppress(OSError):  # the one who asked may have been killed
                self.wfile.write(body if cut is None else body[: len(body) * 2 // 3])

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
