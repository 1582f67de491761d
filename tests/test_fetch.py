"""Fetching an address: what is refused, what is limited, what is tried again."""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from eutils_stand_in import StandIn, stand_in
from hypothesis import given
from hypothesis import strategies as st

from corpus.addresses import refusal, shown
from corpus.errors import FetchError
from corpus.fetch import PAGE_TYPES, Fetcher, Limits
from corpus.patience import persist, seconds_asked

OPEN = Fetcher(allow_private=True)
PAGE = b"<html><body><p>Synthetic page.</p></body></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}
PUBLIC = "93.184.216.34"


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A server on this machine that gives what `pages` holds."""
    with stand_in([]) as state:
        state.pages["/page"] = (200, HTML, PAGE)
        yield state


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does with its one connection what `talk` says."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                talk(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join()


def test_a_page_is_given_with_its_type_and_its_bytes(server: StandIn) -> None:
    """The body comes as it was sent, with its media type without parameters."""
    found = OPEN.get(server.address + "/page", types=PAGE_TYPES)
    assert (found.content, found.media_type, found.address) == (PAGE, "text/html", server.address + "/page")


@pytest.mark.parametrize(
    "number",
    [
        *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),  # noqa: S104 - no socket is bound to it
        *("100.64.0.1", "224.0.0.1", "239.1.1.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "240.0.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1"),
        *(
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
        ),
        *("not an address", ""),
    ],
)
def test_addresses_outside_the_public_network_are_refused(number: str) -> None:
    """Loopback, private, link-local, multicast and reserved addresses have a reason against them, inside IPv6 too."""
    assert refusal(number) is not None


@pytest.mark.parametrize(
    "number", [PUBLIC, "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_addresses_of_the_public_network_are_not_refused(number: str) -> None:
    """A public address has no reason against it, whether or not an IPv6 one carries it."""
    assert refusal(number) is None


@given(st.ip_addresses(v=4))
def test_a_carried_address_is_judged_as_if_it_stood_alone(address: object) -> None:
    """An IPv4 address that is refused is refused inside a NAT64 address too, and one that is not is not."""
    number = f"64:ff9b::{int(address) >> 16:x}:{int(address) & 0xFFFF:x}"  # type: ignore[call-overload] # as above
    assert (refusal(number) is None) == (refusal(str(address)) is None)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0"]
)
def test_this_machine_is_not_reached_however_it_is_written(server: StandIn, host: str) -> None:
    """Each spelling of the loopback address is refused with the setting that would allow it, before a request is made."""
    port = server.address.rsplit(":", 1)[1]
    with pytest.raises(FetchError, match="allow_private_addresses") as refused:
        Fetcher().get(f"http://{host}:{port}/page")
    assert not refused.value.temporary
    assert server.visited == []


def test_a_name_that_resolves_to_a_private_address_is_refused(server: StandIn) -> None:
    """One private address among a name's addresses forbids the name: the next connection might go there."""
    fetcher = Fetcher(resolve=lambda _host, _port: (PUBLIC, "10.1.2.3"))
    with pytest.raises(FetchError, match="private network"):
        fetcher.get("http://public.example/page")


def test_the_address_that_was_checked_is_the_one_connected_to(server: StandIn) -> None:
    """A name is resolved once for a connection: there is no second look-up that could give another address."""
    asked: list[str] = []

    def resolve(host: str, _port: int) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else (PUBLIC,)

    port = server.address.rsplit(":", 1)[1]
    found = replace(OPEN, resolve=resolve).get(f"http://rebinding.example:{port}/page")
    assert found.content == PAGE
    assert asked == ["rebinding.example"]


def test_a_name_that_turns_private_at_the_redirect_is_refused(server: StandIn) -> None:
    """Every redirect is resolved and checked anew, so a name that rebinds to a private network is not followed there."""
    port = server.address.rsplit(":", 1)[1]
    server.pages["/go"] = (302, {"Location": f"http://rebinding.example:{port}/page"}, b"")
    answers = [("127.0.0.1",), ("10.0.0.7",)]
    fetcher = Fetcher(
        resolve=lambda _host, _port: answers.pop(0),
        judge=lambda number: None if number == "127.0.0.1" else refusal(number),
    )
    with pytest.raises(FetchError, match="private network"):
        fetcher.get(f"http://rebinding.example:{port}/go")
    assert server.visited == ["/go"]


