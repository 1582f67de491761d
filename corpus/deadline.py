"""Deadline: the end of a request's whole time, held even against a server that sends a byte now and then."""

from __future__ import annotations

import socket
import threading


class Deadline:
    """Shuts the request's socket when its time is over, so that no read of it can last longer."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for one in self._sockets:
                one.close()
            self._sockets.clear()

    def watch(self, connected: socket.socket) -> None:
        """Watch over a second handle of this socket, which TLS does not take away."""
        with self._lock:
            self._sockets.append(connected.dup())

    def _end(self) -> None:
        with self._lock:
            self.passed = True
            for one in self._sockets:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
