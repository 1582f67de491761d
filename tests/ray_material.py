"""A Ray cluster of several nodes on this machine, for tests; everything of it is gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

MEMORY = 200_000_000
"""Bytes for the objects of each node."""
OF_RAY = (b"raylet", b"gcs_server", b"ray::", b"ray/_private", b"index.ray_cluster")
"""What the processes of Ray, and the one of ours that talks to it, have in their command lines."""
HERE = Path(__file__).resolve().parent


@contextmanager
def cluster(monkeypatch: pytest.MonkeyPatch, *, nodes: int, client: int | None = None) -> Iterator[Any]:
    """A head that computes nothing, and nodes of one processor each.

    Args:
        monkeypatch: of the test: workers import what the test does.
        nodes: how many.
        client: the port for ray:// addresses; None for none.
    """
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(HERE.parent), str(HERE))))
    # A node that is killed is noticed in seconds, not in half a minute.
    monkeypatch.setenv("RAY_health_check_period_ms", "1000")
    monkeypatch.setenv("RAY_health_check_failure_threshold", "3")
    head = {"num_cpus": 0, "object_store_memory": MEMORY, "include_dashboard": False}
    if client is not None:
        head["ray_client_server_port"] = client
    made: Any = Cluster(initialize_head=True, head_node_args=head)
    try:
        for _ in range(nodes):
            made.add_node(num_cpus=1, object_store_memory=MEMORY)
        yield made
    finally:
        made.shutdown()


def processes(mark: str) -> set[int]:
    """The processes of Ray on this machine that have this in their environment."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (folder / "cmdline").read_bytes()
            if any(name in command for name in OF_RAY) and mark.encode() in (folder / "environ").read_bytes():
                found.add(int(folder.name))
    return found