def test_redirects_are_followed_up_to_a_limit(server: StandIn) -> None:
    """A redirect leads to its page and the page's address is given; a circle of redirects ends in an error."""
    server.pages["/moved"] = (301, {"Location": "/page"}, b"")
    server.pages["/circle"] = (302, {"Location": "/circle"}, b"")
    assert OPEN.get(server.address + "/moved").address == server.address + "/page"
    with pytest.raises(FetchError, match="more than 5 redirects"):
        OPEN.get(server.address + "/circle")
    assert server.visited.count("/circle") == 6


@pytest.mark.parametrize(
    "place", ["file:///etc/passwd", "ftp://public.example/x", "gopher://public.example", "//x", "http://"]
)
def test_a_redirect_leads_to_http_only(server: StandIn, place: str) -> None:
    """A redirect to another scheme, or to no host, is refused."""
    server.pages["/go"] = (302, {"Location": place}, b"")
    with pytest.raises(FetchError):
        replace(OPEN, limits=Limits(silence=2)).get(server.address + "/go")


@pytest.mark.parametrize(
    "address",
    [
        "ftp://public.example/",
        "public.example",
        "http://user:pass@public.example/",
        "http://[1::2::3]/",
        "http://a:99999/",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """Another scheme, no scheme, a password, a host that is none: each is an error that is not tried again."""
    with pytest.raises(FetchError) as refused:
        OPEN.get(address)
    assert not refused.value.temporary
    assert "pass@" not in str(refused.value)


def test_a_large_body_is_refused_before_it_fills_the_memory(server: StandIn) -> None:
    """A body above the limit is an error, also where it is small on the wire and large when expanded."""
    small = replace(OPEN, limits=Limits(bytes=10_000))
    server.pages["/large"] = (200, HTML, b"x" * 10_001)
    server.pages["/bomb"] = (200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(b"x" * 10_000_000))
    for path in ("/large", "/bomb"):
        with pytest.raises(FetchError, match="more than 10,000 bytes"):
            small.get(server.address + path)


def test_a_compressed_body_is_expanded(server: StandIn) -> None:
    """A page sent in gzip is given as the page."""
    server.pages["/zipped"] = (200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(PAGE))
    assert OPEN.get(server.address + "/zipped").content == PAGE


def test_another_type_than_the_wanted_one_is_refused(server: StandIn) -> None:
    """A type that is not wanted is an error that names it; a missing type is let pass."""
    server.pages["/film"] = (200, {"Content-Type": "video/mp4"}, b"x")
    server.pages["/untold"] = (200, {}, PAGE)
    with pytest.raises(FetchError, match="video/mp4"):
        OPEN.get(server.address + "/film", types=PAGE_TYPES)
    assert OPEN.get(server.address + "/untold", types=PAGE_TYPES).content == PAGE


@pytest.mark.parametrize(
    ("status", "temporary"), [(404, False), (403, False), (410, False), (429, True), (500, True), (503, True)]
)
def test_an_error_says_whether_to_try_again(server: StandIn, *, status: int, temporary: bool) -> None:
    """A busy or broken server is worth another try, a missing page is not; the query is not in the message."""
    server.pages["/x"] = (status, {"Retry-After": "7"}, b"")
    with pytest.raises(FetchError, match=str(status)) as refused:
        OPEN.get(server.address + "/x?api_key=secret")
    assert (refused.value.temporary, refused.value.wait) == (temporary, 7.0)
    assert "secret" not in str(refused.value)


def test_a_body_that_breaks_off_is_an_error() -> None:
    """A body shorter than its stated length is a temporary error, never a short page."""

    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")

    with raw_server(talk) as address, pytest.raises(FetchError, match="broke off") as broken:
        OPEN.get(address)
    assert broken.value.temporary


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_a_server_that_drips_is_left_at_the_deadline(head: bytes) -> None:
    """A server that sends a byte now and then, in its head or its body, is left when the whole time is over."""

    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        try:
            connection.sendall(head)
            while True:
                connection.sendall(b"x")
                threading.Event().wait(0.02)
        except OSError:
            return

    limits = Limits(silence=5, seconds=0.3)
    with raw_server(talk) as address, pytest.raises(FetchError, match=r"took more than 0\.3 seconds"):
        replace(OPEN, limits=limits).get(address)


def test_silence_is_an_error() -> None:
    """A server that says nothing is left after the time for silence."""

    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.settimeout(5)
        connection.recv(1)

    with raw_server(talk) as address, pytest.raises(FetchError) as silent:
        replace(OPEN, limits=Limits(silence=0.2)).get(address)
    assert silent.value.temporary


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for "localhost" with its key, signed by itself."""
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    key = path.with_suffix(".key")
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(path)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs the program openssl to make a certificate, which is absent here")
    return path


SAFE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsafe"


def tls_server(certificate: Path, answer: bytes = SAFE) -> Callable[[socket.socket], None]:
    """What a server under TLS does with its connection."""

    def talk(connection: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        try:
            with context.wrap_socket(connection, server_side=True) as safe:
                safe.recv(4096)
                safe.sendall(answer)
        except OSError:
            return

    return talk


def test_tls_is_verified(certificate: Path) -> None:
    """A certificate that nobody vouches for is refused, and not tried again; one that is trusted is taken."""
    with raw_server(tls_server(certificate)) as address:
        with pytest.raises(FetchError, match="certificate") as refused:
            OPEN.get(address.replace("http://127.0.0.1", "https://localhost"))
        assert not refused.value.temporary
    trusting = replace(OPEN, authorities=str(certificate))
    with raw_server(tls_server(certificate)) as address:
        found = trusting.get(address.replace("http://127.0.0.1", "https://localhost"))
    assert found.content == b"safe"


def test_tls_is_verified_for_the_host_that_was_asked_for(certificate: Path) -> None:
    """A trusted certificate of another name than the host's is refused."""
    trusting = replace(OPEN, authorities=str(certificate), resolve=lambda _host, _port: ("127.0.0.1",))
    with raw_server(tls_server(certificate)) as address, pytest.raises(FetchError, match="certificate"):
        trusting.get(address.replace("http://127.0.0.1", "https://other.example"))


def test_a_redirect_out_of_tls_is_refused(certificate: Path, server: StandIn) -> None:
    """A page under https that leads to one without is refused, and the other is not asked for."""
    answer = f"HTTP/1.1 302 Found\r\nLocation: {server.address}/page\r\nContent-Length: 0\r\n\r\n".encode()
    trusting = replace(OPEN, authorities=str(certificate))
    with (
        raw_server(tls_server(certificate, answer)) as address,
        pytest.raises(FetchError, match="from https to"),
    ):
        trusting.get(address.replace("http://127.0.0.1", "https://localhost"))
    assert server.visited == []


def test_a_temporary_failure_is_tried_again_after_the_pause_asked_for() -> None:
    """The attempt is made again while its failure is temporary; the pauses are the server's, else they double."""
    failures = [FetchError("a", "b", temporary=True, wait=wait) for wait in (None, 9.0, None)]
    slept: list[float] = []

    def attempt() -> str:
        if failures:
            raise failures.pop(0)
        return "done"

    assert persist(attempt, tries=4, sleep=slept.append) == "done"
    assert slept == [1.0, 9.0, 4.0]


def test_a_lasting_failure_is_not_tried_again() -> None:
    """A failure that will not pass is given at once; a temporary one after the last try, with how often it was tried."""
    slept: list[float] = []

    def fail(*, temporary: bool) -> Callable[[], None]:
        def attempt() -> None:
            reason = "wrong"
            raise FetchError(reason, "mend it", temporary=temporary)

        return attempt

    with pytest.raises(FetchError, match="wrong; mend it"):
        persist(fail(temporary=False), tries=3, sleep=slept.append)
    assert slept == []
    with pytest.raises(FetchError, match="3 times"):
        persist(fail(temporary=True), tries=3, sleep=slept.append)
    assert slept == [1.0, 2.0]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("5", 5.0),
        ("-5", 0.0),
        ("99999", 300.0),
        ("soon", None),
        ("nan", None),
        ("inf", 300.0),
        ("Thu, 01 Jan 2099 00:00:9999999999900 GMT", None),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 50.0),
    ],
)
def test_retry_after_is_read_in_both_its_forms(header: str | None, seconds: float | None) -> None:
    """Seconds or a date are read, within bounds; what is neither asks for nothing."""
    assert seconds_asked(header, now=10.0) == seconds


@given(st.text())
def test_no_address_breaks_the_message_or_shows_its_query(text: str) -> None:
    """Whatever is given as an address can be shown, and nothing after its "?" is."""
    assert "secret" not in shown(f"http://host.example/{text.replace('secret', '')}?key=secret")


@given(st.text())
def test_whatever_is_no_address_is_a_fetch_error(text: str) -> None:
    """Any text after the scheme is fetched or refused by name; no other error comes out."""
    fetcher = Fetcher(resolve=lambda _host, _port: ("127.0.0.1",))
    with pytest.raises(FetchError):
        fetcher.get("http://" + text)
