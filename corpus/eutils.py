"""E-utilities: a PubMed query → how PubMed understood it, the PMIDs it finds, and their records as XML.

What is held here: at most 3 requests a second (10 with a key), the tool and an e-mail address named in each, errors
inside answers of status 200, bodies that break off, and that PubMed gives only the first 9,998 records of a search.
Sources: NLM, "Entrez Programming Utilities Help" (NBK25497, NBK25499).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from corpus.errors import FetchError, UnreadableError
from corpus.fetch import Fetched, Fetcher
from corpus.patience import persist
from corpus.pubmed import root_name

ADDRESS = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
MOST_FOUND = 9_998
"""PubMed answers retstart + retmax only up to here (10,000 officially; errors are seen beyond 9,998)."""

TOOL = "firstpass"
_LONGEST_GET = 1_500
_FIRST_DAY = date(1700, 1, 1)
_YEARS_AHEAD = 5
_FOR_GOOD = re.compile(
    r"invalid|empty|not supported|unsupported|unknown|wrong|missing|must|cannot (?:find|parse)", re.IGNORECASE
)
_T = TypeVar("_T")
_CURE = "try again later; if it stays so, try the query on pubmed.ncbi.nlm.nih.gov"


@dataclass(frozen=True, slots=True)
class Access:
    """Where E-utilities are, and as whom they are asked.

    Attributes:
        key: NCBI's API key, or empty; it goes into no message and no file.
        email: whom NCBI can write to; NCBI asks every tool to name one.
    """

    address: str = ADDRESS
    key: str = field(default="", repr=False)
    email: str = ""

    @property
    def pause(self) -> float:
        """The seconds between the end of one request and the start of the next: so no second ever sees more than is allowed."""
        return 0.102 if self.key else 0.34


@dataclass(frozen=True, slots=True)
class Days:
    """A range of days of one kind of date, both ends in it.

    Attributes:
        kind: "edat" (when the record came into PubMed) or "pdat" (when it was published).
    """

    first: date
    last: date
    kind: str = "edat"

    def halves(self) -> tuple[Days, Days]:
        """The earlier and the later half."""
        middle = date.fromordinal((self.first.toordinal() + self.last.toordinal()) // 2)
        after = date.fromordinal(middle.toordinal() + 1)
        return Days(self.first, middle, self.kind), Days(after, self.last, self.kind)

    def as_fields(self) -> dict[str, str]:
        """The days as E-utilities want them."""
        return {
            "datetype": self.kind,
            "mindate": f"{self.first:%Y/%m/%d}".rjust(10, "0"),
            "maxdate": f"{self.last:%Y/%m/%d}".rjust(10, "0"),
        }


@dataclass(frozen=True, slots=True)
class Found:
    """What PubMed found for a query.

    Attributes:
        translation: how PubMed understood the query (QueryTranslation).
        pmids: at most the first MOST_FOUND.
        warnings: what PubMed says it ignored or did not find of the query.
    """

    count: int
    translation: str
    pmids: tuple[str, ...] = ()
    web_env: str = ""
    query_key: str = ""
    warnings: tuple[str, ...] = ()


class Eutils:
    """PubMed by way of E-utilities, one request at a time."""

    def __init__(
        self,
        fetcher: Fetcher,
        access: Access,
        *,
        tries: int = 5,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetcher = fetcher
        self._access = access
        self._tries = tries
        self._sleep = sleep
        self._clock = clock
        self._free_at = float("-inf")

    def search(self, query: str, days: Days | None = None) -> Found:
        """What PubMed finds for the query, on these days where they are given.

        Raises:
            FetchError: PubMed cannot be reached, refuses the query, or answers nothing that can be read.
        """
        asked = {"term": query, "usehistory": "y", "retmax": str(MOST_FOUND)}
        if days is not None:
            asked |= days.as_fields()
        found = self._ask("esearch.fcgi", asked, _found)
        pmids = list(found.pmids)
        while len(pmids) < min(found.count, MOST_FOUND):
            rest = MOST_FOUND - len(pmids)
            more = self._ask(
                "esearch.fcgi", asked | {"retstart": str(len(pmids)), "retmax": str(rest)}, _found
            )
            fresh = [pmid for pmid in more.pmids if pmid not in set(pmids)]
            if not fresh:
                break
            pmids += fresh
        if found.count and not pmids:
            reason = f"PubMed counts {found.count:,} records and lists none"
            raise FetchError(reason, _CURE, temporary=True)
        return Found(
            found.count, found.translation, tuple(pmids), found.web_env, found.query_key, found.warnings
        )

    def page(self, found: Found, start: int, size: int) -> bytes:
        """The records `start` to `start + size` of what was found, as PubMed's XML.

        Raises:
            FetchError: they cannot be had whole.
        """
        history = {"WebEnv": found.web_env, "query_key": found.query_key}
        asked = history | {"retstart": str(start), "retmax": str(size)}
        return self._ask("efetch.fcgi", asked | {"retmode": "xml"}, _records)

    def records(self, pmids: Sequence[str]) -> bytes:
        """The records of these PMIDs, as PubMed's XML; fewer where PubMed has fewer.

        Raises:
            FetchError: they cannot be had whole.
        """
        return self._ask("efetch.fcgi", {"id": ",".join(pmids), "retmode": "xml"}, _records)

    def _ask(self, what: str, asked: Mapping[str, str], read: Callable[[bytes], _T]) -> _T:
        """What the answer to a request gives; the request is made again where it failed for the moment."""
        more = {"db": "pubmed", "tool": TOOL, "email": self._access.email, "api_key": self._access.key}
        fields = {
            name: value
            for name, value in (asked | more if isinstance(asked, dict) else more).items()
            if value
        }

        def attempt() -> _T:
            self._sleep(max(0.0, self._free_at - self._clock()))
            try:
                return read(self._fetched(what, fields).content)
            finally:
                self._free_at = self._clock() + self._access.pause

        return persist(attempt, tries=self._tries, sleep=self._sleep)

    def _fetched(self, what: str, fields: Mapping[str, str]) -> Fetched:
        address = self._access.address.rstrip("/") + "/" + what
        written = urlencode(fields)
        if len(written) > _LONGEST_GET:
            return self._fetcher.post(address, fields)
        return self._fetcher.get(f"{address}?{written}")


def slices(eutils: Eutils, query: str, whole: Found, today: date) -> Iterator[tuple[str, Found]]:
    """The parts of a search, each small enough to be had whole: the query of each, and what it finds.

    A search that finds too many is halved by the day on which records came into PubMed; a single day that still
    holds too many, by the day of publication. A day that cannot be halved again comes as it is, cut short.
    """
    if whole.count <= MOST_FOUND:
        yield query, whole
        return
    last = date(today.year + _YEARS_AHEAD, 12, 31)
    waiting = [(query, Days(_FIRST_DAY, last))]
    while waiting:
        asked, days = waiting.pop()
        found = eutils.search(asked, days)
        if found.count <= MOST_FOUND:
            if found.count:
                yield asked, found
        elif days.first < days.last:
            earlier, later = days.halves()
            waiting += [(asked, later), (asked, earlier)]
        elif days.kind == "edat":
            that_day = f'({asked}) AND "{days.first:%Y/%m/%d}"[edat]'
            waiting.append((that_day, Days(_FIRST_DAY, last, "pdat")))
        else:
            yield asked, found


def pmids_of(content: bytes) -> tuple[str, ...]:
    """The PMIDs of the records in PubMed's XML, in order.

    Raises:
        FetchError: it is no whole set of records.
    """
    root = _root(content)
    own = ("MedlineCitation/PMID", "BookDocument/PMID", "PMID")
    found = (next((one for path in own if (one := record.findtext(path))), "") for record in root)
    return tuple(pmid.strip() for pmid in found if pmid.strip())


def _records(content: bytes) -> bytes:
    """The body of an efetch answer, once it proves to be a whole set of records."""
    root = _root(content)
    if root.tag not in ("PubmedArticleSet", "PubmedBookArticleSet"):
        reason = f"PubMed answers with <{root.tag}>, not with records"
        raise FetchError(reason, _CURE, temporary=True)
    return content


def _found(content: bytes) -> Found:
    """What an esearch answer says."""
    root = _root(content)
    count = (root.findtext("Count") or "").strip()
    if root.tag != "eSearchResult" or not count.isdecimal():
        reason = f"PubMed answers a search with <{root.tag}> without a count"
        raise FetchError(reason, _CURE, temporary=True)
    return Found(
        count=int(count),
        translation=" ".join((root.findtext("QueryTranslation") or "").split()),
        pmids=tuple(one.text.strip() for one in root.iterfind("IdList/Id") if one.text),
        web_env=(root.findtext("WebEnv") or "").strip(),
        query_key=(root.findtext("QueryKey") or "").strip(),
        warnings=tuple(
            f"{one.tag}: {' '.join((one.text or '').split())}"
            for group in ("ErrorList", "WarningList")
            for one in root.iterfind(f"{group}/*")
        ),
    )


def _root(content: bytes) -> Any:
    """The root element of an answer, once it proves whole, harmless, and no error.

    Raises:
        FetchError: it is not; temporary unless PubMed's own words say that asking again will not help.
    """
    from lxml import etree

    if content.lstrip()[:1] == b"{":
        said = re.sub(r"\s+", " ", content[:300].decode("utf-8", "replace"))
        reason = f"PubMed answers with an error: {said}"
        raise FetchError(reason, _CURE, temporary=True)
    try:
        root_name(content)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        root = etree.fromstring(content, parser)
    except (UnreadableError, etree.XMLSyntaxError) as error:
        reason = f"PubMed's answer breaks off or is no XML ({' '.join(str(error).split())[:120]})"
        raise FetchError(reason, _CURE, temporary=True) from error
    complaint = root if root.tag == "ERROR" else root.find("ERROR")
    if complaint is not None:
        said = " ".join("".join(map(str, complaint.itertext())).split()) or "no reason given"
        reason = f"PubMed answers with an error: {said[:300]}"
        raise FetchError(reason, _CURE, temporary=not _FOR_GOOD.search(said))
    return root
