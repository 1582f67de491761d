"""The cold question: a fresh `firstpass ask` against a script on sentence-transformers and FAISS; one table, in one run.

Run: python -m pytest -m benchmark -s tests/benchmarks/bench_cold.py
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from report import Report

from index import encoder as encoding
from index.encoder import Encoders
from index.questions import Exports, open_questions

QUESTION = "is IV BMC for knee OA real?"
TURNS = 5
COLD_TURNS = 3
SCRIPT = """
import sys
import faiss
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], device="cpu", local_files_only=True)
vectors = faiss.read_index(sys.argv[2])
print(vectors.search(model.encode([sys.argv[3]], normalize_embeddings=True, show_progress_bar=False), 10))
"""
"""What people write instead: the same model, the same vectors, ten passages and nothing else."""
RUN = "import sys; from assistant.cli import main; sys.argv[0] = 'firstpass'; main()"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: seconds by the clock, seconds of all cores."""

    clock: float
    cores: float


def cost(*command: str, environment: dict[str, str]) -> Cost:
    """What a fresh process took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", *command], check=True, capture_output=True, env=environment)
    clock = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def middle(costs: list[Cost]) -> Cost:
    """The median by the clock and that by the cores."""
    return Cost(median(one.clock for one in costs), median(one.cores for one in costs))


def forget(*folders: Path) -> None:
    """Let the system forget what it has read of these folders, as far as nobody else holds it."""
    for file in (one for folder in folders for one in folder.rglob("*") if one.is_file()):
        descriptor = os.open(file, os.O_RDONLY)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)


def milliseconds(encoder: encoding.Encoder, questions: list[str]) -> float:
    """What one question takes, once the model is loaded."""
    taken = []
    for question in questions:
        began = time.perf_counter()
        encoder.encode([question])
        taken.append(time.perf_counter() - began)
    return 1000 * median(taken)


def told(when: str, script: Cost, ask: Cost) -> dict[str, str]:
    """The rows of one comparison."""
    return {
        f"{when}: bare script, s (all cores)": f"{script.clock:.2f} ({script.cores:.2f})",
        f"{when}: firstpass ask, s (all cores)": f"{ask.clock:.2f} ({ask.cores:.2f})",
        f"{when}: ask / script (aim: 0.1)": f"{ask.clock / script.clock:.3f} ({ask.cores / script.cores:.3f})",
    }


@pytest.mark.benchmark
@pytest.mark.model
def test_a_cold_question_takes_a_tenth_of_the_script(
    encoder: Encoders, tmp_path: Path, report: Report
) -> None:
    """A fresh process answers from the starter library in at most a tenth of what the bare script takes to search, and shows help at once."""
    environment = {**os.environ, "FIRSTPASS_STORES": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    first = cost(RUN, "index", environment=environment)
    vectors = shutil.copy(next((tmp_path / "stores").glob("*/vectors.faiss")), tmp_path / "script.faiss")
    script = (SCRIPT, str(encoding.find(None)), str(vectors), QUESTION)
    ask, shown = (RUN, "ask", QUESTION), (RUN, "--help")
    warm: dict[tuple[str, ...], list[Cost]] = {script: [], ask: [], shown: []}
    cold: dict[tuple[str, ...], list[Cost]] = {script: [], ask: []}
    for _ in range(TURNS):  # in turns, so that what else the machine does falls on all
        for command, costs in warm.items():
            costs.append(cost(*command, environment=environment))
    for _ in range(COLD_TURNS):
        for command, costs in cold.items():
            forget(Path(np.__file__).parents[1], tmp_path)
            costs.append(cost(*command, environment=environment))
    questions = [f"Does pain of the knee fall after {number} weeks?" for number in range(50)]
    exported = open_questions(Exports(tmp_path)).questions
    difference = float(np.abs(exported.encode(questions) - encoder.questions.encode(questions)).max())
    rows = {
        **told("read before", middle(warm[script]), middle(warm[ask])),
        **told("not read before", middle(cold[script]), middle(cold[ask])),
        "firstpass --help, s of all cores": f"{middle(warm[shown]).cores:.2f}",
        "first index with its export, s": f"{first.clock:.1f}",
        "question encoded, export, ms": f"{milliseconds(exported, questions):.1f}",
        "question encoded, model, ms": f"{milliseconds(encoder.questions, questions):.1f}",
        "largest difference of the two": f"{difference:.1e}",
    }
    print("\n" + "\n".join(f"{name:52}{value:>16}" for name, value in rows.items()))
    ratio = middle(warm[ask]).clock / middle(warm[script]).clock
    held = report("a question from a fresh process / a bare script", ratio, "<=", 0.1)
    assert report("firstpass --help, s of all cores", middle(warm[shown]).cores, "<=", 0.3)
    assert held
