"""Frames: whatever arrives in whatever pieces is read whole, once, in order."""

from __future__ import annotations

import json
import struct
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from slack_bench import Bench

from assistant.slack.frames import Reader

TEXT, PING = 1, 9


def frame(code: int, body: bytes, *, fin: bool = True) -> bytes:
    """A frame as a server sends it."""
    first, size = (0x80 if fin else 0) | code, len(body)
    if size < 126:
        return struct.pack("!BB", first, size) + body
    if size < 65536:
        return struct.pack("!BBH", first, 126, size) + body
    return struct.pack("!BBQ", first, 127, size) + body


@given(
    st.lists(st.tuples(st.sampled_from([TEXT, PING]), st.binary(max_size=300)), max_size=20),
    st.lists(st.integers(1, 50), min_size=1, max_size=20),
    st.booleans(),
)
def test_pieces_of_any_size_give_the_messages_that_were_sent(
    sent: list[tuple[int, bytes]], sizes: list[int], led: bool
) -> None:
    """Cut anywhere, and with the line feed that the handshake leaves, a stream gives back its messages."""
    stream = (b"\n" if led else b"") + b"".join(frame(code, body) for code, body in sent)
    reader, got, at, turn = Reader(), [], 0, 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        got += reader.take(stream[at : at + size])
        at, turn = at + size, turn + 1
    assert [(header.opcode, body) for header, body in got if header] == sent


def test_a_message_in_parts_is_joined_around_a_ping() -> None:
    """A text in three parts with a ping between them is one text, and the ping is not held back; a large one is read whole."""
    reader = Reader()
    parts = frame(TEXT, b"a", fin=False) + frame(0, b"b", fin=False) + frame(PING, b"p") + frame(0, b"c")
    large = b"x" * 70_000
    got = reader.take(parts + frame(TEXT, large))
    assert [(header.opcode, body) for header, body in got if header] == [
        (PING, b"p"),
        (TEXT, b"abc"),
        (TEXT, large),
    ]


def test_a_burst_of_a_thousand_events_is_acknowledged(tmp_path: Path) -> None:
    """A thousand events without a pause between them are all acknowledged, over one connection."""
    with Bench(tmp_path) as bench:
        body = json.dumps({"filler": "x" * 500})
        for number in range(1000):
            bench.slack.event({"type": "app_context_changed", "context": body, "event_ts": f"1.{number}"})
        for one in list(bench.slack.envelopes.values()):
            one.wait(30)
        assert len(bench.slack.of("apps.connections.open")) == 1
