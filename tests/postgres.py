"""A real PostgreSQL for tests: Debian's package, started in a folder of its own on a free port, and stopped with it.

It refuses to run as root: there it runs as the user `postgres`, else `nobody`. Where there is none, `postgres_or_skip` skips.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import pytest

USER = "firstpass"
SETTINGS = """
listen_addresses = '127.0.0.1'
fsync = off
full_page_writes = off
max_connections = 100
log_min_messages = warning
"""


def programs() -> Path | None:
    """Where PostgreSQL's programs are; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda one: int(one.parts[-3]))
    named = shutil.which("postgres")
    return found[-1].parent if found else Path(named).parent if named else None


def why_not() -> str:
    """Why there is no PostgreSQL for tests here; empty where there is one."""
    if find_spec("psycopg") is None:
        return "needs psycopg, which firstpass[server] brings"
    return (
        "" if programs() else "needs a PostgreSQL (Debian's package postgresql), which is not installed here"
    )


class Postgres:
    """A server. Use `running` to have one."""

    def __init__(self, folder: Path, bin_: Path) -> None:
        """In a folder of its own, not yet running."""
        self._folder = folder
        self._bin = bin_
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            who = _someone()
            os.chown(folder, who.pw_uid, who.pw_gid)
            self._as = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make its data."""
        words = ["-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D", "data"]
        self._run("initdb", *words)
        with (self._folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(SETTINGS + f"port = {self.port}\nunix_socket_directories = '{self._folder}'\n")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", "data"],
                cwd=self._folder,
                stdout=log,
                stderr=log,
                **self._as,
            )
        until = time.monotonic() + 60
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self._folder / "log").read_text("utf-8"))
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends all sessions, SIGQUIT as a crash does."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def fresh(self) -> str:
        """The address of a new, empty database."""
        name = f"bots{next(self._numbers)}"
        self._run("psql", *self._place(), "-d", "postgres", "-qc", f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{name}"

    def _answers(self) -> bool:
        done = subprocess.run([self._bin / "pg_isready", "-q", *self._place()], check=False, cwd=self._folder)
        return done.returncode == 0

    def _place(self) -> list[str]:
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER]

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [self._bin / program, *words],
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            **self._as,
        )
        assert done.returncode == 0, done.stderr


def _someone() -> pwd.struct_passwd:
    names = {one.pw_name: one for one in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


@contextmanager
def running() -> Iterator[Postgres]:
    """A server that runs, in a folder that is gone afterwards: pytest's own are closed to other users."""
    found = programs()
    assert found
    with tempfile.TemporaryDirectory(prefix="firstpass-postgres-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder), found)
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def postgres_or_skip() -> Iterator[Postgres]:
    """A server for a fixture; a skip with its reason where there can be none."""
    if reason := why_not():
        pytest.skip(reason)
    with running() as server:
        yield server
