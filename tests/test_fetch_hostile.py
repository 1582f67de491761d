"""Hostile servers: whatever one answers, a body within bounds or an error by name, in time, and nothing else is reached."""

from __future__ import annotations

import os
import random
import re
import socket
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from eutils_stand_in import StandIn, stand_in
from test_feeds import NOW
from test_fetch import HTML, OPEN, PAGE, raw_server

from corpus import pull_posts
from corpus.addresses import plain, refusal, shown
from corpus.errors import FetchError
from corpus.fetch import Fetched, Fetcher, Limits
from corpus.pull_records import Round

QUICK = replace(OPEN, limits=Limits(bytes=100_000, silence=2, seconds=3))
CASES = int(os.environ.get("FIRSTPASS_FUZZ", "3000" if os.environ.get("FIRSTPASS_TRIM") else "50000")) // 25
ANSWERS = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 12\r\nX-More: y\r\n\r\n<p>hello</p>\n",
    b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/synthetic?a=b#c\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b'HTTP/1.1 503 Busy\r\nRetry-After: Thu, 01 Jan 2099 00:00:00 GMT\r\nContent-Length: 18\r\n\r\n{"error" : "later"}',
)


def answering(answer: bytes) -> Callable[[socket.socket], None]:
    """A server that gives these bytes, whatever it is asked, and hangs up."""

    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        try:
            connection.sendall(answer)
        except OSError:
            return

    return talk


def outcome(answer: bytes) -> Fetched | FetchError:
    """What comes of the answer; any other error than a FetchError comes through."""
    with raw_server(answering(answer)) as address:
        try:
            return QUICK.get(address)
        except FetchError as error:
            return error


def led_to(place: str) -> bytes:
    """A redirect to a place."""
    return f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize(
    "place",
    [
        *(
            "http://10.0.0.7/x",
            "//10.0.0.7/x",
            "http://172.16.0.1/",
            "http://192.168.0.1:80/",
            "http://0x0a000007/",
        ),
        *(
            "http://169.254.169.254/latest/meta-data",
            "http://[fe80::1]/",
            "http://100.64.0.1/",
            "http://0.0.0.0/",
        ),
        *(
            "http://[::ffff:10.0.0.7]/",
            "http://[::ffff:0a00:7]/",
            "http://[64:ff9b::a00:7]/",
            "http://[fd00::1]/",
        ),
        *(
            "http://[64:ff9b:1::a00:7]/",
            "http://[::]/",
            "http://[::1]/",
            "http://[3fff::1]/",
            "http://[2002:a00:7::]/",
        ),
    ],
)
def test_no_redirect_leads_into_a_private_network(place: str) -> None:
    """From a server that may be reached to an address that may not, however it is written: refused, with the setting named."""
    fetcher = replace(
        QUICK, allow_private=False, judge=lambda number: None if number == "127.0.0.1" else refusal(number)
    )
    with (
        raw_server(answering(led_to(place))) as address,
        pytest.raises(FetchError, match=r"which firstpass does not reach.*allow_private_addresses"),
    ):
        fetcher.get(address)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (led_to("http://[1::2"), "no address"),
        (led_to("http://127.0.0.1:99999/"), "no address"),
        (led_to("http://a\x01b/"), "no usable host"),
        (led_to("http://user:pass@127.0.0.1/"), "password"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300 + b"\r\n", "broke off"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: " + b", ".join([b"gzip"] * 40) + b"\r\n\r\nx", "expanded"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nx", "packed as br, which was not asked for"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: 2\r\n\r\nx", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 5000, "broke off"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_001, "more than 100,000 bytes"),
        (b"PRI * HTTP/2.0\r\n\r\n", "broke off"),
        (b"", "broke off"),
    ],
)
def test_an_answer_that_is_none_is_an_error_by_name(answer: bytes, said: str) -> None:
    """Heads without end, packings within packings, places that are none: each is a FetchError that says so."""
    error = outcome(answer)
    assert isinstance(error, FetchError)
    assert said in str(error)


def test_the_time_for_a_request_holds_over_all_its_redirects() -> None:
    """A server that leads on and on, each time just before the time is over, is left when the whole time is."""
    with stand_in([]) as server:
        server.pages["/on"] = (302, {"Location": "/on"}, b"")
        slow = Fetcher(
            limits=Limits(redirects=1000, seconds=0.6),
            resolve=lambda _host, _port: ("127.0.0.1",),
            judge=lambda _: None,
        )
        with pytest.raises(FetchError, match=r"took more than 0\.6 seconds"):
            slow.get(server.address + "/on")
        assert 1 < server.visited.count("/on") < 1000


