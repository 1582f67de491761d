"""Fetch: an address → its bytes, within limits. The one module that knows urllib3.

urllib3 because it comes with trafilatura already, is well kept, and lets the socket be opened here: so the address
that is checked is the address that is connected to, at every redirect, whatever a name resolves to the next moment.
Proxies named by the environment are not used: behind one, that check would be worth nothing.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from corpus.addresses import plain, refusal, shown
from corpus.deadline import Deadline
from corpus.errors import FetchError
from corpus.patience import seconds_asked

MOST_BYTES = 64 * 1024 * 1024
PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
XML_TYPES = frozenset({"text/xml", "application/xml"})
_BLOCK = 1 << 16
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PACKINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_STATED = re.compile(rb'"error"\s*:\s*"([^"]{1,200})"|<ERROR>([^<]{1,200})</ERROR>')
_STATED_WITHIN = 4096
_AGENT = "firstpass (reads a curator's saved searches)"

Resolve = Callable[[str, int], Sequence[str]]
"""The numeric addresses of a host name."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave.

    Attributes:
        address: where it was in the end, after redirects.
        media_type: in lower case, without parameters; empty where the server named none.
    """

    address: str
    content: bytes
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a fetch may take.

    Attributes:
        bytes: the most that a body may have when expanded.
        silence: seconds without a byte.
        seconds: seconds for the whole request, redirects too, so that a server that drips cannot hold the run.
    """

    bytes: int = MOST_BYTES
    redirects: int = 5
    silence: float = 30.0
    seconds: float = 300.0


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The numeric addresses of the host, in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for at an address and at all that it leads to.

    Attributes:
        types: the media types wanted; none for any.
        ends: when the time for all of it is over, on the clock that is never set.
        fields: of a form.
    """

    types: Collection[str]
    ends: float
    accept: str = "*/*"
    fields: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches addresses, one request at a time.

    Attributes:
        allow_private: whether addresses of this machine and of private networks may be reached.
        contact: an e-mail address for the servers' keepers, or empty.
        resolve: gives the numeric addresses of a host's name.
        judge: says why a numeric address is not to be reached, or nothing.
        authorities: a file of certificates to trust beside the system's (None: only the system's).
    """

    allow_private: bool = False
    limits: Limits = field(default_factory=Limits)
    contact: str = ""
    authorities: str | None = None
    resolve: Resolve = resolve
    judge: Callable[[str], str | None] = refusal

    def get(self, address: str, *, types: Collection[str] = (), accept: str = "*/*") -> Fetched:
        """What the address gives.

        A server that names no media type is taken at its content; with no `types`, any type is wanted.

        Raises:
            FetchError: the address is refused, unreachable, too large, of another type, or answers with an error.
        """
        wanted = _Wanted(types, time.monotonic() + self.limits.seconds, accept)
        for _ in range(self.limits.redirects + 1):
            outcome = self._request("GET", address, wanted)
            if isinstance(outcome, Fetched):
                return outcome
            if address.lower().startswith("https:") and not outcome.lower().startswith("https:"):
                reason = f"{shown(address)} leads from https to {shown(outcome)}"
                raise FetchError(reason, "give that address itself, if you trust it")
            address = outcome
        reason = f"{shown(address)}: more than {self.limits.redirects} redirects"
        raise FetchError(reason, "open the page in a browser and give the address where it ends")

    def post(self, address: str, fields: Mapping[str, str], *, types: Collection[str] = ()) -> Fetched:
        """What the address answers to a form.

        Raises:
            FetchError: as for `get`; a redirect is refused too.
        """
        wanted = _Wanted(types, time.monotonic() + self.limits.seconds, fields=fields)
        outcome = self._request("POST", address, wanted)
        if isinstance(outcome, Fetched):
            return outcome
        reason = f"{shown(address)} leads a form to {shown(outcome)}"
        raise FetchError(reason, "give that address itself")

    def _request(self, method: str, address: str, wanted: _Wanted) -> Fetched | str:
        """What one request gives: a body, or the address that it leads to."""
        agent = f"{_AGENT}; {self.contact}" if self.contact else _AGENT
        headers = {"User-Agent": agent, "Accept": wanted.accept, "Accept-Encoding": "gzip, deflate"}
        deadline = Deadline(max(0.0, wanted.ends - time.monotonic()))
        pool, path = self._pool(address, deadline)
        fields = wanted.fields
        form: dict[str, Any] = {} if fields is None else {"fields": dict(fields), "encode_multipart": False}
        try:
            with pool, deadline:
                response = pool.request(
                    method,
                    path,
                    headers=headers,
                    preload_content=False,
                    redirect=False,
                    retries=False,
                    **form,
                )
                try:
                    outcome = self._answer(address, response, wanted.types)
                finally:
                    response.close()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._failure(address, error, late=deadline.passed) from error
        if deadline.passed:  # a body without a stated length ends silently where its socket is shut
            raise self._failure(address, TimeoutError(), late=True)
        return outcome

    def _pool(self, address: str, deadline: Deadline) -> tuple[urllib3.HTTPConnectionPool, str]:
        """The way to the address's host, and the path to ask there."""
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError as error:
            reason = f'"{plain(address)}" is no address ({error})'
            raise FetchError(reason, "mend it") from error
        if parts.scheme not in _PORTS or not host:
            reason = f'"{shown(address)}" does not begin with http:// or https:// and a host'
            raise FetchError(reason, "give the whole address")
        if parts.username or parts.password:
            reason = f"the address of {host} holds a name or a password"
            raise FetchError(reason, "leave them out")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            pool = self._pool_of(parts.scheme, host, port)
        except urllib3.exceptions.LocationValueError as error:
            reason = f'"{shown(address)}" has no usable host ({error})'
            raise FetchError(reason, "mend it") from error
        pool.conn_kw |= {"vet": self._vetted, "deadline": deadline}
        return pool, path

    def _pool_of(self, scheme: str, host: str, port: int) -> urllib3.HTTPConnectionPool:
        timeout = urllib3.Timeout(connect=self.limits.silence, read=self.limits.silence)
        if scheme == "http":
            plain = urllib3.HTTPConnectionPool(host, port, timeout=timeout)
            plain.ConnectionCls = _GuardedHTTP
            return plain
        context = self._context()
        safe = urllib3.HTTPSConnectionPool(
            host, port, timeout=timeout, cert_reqs="CERT_REQUIRED", ssl_context=context
        )
        safe.ConnectionCls = _GuardedHTTPS
        return safe

    def _context(self) -> Any:
        context = create_urllib3_context()
        context.load_default_certs()
        if self.authorities is not None:
            context.load_verify_locations(self.authorities)
        return context

    def _vetted(self, host: str, port: int) -> tuple[str, ...]:
        """The addresses of the host, all allowed; one forbidden among them forbids the host."""
        numbers = tuple(self.resolve(host, port))
        for number in () if self.allow_private else numbers:
            if why := self.judge(number):
                named = host if host == number else f"{host} ({number})"
                reason = f"{named} is {why}, which firstpass does not reach"
                cure = "set allow_private_addresses = true under [settings] in library.toml if it is meant"
                raise FetchError(reason, cure)
        return numbers

    def _answer(
        self, address: str, response: urllib3.BaseHTTPResponse, types: Collection[str]
    ) -> Fetched | str:
        location = response.headers.get("Location")
        if response.status in _REDIRECTS and location:
            return _led_to(address, location)
        if response.status != 200:  # noqa: PLR2004 - HTTP's OK
            raise _refused(address, response)
        media_type = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
        if types and media_type and media_type not in types:
            reason = f"{shown(address)} gives {plain(media_type)}, not {' or '.join(sorted(types))}"
            raise FetchError(reason, "give the address of the page or file itself")
        packed = response.headers.get("Content-Encoding", "").lower()
        if not _PACKINGS.issuperset(part.strip() for part in packed.split(",")):
            reason = f"{shown(address)} gives a body packed as {plain(packed)}, which was not asked for"
            raise FetchError(reason, "save the page by hand, and add the file")
        return Fetched(address, self._body(address, response), media_type)

    def _body(self, address: str, response: urllib3.BaseHTTPResponse) -> bytes:
        body = bytearray()
        while block := response.read1(_BLOCK, decode_content=True):
            body += block
            if len(body) > self.limits.bytes:
                reason = f"{shown(address)} gives more than {self.limits.bytes:,} bytes"
                raise FetchError(reason, "save the part you need by hand, and add the file")
        return bytes(body)

    def _failure(self, address: str, error: Exception, *, late: bool) -> FetchError:
        if late:
            reason = f"{shown(address)} took more than {self.limits.seconds:g} seconds"
            return FetchError(reason, "try again later", temporary=True)
        said = " ".join(str(error).split())
        short = plain(said.rsplit("): ", 1)[-1])
        if isinstance(error, urllib3.exceptions.SSLError):
            reason = f"the certificate of {shown(address)} cannot be verified ({plain(said)})"
            return FetchError(reason, "mend the clock or the system's certificates; do not trust the answer")
        if isinstance(error, urllib3.exceptions.DecodeError):
            return FetchError(
                f"{shown(address)} gives a body that cannot be expanded", "try again later", temporary=True
            )
        kind = "broke off" if isinstance(error, urllib3.exceptions.ProtocolError) else "cannot be reached"
        reason = f"{shown(address)} {kind} ({short})"
        return FetchError(reason, "check the address and the network, and try again", temporary=True)


