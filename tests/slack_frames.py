"""The server's side of a WebSocket (RFC 6455), as far as Slack's Socket Mode uses it."""

from __future__ import annotations

import base64
import hashlib
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


def accept_header(key: str) -> str:
    """What the handshake answers to a key."""
    return base64.b64encode(hashlib.sha1((key + _MAGIC).encode("ascii")).digest()).decode("ascii")  # noqa: S324 - RFC 6455 names SHA-1


class Frames:
    """One open socket; `frozen` leaves it open and dead."""

    def __init__(self, connection: socket.socket) -> None:
        """Speak on a connection whose handshake is done."""
        self._connection = connection
        self._lock = threading.Lock()
        self._thawed = threading.Event()
        self.open = True
        self.frozen = False

    def text(self, text: str) -> None:
        """Send a text frame."""
        self._send(_TEXT, text.encode("utf-8"))

    def close(self) -> None:
        """Break the connection."""
        self.open = False
        self._thawed.set()
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def read(self, took: Callable[[str], None]) -> None:
        """Read frames until the socket closes; pings are answered."""
        while self.open:
            try:
                code, body = self._frame()
            except (OSError, struct.error):
                break
            if self.frozen:
                self._thawed.wait()
                break
            if code == _PING:
                self._send(_PONG, body)
            elif code == _TEXT:
                took(body.decode("utf-8"))
            elif code == _CLOSE:
                break
        self.open = False

    def _send(self, code: int, body: bytes) -> None:
        if self.frozen:
            return
        size = len(body)
        if size < 126:
            head = struct.pack("!BB", 0x80 | code, size)
        elif size < 65536:
            head = struct.pack("!BBH", 0x80 | code, 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | code, 127, size)
        with self._lock, suppress(OSError):
            self._connection.sendall(head + body)

    def _frame(self) -> tuple[int, bytes]:
        first, second = self._exactly(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", self._exactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._exactly(8))
        key = self._exactly(4) if second & 0x80 else b"\0\0\0\0"
        body = self._exactly(size)
        return first & 0x0F, bytes(byte ^ key[at % 4] for at, byte in enumerate(body))

    def _exactly(self, size: int) -> bytes:
        pieces = b""
        while len(pieces) < size:
            piece = self._connection.recv(size - len(pieces))
            if not piece:
                raise ConnectionResetError
            pieces += piece
        return pieces
