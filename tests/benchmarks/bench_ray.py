"""Two workers of one thread against one, on a Ray cluster of this machine: passages a second while they are warm, in one run.

A worker reads, splits, labels and encodes, as `firstpass index --ray` has it do. Counted is the time in which every worker of
a run was at work: starting Ray and reading models fall out, for they cost the same however large a library is. Runs of one
and of two take turns, and the best of each counts, so that what else the machine does falls on both. It needs two cores
with nothing else to do.

Run: python -m pytest -n 0 -m benchmark -s tests/benchmarks/bench_ray.py
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from bench_build import written
from ray_material import cluster
from report import Report

from assistant.on_ray import OPENER
from index.build import build
from index.ray_run import OnRay
from index.shard_work import Done, Recipe, open_tools

pytest.importorskip("ray", reason="needs firstpass[cluster]")

TURNS = 2
MEAN = 6
"""Documents of a shard on average: small, so that both workers have some to the end."""
ASKED = 1.7


def rate(done: Sequence[Done]) -> tuple[float, int]:
    """Passages a second while all workers were at work, and how many workers there were."""
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in done:
        spans[one.worker].append((one.began, one.ended))
    began = max(min(start for start, _ in each) for each in spans.values())
    ended = min(max(end for _, end in each) for each in spans.values())
    passages = sum(
        one.encoded
        * max(0.0, min(one.ended, ended) - max(one.began, began))
        / max(one.ended - one.began, 1e-9)
        for one in done
    )
    return passages / (ended - began), len(spans)


@pytest.mark.benchmark
@pytest.mark.model
def test_two_workers_against_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: Report) -> None:
    """Two workers of one thread each reach 1.7 times the rate of one."""
    plain = open_tools(model=None, question_model=None, arithmetic="auto", threads=1, vocabulary=None)
    documents = written()
    given: dict[str, str | int | None] = {
        "model": None,
        "question_model": None,
        "arithmetic": plain.encoders.arithmetic,
        "threads": 1,
        "vocabulary": None,
    }
    rates: dict[int, list[float]] = defaultdict(list)
    work: dict[int, list[float]] = defaultdict(list)
    with cluster(monkeypatch, nodes=2) as nodes:
        for turn in range(TURNS):
            for workers in (1, 2):
                done: list[Done] = []
                ray = OnRay(
                    nodes.address, Recipe(OPENER, given), workers=workers, mean=MEAN, tell=done.append
                )
                root = tmp_path / f"{turn}-{workers}"
                made = build(documents, tools=replace(plain, elsewhere=ray), root=root)
                found, seen = rate(done)
                assert seen == workers
                assert made.encoded > len(documents)
                rates[workers].append(found)
                work[workers].append(sum(each.work for each in done) / sum(each.encoded for each in done))
    one, two = max(rates[1]), max(rates[2])
    rows = {
        "passages": f"{made.encoded}",
        f"one worker, passages/s (in {plain.encoders.arithmetic})": f"{one:.1f}",
        "two workers, passages/s": f"{two:.1f}",
        f"ratio (at least {ASKED})": f"{two / one:.2f}",
        "ratio by the processor's time": f"{2 * min(work[1]) / min(work[2]):.2f}",
        "core-hours a million passages, one worker": f"{1e6 / one / 3600:.2f}",
        "of the processor's time, one worker, two": f"{1e6 * min(work[1]) / 3600:.2f}, {1e6 * min(work[2]) / 3600:.2f}",
    }
    print("\n" + "\n".join(f"{name:48}{value:>10}" for name, value in rows.items()))
    assert report("two workers / one worker on Ray, passages a second", two / one, ">=", ASKED)