def _led_to(address: str, location: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError as error:
        reason = f'{shown(address)} leads to "{plain(location)}", which is no address'
        raise FetchError(reason, "open the page in a browser and give the address where it ends") from error


def _refused(address: str, response: urllib3.BaseHTTPResponse) -> FetchError:
    """The error for an answer that is no success, with the reason that it states as an error (never the rest of it)."""
    again = response.status in _AGAIN
    cure = "try again later" if again else "check the address in a browser"
    wait = seconds_asked(response.headers.get("Retry-After"), now=time.time())
    stated = _STATED.search(response.read1(_STATED_WITHIN, decode_content=True))
    said = f" ({plain((stated[1] or stated[2]).decode('utf-8', 'replace').strip())})" if stated else ""
    return FetchError(f"{shown(address)} answers {response.status}{said}", cure, temporary=again, wait=wait)


class _Guarded(HTTPConnection):
    """A connection that goes only to an address that was vetted."""

    def __init__(self, *args: Any, vet: Resolve, deadline: Deadline, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self._vet = vet
        self._deadline = deadline

    def _new_conn(self) -> socket.socket:
        failure: Exception = OSError("the name has no address")
        try:
            numbers = self._vet(self._dns_host.strip("[]"), self.port)
        except (OSError, UnicodeError) as error:
            said = f"the name cannot be resolved: {error}"
            raise urllib3.exceptions.NewConnectionError(self, said) from error
        for number in numbers:
            try:
                connected = socket.create_connection((number, self.port), self.timeout)
            except OSError as error:
                failure = error
                continue
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._deadline.watch(connected)
            return connected
        raise urllib3.exceptions.NewConnectionError(self, str(failure)) from failure


class _GuardedHTTP(_Guarded):
    """Plain HTTP."""


class _GuardedHTTPS(_Guarded, HTTPSConnection):
    """HTTP under TLS."""
