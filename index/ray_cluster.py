"""Ray, from inside: the process that talks to a cluster. Shards are streamed through Ray Data to a pool of actors, a model in each.

The stream itself runs in an actor on the cluster, so that one way serves all kinds of addresses (Ray Data does not run over
ray://). What goes through Ray is names; documents and what came of them lie in the shared folder. An actor or a node that is
lost takes along what it was at: Ray starts its actors anew and asks them again, and they find kept what was done. Ray's errors
are translated here.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import IO, Any

import msgspec

from index.errors import ClusterError
from index.ray_run import GOES_ON, LOCAL, Job, Told
from index.shard_work import Done, Order, Worker

PASSES = 3
"""How often what was not done is asked for again without any of it being done."""
ENOUGH = 16
"""Shards in a row that could not be done, after which the rest is not tried: a full drive is full for all of them."""
RETRIES = 5
"""How often a worker that was lost is asked again within one pass: a document that kills each of them must not do so for ever."""
PATIENCE = 900.0
"""Seconds without any shard done after which a cluster is given up: a worker may have to be started and its model read first."""
BLOCKS = 4096
"""Blocks that shards are streamed in, at most."""
TURN = 1.0
"""Seconds that shards are gathered before they are told of."""
TRIES = 2
"""How often a connection is tried: a head that is busy may be too late to serve a new one."""
KNOCK = 10.0
"""Seconds that an address is waited for."""
STORE = 200_000_000
"""Bytes of memory for the objects of a cluster of our own: only names go through it."""


def main() -> None:
    """Do the job that the first line of standard input holds; a line on standard output for all that happens."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what Ray prints is no line of ours
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        for done in _done(job):
            _say(out, Told(done=done))
        _say(out, Told(end=True))
    except ClusterError as error:
        _say(out, Told(wrong=str(error)))


def _ray() -> Any:
    """Ray, with its types left aside: its decorators give classes attributes that checkers cannot know."""
    import ray
    import ray.data
    import ray.util.scheduling_strategies

    return ray


def _say(out: IO[bytes], told: Told) -> None:
    out.write(msgspec.json.encode(told) + b"\n")


def _end_with_parent() -> None:
    """End when the process that asks does: Ray then ends what it started."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(10)
    os._exit(1)


def _done(job: Job) -> Iterator[Done]:
    """Each shard once, as it is done; what was lost with a node is asked for again."""
    ray = _ray()
    left = {order.key: order for order in job.orders}
    with _connected(job.address):
        passes = 0
        while left:
            found, failed, said = 0, 0, ""
            try:
                for one in _stream(job, tuple(left.values())):
                    failed = failed + 1 if one.wrong else 0
                    if one.wrong and (failed == ENOUGH or not one.again):
                        message = f"{one.wrong}; nothing was published; {GOES_ON}"
                        raise ClusterError(message)
                    said = one.wrong or said
                    if not one.wrong and left.pop(one.key, None) is not None:
                        found += 1
                        yield one
            except (ray.exceptions.RayError, ConnectionError) as error:
                said = _plain(error)
            passes = 0 if found else passes + 1
            if left and passes == PASSES:
                message = f"{len(left)} of {len(job.orders)} shards could not be done on Ray at {job.address} ({said or 'no worker took them'}); nothing was published; {GOES_ON}; see that its workers are up and have the same firstpass (ray status)"
                raise ClusterError(message)


@contextmanager
def _connected(address: str) -> Iterator[None]:
    """A connection to a cluster, one of our own where the address is "local"."""
    ray = _ray()
    own: dict[str, Any] = (
        {"include_dashboard": False, "object_store_memory": STORE} if address == LOCAL else {}
    )
    failures = (ray.exceptions.RayError, ConnectionError, ValueError, RuntimeError, OSError, OverflowError)
    for left in reversed(range(TRIES)):
        try:
            _knock(address)
            ray.init(address=address, log_to_driver=False, logging_level="ERROR", **own)
            break
        except failures as error:
            ray.shutdown()
            if not left or isinstance(error, ValueError):
                message = f"Ray at {address} cannot be reached ({_plain(error)}); nothing was published; see that its head is up and has the same Ray, Python and RAY_AUTH_TOKEN (ray status)"
                raise ClusterError(message) from error
    try:
        yield
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Raise OSError where nothing listens at an address; Ray would try for minutes, and end the process."""
    if address in (LOCAL, "auto"):
        return
    host, _, port = address.removeprefix("ray://").rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=KNOCK):
        pass


def _stream(job: Job, orders: tuple[Order, ...]) -> Iterator[Done]:
    ray = _ray()
    # Beside who asks, or on the head: a node that is lost then takes its own workers along, and not the stream.
    beside = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
        ray.get_runtime_context().get_node_id(), soft=True
    )
    lead = ray.remote(num_cpus=0, scheduling_strategy=beside)(Lead).remote(replace(job, orders=()), orders)
    try:
        last = time.monotonic()
        while True:
            try:
                rows = ray.get(lead.turn.remote(), timeout=max(1.0, last + PATIENCE - time.monotonic()))
            except ray.exceptions.GetTimeoutError as error:
                message = f"Ray at {job.address} has done no shard for {PATIENCE:.0f} s; nothing was published; {GOES_ON}; see that workers with {job.threads} free processors each are up (ray status)"
                raise ClusterError(message) from error
            if rows is None:
                return
            last = time.monotonic()
            yield from rows
    finally:
        with suppress(ray.exceptions.RayError):
            ray.kill(lead)


class Lead:
    """Runs the stream on the cluster, and gives what is done in turns.

    Args:
        job: what is to be done.
        orders: of it.
    """

    def __init__(self, job: Job, orders: tuple[Order, ...]) -> None:
        context = _ray().data.DataContext.get_current()
        context.enable_progress_bars = False
        context.execution_no_progress_timeout_s = -1  # whoever asks is patient, and says so
        context.max_consecutive_actor_init_deaths = PASSES
        self._rows = iter(self._streamed(job, orders).iter_rows())

    def _streamed(self, job: Job, orders: tuple[Order, ...]) -> Any:
        ray = _ray()
        blocks = min(len(orders), BLOCKS)
        room = int(ray.cluster_resources().get("CPU", 0)) // job.threads
        most = max(1, min(blocks, job.workers or max(room, 1)))
        # Between one and as many as there is room for: where a node is lost, workers that have nothing left to do make
        # room for the one that was on it.
        pool = ray.data.ActorPoolStrategy(
            min_size=1, max_size=most, initial_size=most, max_tasks_in_flight_per_actor=2
        )
        given = (job.recipe, job.marks, job.folder, job.source, job.dimension)
        names = ray.data.from_items(
            [{"order": msgspec.json.encode(order)} for order in orders], override_num_blocks=blocks
        )
        return names.map(
            _Actor, fn_constructor_args=given, compute=pool, num_cpus=job.threads, max_task_retries=RETRIES
        )

    def turn(self) -> list[Done] | None:
        """What was done in about a second, waited for where nothing is; None where nothing is left."""
        found: list[Done] = []
        began = time.monotonic()
        for row in self._rows:
            found.append(msgspec.json.decode(row["done"], type=Done))
            if time.monotonic() - began > TURN:
                break
        return found or None


class _Actor(Worker):
    """A worker as Ray Data calls it."""

    def __call__(self, row: dict[str, bytes]) -> dict[str, bytes]:  # type: ignore[override]  # rows are all that Ray Data knows
        return {"done": msgspec.json.encode(super().__call__(msgspec.json.decode(row["order"], type=Order)))}


def _plain(error: BaseException) -> str:
    """An error of Ray in a line, without its traces."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:300]
