"""Builds of libraries of several sizes, each in a process of its own: what they hold of their own memory while they write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from index.vectors import EXACT_BELOW

GROWTH = 1.2
"""What a build of four times the passages may hold at most, as a multiple."""
BUILD = """
import sys
from pathlib import Path

import numpy as np
from scale_material import Drawn, DrawnLabels, Real, encoders
from scale_run import Watching

from corpus.vocabulary import load_vocabulary
from index.build import BuildTools, build

sentences = tuple(
    f"Batch {number} of {number % 7} synthetic cells was given to knees that were seen {number % 11} weeks later."
    for number in range(300)
)
vectors = np.random.default_rng(5).normal(size=(600, 384)).astype(np.float32)
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
near = np.argsort(-(vectors @ vectors.T), axis=1)[:, 1:9]
label = DrawnLabels(load_vocabulary())
tools = BuildTools(encoders(Real(sentences, vectors, near)), label, "drawn", label.study_of)
with Watching() as watched:
    report = build(Drawn(sentences, int(sys.argv[2])), tools=tools, root=Path(sys.argv[1]))
print(report.encoded, watched.own)
"""


def held(root: Path, documents: int) -> tuple[int, float]:
    """The passages of so many documents, and the megabytes that a build of them holds at most, without mapped files."""
    here = Path(__file__).parent
    script = f"import sys; sys.path[:0] = [{str(here)!r}, {str(here.parent)!r}]\n{BUILD}"
    command = [sys.executable, "-c", script, str(root), str(documents)]
    passages, own = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(passages), float(own)


@pytest.mark.slow
def test_a_build_of_four_times_the_passages_holds_hardly_more(tmp_path: Path) -> None:
    """From the first size whose vectors are trained on to four times as many, what a build holds of its own grows by a fifth at most."""
    few, small = held(tmp_path / "few", 55_000)
    many, large = held(tmp_path / "many", 220_000)
    print(f"\n{few:,} passages: {small:.0f} MB; {many:,}: {large:.0f} MB")  # noqa: T201 - its figures
    assert few >= EXACT_BELOW
    assert many >= 4 * few * 0.99
    assert large <= GROWTH * small