def test_an_endless_head_is_left_at_the_deadline() -> None:
    """A server that goes on saying 100 Continue is left when the time is over."""

    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.settimeout(1)  # what is left behind may let its end of the line fill up
        try:
            while True:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        except OSError:
            return

    with raw_server(talk) as address, pytest.raises(FetchError, match=r"took more than 0\.3 seconds"):
        replace(OPEN, limits=Limits(seconds=0.3)).get(address)


def test_a_proxy_named_by_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that was checked is the one that is reached, whatever proxies the environment names."""
    with stand_in([]) as server, stand_in([]) as proxy:
        server.pages["/page"] = (200, HTML, PAGE)
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        monkeypatch.delenv("no_proxy", raising=False)
        assert OPEN.get(server.address + "/page").content == PAGE
        assert proxy.visited == []


def test_what_a_server_says_cannot_act_on_a_terminal() -> None:
    """Escapes and signs that turn the writing round, in a place, a type or a stated error, come as question marks."""
    answers = (
        led_to("http://127.0.0.1:1/\x1b]8;;x\x07\u202e"),
        b"HTTP/1.1 200 OK\r\nContent-Type: a\x1b[31m/b\r\n\r\nx",
        b'HTTP/1.1 400 Bad\r\nContent-Length: 26\r\n\r\n{"error":"\x1b]0;x\x07 \xe2\x80\xaelater"}',
    )
    for answer in answers:
        with raw_server(answering(answer)) as address, pytest.raises(FetchError) as refused:
            QUICK.get(address, types={"text/html"})
        assert str(refused.value).isprintable()
    assert shown("http://a/\x1b[2J") == "http://a/?[2J"
    assert len(plain("x" * 9999)) < 999


@pytest.mark.slow
def test_thousands_of_changed_answers_are_a_body_or_an_error() -> None:
    """Answers with bytes flipped, lost, doubled and put in: a body within bounds or a FetchError, and no other error."""
    fetched = 0
    for number in range(CASES):
        rng = random.Random(number)  # noqa: S311 - cases, no secret
        answer = bytearray(rng.choice(ANSWERS))
        for _ in range(rng.choice((1, 1, 2, 5))):
            at = rng.randrange(len(answer))
            match rng.randrange(4):
                case 0:
                    answer[at] ^= 1 << rng.randrange(8)
                case 1:
                    del answer[at : at + rng.choice((1, 4, 30))]
                case 2:
                    answer[at:at] = answer[at : at + 20] * rng.choice((1, 3, 400))
                case _:
                    answer[at:at] = rng.choice((b"\r\n", b"\x00", b"\xff", b": ", b"[", b"%", b"99999999999"))
            answer = answer or bytearray(b"\n")
        try:
            found = outcome(bytes(answer))
        except BaseException as error:
            error.add_note(f"answer {number}: {bytes(answer)[:300]!r}")
            raise
        assert isinstance(found, FetchError) or len(found.content) <= QUICK.limits.bytes
        fetched += isinstance(found, Fetched)
    assert CASES // 50 < fetched < CASES


def blog_of(server: StandIn, count: int) -> None:
    """A feed of so many posts, none of whose pages can be had."""
    entry = "<item><title>Synthetic {0}</title><link>{1}/{0}</link></item>"
    listed = "".join(entry.format(number, server.address) for number in range(count))
    server.pages["/feed"] = (200, {}, f"<rss><channel>{listed}</channel></rss>".encode())
    for number in range(count):
        server.pages[f"/{number}"] = (200, HTML, page(number))


def page(number: int) -> bytes:
    """A post that can be read."""
    said = " ".join(f"Sentence {line} of the synthetic post {number} stands here." for line in range(9))
    return f"<html><body><article><h1>Synthetic {number}</h1><p>{said}</p></article></body></html>".encode()


def test_one_run_takes_so_many_posts_of_a_feed_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feed that lists more new posts than one run takes is said to, and the next run takes the next of them."""
    monkeypatch.setattr(pull_posts, "MOST_NEW", 3)
    with stand_in([]) as server:
        blog_of(server, 5)
        round_ = Round(tmp_path, NOW, pause=0)
        first = pull_posts.pull_posts(round_, "blog", server.address + "/feed", OPEN)
        second = pull_posts.pull_posts(round_, "blog", server.address + "/feed", OPEN)
    assert (first.new, second.held, second.new) == (3, 3, 2)
    assert any(re.search(r"5 posts are new, more than the 3 ", said) for said in first.warnings)
    assert not second.warnings
    stated = [tomllib.loads(path.read_text("utf-8"))["url"] for path in tmp_path.rglob("*.toml")]
    assert len(set(stated)) == 5
