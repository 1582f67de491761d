"""Indexing on real clusters of several nodes on this machine: nodes, actors, heads and runs are lost, and no byte of the store is."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ray_material import HERE, cluster, processes
from shard_material import MEAN, files_of, noted, on, recipe
from small_disk import fill, small_disk
from store_material import records, tools

from index.bfloat import BFLOAT16, FLOAT32
from index.build import build
from index.encoder import open_encoder
from index.errors import ClusterError
from index.ray_run import OnRay
from index.shard_work import Done, Recipe

pytest.importorskip("ray", reason="needs firstpass[cluster]")
pytestmark = pytest.mark.slow

COUNT = 120 if os.environ.get("FIRSTPASS_TRIM") else 400
SLOWLY = 60
"""Milliseconds for each text, so that there is something to be at when a node is lost."""
PATIENCE = 90.0
"""Seconds that processes have to be gone."""


@pytest.fixture(autouse=True)
def _nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hold that no process of Ray outlives its test."""
    mark = str(tmp_path)
    monkeypatch.setenv("FIRSTPASS_MARK", mark)  # what is started inherits it
    yield
    until = time.monotonic() + PATIENCE
    while processes(mark) and time.monotonic() < until:
        time.sleep(0.2)
    assert processes(mark) == set()


@pytest.fixture
def made(tmp_path: Path) -> dict[str, str]:
    """The files of the store that one machine builds."""
    build(records(COUNT), tools=tools(), root=tmp_path / "one")
    return files_of(tmp_path / "one")


def titles() -> dict[str, int]:
    """Each record once."""
    return dict.fromkeys((f"Synthetic record {number}" for number in range(1, COUNT + 1)), 1)


class Watch:
    """Does something once so many shards are done, and counts by whom they were done."""

    def __init__(self, after: int, act: Any) -> None:
        self.done: list[Done] = []
        self._after, self._act = after, act

    def __call__(self, one: Done) -> None:
        """Note a shard."""
        self.done.append(one)
        if len(self.done) == self._after:
            self._act()


def test_this_machine(tmp_path: Path, made: dict[str, str]) -> None:
    """With the address "local" the store has the bytes of a build without Ray."""
    report = build(records(COUNT), tools=on(OnRay("local", recipe(), mean=MEAN)), root=tmp_path / "ray")
    assert files_of(tmp_path / "ray") == made
    assert (report.encoded, report.reused) == (COUNT, 0)


