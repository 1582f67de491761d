"""A Ray cluster of several nodes on this machine, for tests; everything of it is gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

MEMORY = 200_000_000
"""Bytes for the objects of each node."""
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
    made = Cluster(initialize_head=True, head_node_args=head)
    try:
        for _ in range(nodes):
            made.add_node(num_cpus=1, object_store_memory=MEMORY)
        yield made
    finally:
        made.shutdown()  # type: ignore[no-untyped-call]  # Ray leaves it untyped


def processes() -> set[int]:
    """The processes of Ray on this machine."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if any(name in command for name in (b"raylet", b"gcs_server", b"ray::", b"index.ray_cluster")):
            found.add(int(folder.name))
    return found
