"""Frames: reads what Slack sends over a socket, however much comes at once.

The SDK's own reader calls itself for every frame that follows without a pause, so that some hundred events in a burst end in
a RecursionError with all of them lost; it drops the beginning of a frame when the rest is late; and it spins when the other
side has closed. This reader keeps what it has and takes its place.
"""

from __future__ import annotations

import errno
import socket
import struct
from logging import Logger
from threading import Lock
from weakref import WeakKeyDictionary

from slack_sdk.socket_mode.builtin import connection
from slack_sdk.socket_mode.builtin.frame_header import FrameHeader

PIECE = 65_536
SHORT, LONG = 126, 127  # RFC 6455, 5.2: the length follows in two bytes, in eight
Frame = tuple[FrameHeader | None, bytes]


class Reader:
    """What was read of one socket and is not yet a whole frame."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._begun = False
        self._bytes = bytearray()
        self._parts: list[bytes] = []
        self._first: FrameHeader | None = None

    def take(self, piece: bytes) -> list[Frame]:
        """The messages that are whole now; the parts of one that was sent in parts are joined."""
        if not self._begun:  # the SDK's handshake leaves its last line feed unread
            piece = piece.removeprefix(b"\n")
            self._begun = True
        self._bytes += piece
        whole: list[Frame] = []
        while (frame := self._frame()) is not None:
            header, body = frame
            if header.opcode >= FrameHeader.OPCODE_CLOSE:
                whole.append((header, body))
                continue
            self._first = self._first or header
            self._parts.append(body)
            if header.fin:
                whole.append((self._first, b"".join(self._parts)))
                self._first, self._parts = None, []
        return whole

    def _frame(self) -> tuple[FrameHeader, bytes] | None:
        """The next frame, taken off; None where it is not whole."""
        held = self._bytes
        if len(held) < 2:  # noqa: PLR2004 - RFC 6455, 5.2: two bytes always
            return None
        first, second = held[0], held[1]
        begin, size = 2, second & 0x7F
        if size in (SHORT, LONG):
            width, form = (2, "!H") if size == SHORT else (8, "!Q")
            if len(held) < begin + width:
                return None
            (size,) = struct.unpack_from(form, held, begin)
            begin += width
        if len(held) < begin + size:
            return None
        body = bytes(held[begin : begin + size])
        del held[: begin + size]
        return FrameHeader(opcode=first & 0x0F, fin=first & 0x80, length=size), body


_readers: WeakKeyDictionary[socket.socket, Reader] = WeakKeyDictionary()


def receive(
    sock: socket.socket,
    sock_receive_lock: Lock,
    logger: Logger,  # noqa: ARG001 - the SDK gives it
    receive_buffer_size: int = PIECE,  # noqa: ARG001 - as above
    all_message_trace_enabled: bool = False,  # noqa: ARG001 - as above
) -> list[Frame]:
    """The messages that have come, none or several.

    Raises:
        OSError: the connection is closed; a timeout where nothing came.
    """
    with sock_receive_lock:
        piece = sock.recv(PIECE)
    if not piece:
        raise OSError(errno.EBADF, "closed by the other side")
    return _readers.setdefault(sock, Reader()).take(piece)


def install() -> None:
    """Let the SDK read by this reader."""
    vars(connection)["_receive_messages"] = receive  # it offers no other way