def test_a_node_is_lost(tmp_path: Path, made: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A node killed mid-run, its processor never given back, costs the shards it was at: everything else is encoded once."""
    notes = tmp_path / "notes"
    with cluster(monkeypatch, nodes=3) as nodes:
        lost = nodes.list_all_nodes()[-1]
        watch = Watch(6, lambda: nodes.remove_node(lost, allow_graceful=False))
        ray = OnRay(nodes.address, recipe(notes, milliseconds=SLOWLY), mean=MEAN, tell=watch)
        build(records(COUNT), tools=on(ray), root=tmp_path / "ray")
    assert files_of(tmp_path / "ray") == made
    twice = noted(notes) - type(noted(notes))(titles())
    assert set(noted(notes)) == set(titles())
    # One shard was in hand on the node that was lost; what was done of it is done again, and nothing else.
    assert 0 <= sum(twice.values()) < 4 * MEAN
    assert len({one.key for one in watch.done}) == len(watch.done)


def test_a_worker_is_killed(tmp_path: Path, made: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker's process killed mid-run is started anew, and its shard is done again."""
    notes = tmp_path / "notes"

    def kill() -> None:
        last = int(notes.read_text("utf-8").splitlines()[-1].split()[0])
        with suppress(ProcessLookupError):
            os.kill(last, signal.SIGKILL)

    with cluster(monkeypatch, nodes=2) as nodes:
        ray = OnRay(nodes.address, recipe(notes, milliseconds=SLOWLY), mean=MEAN, tell=Watch(4, kill))
        build(records(COUNT), tools=on(ray), root=tmp_path / "ray")
    assert files_of(tmp_path / "ray") == made
    assert sum((noted(notes) - type(noted(notes))(titles())).values()) < 4 * MEAN


@pytest.mark.filterwarnings(
    "ignore:unclosed file .*ray_client_server:ResourceWarning"
)  # Ray's own, of its logs
def test_over_the_client_s_port(
    tmp_path: Path, made: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a machine that is no node, through ray://, the bytes are the same."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with cluster(monkeypatch, nodes=2, client=port):
        ray = OnRay(f"ray://127.0.0.1:{port}", recipe(), mean=MEAN)
        build(records(COUNT), tools=on(ray), root=tmp_path / "ray")
    assert files_of(tmp_path / "ray") == made


def test_the_head_is_lost(tmp_path: Path, made: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the head is lost the run ends with its address and what to do; the next one, on another cluster, encodes only the rest."""
    notes = tmp_path / "notes"
    with cluster(monkeypatch, nodes=2) as nodes:
        watch = Watch(3, nodes.head_node.kill_gcs_server)
        ray = OnRay(nodes.address, recipe(notes, milliseconds=1000), mean=MEAN, tell=watch)
        with pytest.raises(ClusterError, match=f"Ray at {nodes.address} was lost .*goes on from there"):
            build(records(COUNT), tools=on(ray), root=tmp_path / "ray")
    assert not (tmp_path / "ray" / "current").exists()
    first = noted(notes)
    with cluster(monkeypatch, nodes=1) as nodes:
        again = OnRay(nodes.address, recipe(notes), mean=MEAN)
        report = build(records(COUNT), tools=on(again), root=tmp_path / "ray")
    assert files_of(tmp_path / "ray") == made
    assert report.reused > 0
    assert sum((noted(notes) - type(first)(titles())).values()) < 8 * MEAN


RUN = """
import sys
from pathlib import Path
from shard_material import MEAN, on, recipe
from store_material import records
from index.bfloat import BFLOAT16, FLOAT32
from index.build import build
from index.ray_run import OnRay
ray = OnRay("local", recipe(Path(sys.argv[2]), milliseconds=150), mean=MEAN, tell=lambda one: print("done", flush=True))
try:
    build(records(int(sys.argv[3])), tools=on(ray), root=Path(sys.argv[1]))
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_is_stopped(tmp_path: Path, made: dict[str, str], how: signal.Signals) -> None:
    """After Ctrl-C and after a kill no process is left over, and the same command encodes only what was not kept."""
    notes, root = tmp_path / "notes", tmp_path / "ray"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(HERE.parent), str(HERE)))}
    command = [sys.executable, "-c", RUN, str(root), str(notes), str(COUNT)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        for _ in range(3):
            assert run.stdout.readline() == "done\n"
        run.send_signal(how)
        said = run.stdout.read()
    assert ("stopped" in said) == (how is signal.SIGINT)
    until = time.monotonic() + PATIENCE
    while processes(str(tmp_path)) and time.monotonic() < until:
        time.sleep(0.2)
    assert processes(str(tmp_path)) == set()
    kept = len(list((root / "work" / "shards").rglob("*.shard")))
    first = noted(notes)
    assert kept >= 3
    report = build(records(COUNT), tools=on(OnRay("local", recipe(notes), mean=MEAN)), root=root)
    assert files_of(root) == made
    assert report.reused > 0
    assert report.encoded + report.reused == COUNT
    assert sum((noted(notes) - type(first)(titles())).values()) < 8 * MEAN


def test_a_worker_that_differs_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where workers have other rules the run ends with what differs, and nothing of theirs is kept."""
    with cluster(monkeypatch, nodes=1) as nodes:
        other = OnRay(nodes.address, recipe(vocabulary="synthetic-2"), mean=MEAN)
        with pytest.raises(ClusterError, match=r"another vocabulary or other rules.*nothing was published"):
            build(records(20), tools=on(other), root=tmp_path)
    assert list(tmp_path.rglob("*.shard")) == []


def test_a_full_disk_is_named(tmp_path: Path, made: dict[str, str]) -> None:
    """A folder of shards that is full ends the run with its name; with space again the run goes on."""
    with small_disk(tmp_path / "disk", 4 << 20) as disk:
        shared = disk / "shared"
        shared.mkdir()
        ray = OnRay("local", recipe(), folder=shared, mean=MEAN)
        filler = fill(disk, 200_000)
        with pytest.raises(Exception, match=r"No space left.*nothing was published"):
            build(records(COUNT), tools=on(ray), root=tmp_path / "ray")
        filler.unlink()
        build(records(COUNT), tools=on(ray), root=tmp_path / "ray")
        assert list(shared.iterdir()) == []
    assert files_of(tmp_path / "ray") == made


@pytest.mark.model
def test_the_real_model_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded model on two nodes, in either arithmetic, gives every vector that one machine gives, to the bit."""
    documents = records(COUNT)
    with cluster(monkeypatch, nodes=2) as nodes:
        for arithmetic in (FLOAT32, BFLOAT16):
            one, other = tmp_path / arithmetic / "one", tmp_path / arithmetic / "ray"
            alone = replace(tools("none"), encoders=open_encoder(arithmetic=arithmetic))
            assert alone.encoders.arithmetic == arithmetic
            build(documents, tools=alone, root=one)
            opener = Recipe("shard_material:open_model", {"arithmetic": arithmetic})
            ray = OnRay(nodes.address, opener, mean=MEAN)
            build(documents, tools=replace(alone, elsewhere=ray), root=other)
            assert files_of(one) == files_of(other)
