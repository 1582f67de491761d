"""Cost against size: libraries of 1,000 to 1,000,000 passages, built, opened and asked by the real parts: one table, in one run.

Texts are real sentences at random, vectors are drawn around real ones (tests/scale_material.py says how), labels are drawn
from the vocabulary; nothing else is made up: split, written, indexed, published, opened, searched and counted by what ships.
Building is said in seconds of the processor (on one core), without encoding and without drawing. Opening and asking happen in a fresh process each; a question is timed
beside its encoding: words, vectors and the mix over 100 real questions, one after the other, none asked before. Recall is of
the ten nearest that comparing all vectors gives. The ledger is a whole count with its ladder over all documents. "Work" is the
processor's own: milliseconds by the clock on a machine that does nothing else; what is promised is held against it.

Run: FIRSTPASS_PASSAGES="1000 10000 100000 1000000" python -m pytest -n 0 -m benchmark -s tests/benchmarks/bench_scale.py
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from report import Report
from scale_material import real

from index.encoder import Encoders

PASSAGES = tuple(map(int, os.environ.get("FIRSTPASS_PASSAGES", "20000").split()))
REAL = int(os.environ.get("FIRSTPASS_REAL", "600" if max(PASSAGES) < 100_000 else "5188"))
"""Real abstracts encoded to draw from; they are kept in pytest's cache."""
A_DOCUMENT = 3.47
"""Passages of a drawn document on average."""
RUN = Path(__file__).resolve().parents[1] / "scale_run.py"
SEARCH, OPEN, RESIDENT, RECALL, LEDGER = 60, 2000, 2500, 0.95, 100
"""What is promised at 1,000,000 passages: ms, ms, MB, share, ms."""
COLUMNS = {
    "passages": 10,
    "documents": 10,
    "build s": 9,
    "own MB": 8,
    "peak MB": 9,
    "disk MB": 9,
    "open ms": 9,
    "opened MB": 10,
    "asked MB": 9,
    "p50 ms": 8,
    "p99 ms": 8,
    "work p50": 10,
    "p99": 6,
    "recall@10": 11,
    "mix@10": 8,
    "ledger ms": 11,
    "work": 6,
}


def step(name: str, *given: object) -> dict[str, Any]:
    """What a step in a process of its own came to."""
    done = subprocess.run([sys.executable, RUN, name, *map(str, given)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def recall(found: list[list[Any]], exact: list[list[Any]]) -> float:
    """The share of what exact search finds that was found."""
    return float(np.mean([len(set(a) & set(b)) / max(len(b), 1) for a, b in zip(found, exact, strict=False)]))


def measured(passages: int, root: Path, shared: Path, kept: Path) -> dict[str, float]:
    """One line of the table."""
    given = (root, shared, kept, round(passages / A_DOCUMENT), REAL)
    built, asked, exact = step("build", *given), step("ask", *given), step("exact", *given)
    disk = sum(file.stat().st_size for file in root.rglob("*") if file.is_file())
    return {
        "passages": asked["passages"],
        "documents": asked["documents"],
        "build s": built["work"],
        "own MB": built["own"],
        "peak MB": built["peak"],
        "disk MB": disk / 1e6,
        "open ms": asked["open"],
        "opened MB": asked["opened"]["all"],
        "asked MB": asked["asked"]["all"],
        "p50 ms": asked["search"]["p50"],
        "p99 ms": asked["search"]["p99"],
        "work p50": asked["search"]["work"],
        "p99": asked["search"]["work99"],
        "recall@10": recall(asked["found"], exact["found"]),
        "mix@10": recall(asked["hits"], exact["hits"]),
        "ledger ms": asked["ledger"]["p99"],
        "work": asked["ledger"]["work99"],
    }


def shown(name: str, value: float) -> str:
    """A figure with as many digits as mean something."""
    width = COLUMNS[name]
    return (
        f"{value:>{width}.3f}"
        if "@" in name
        else f"{value:>{width}.1f}"
        if value < 100
        else f"{value:>{width},.0f}"
    )


@pytest.mark.benchmark
@pytest.mark.model
def test_a_million_passages_cost_what_is_promised(
    shared: Path, encoder: Encoders, tmp_path: Path, request: pytest.FixtureRequest, report: Report
) -> None:
    """At every size, a million among them: search within 60 ms, opened within 2 s, 2.5 GB, recall 0.95, ledger within 100 ms."""
    assert request.config.cache is not None
    kept = request.config.cache.mkdir("scale")
    real(shared, kept, encoder, documents=REAL)
    print("\n" + "".join(f"{name:>{width}}" for name, width in COLUMNS.items()))
    for passages in PASSAGES:
        root = tmp_path / str(passages)
        line = measured(passages, root, shared, kept)
        shutil.rmtree(root)
        print("".join(shown(name, line[name]) for name in COLUMNS), flush=True)
        size = f"{line['passages']:,} passages: "
        held = (
            report(f"{size}question beside its encoding, p50 ms", line["work p50"], "<=", SEARCH),
            report(f"{size}opened, ms", line["open ms"], "<=", OPEN),
            report(f"{size}resident after 100 questions, MB", line["asked MB"], "<=", RESIDENT),
            report(f"{size}recall@10 of exact search", line["recall@10"], ">=", RECALL),
            report(f"{size}ledger and ladder, ms", line["work"], "<=", LEDGER),
        )
        assert all(held)
