"""The cold question: a fresh `firstpass ask` against a script on sentence-transformers and FAISS; one table, in one run.

Run: python -m pytest -m benchmark -s tests/benchmarks/bench_cold.py
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from index import encoder as encoding
from index.encoder import Encoders
from index.questions import Exports, open_questions

QUESTION = "is IV BMC for knee OA real?"
TURNS = 5
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


def milliseconds(encoder: encoding.Encoder, questions: list[str]) -> float:
    """What one question takes, once the model is loaded."""
    taken = []
    for question in questions:
        began = time.perf_counter()
        encoder.encode([question])
        taken.append(time.perf_counter() - began)
    return 1000 * median(taken)


@pytest.mark.benchmark
@pytest.mark.model
def test_a_cold_question_takes_a_tenth_of_the_script(encoder: Encoders, tmp_path: Path) -> None:
    """A fresh process answers from the starter library in at most a tenth of what the bare script takes to search."""
    environment = {**os.environ, "FIRSTPASS_STORES": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    first = cost(RUN, "index", environment=environment)
    vectors = next((tmp_path / "stores").glob("*/vectors.faiss"))
    script, ask, helped = [], [], []
    for _ in range(TURNS):  # in turns, so that what else the machine does falls on all
        script.append(cost(SCRIPT, str(encoding.find(None)), str(vectors), QUESTION, environment=environment))
        ask.append(cost(RUN, "ask", QUESTION, environment=environment))
        helped.append(cost(RUN, "--help", environment=environment))
    bare, answered, shown = middle(script), middle(ask), middle(helped)
    questions = [f"Does pain of the knee fall after {number} weeks?" for number in range(50)]
    exported = open_questions(Exports(tmp_path)).questions
    difference = float(np.abs(exported.encode(questions) - encoder.questions.encode(questions)).max())
    rows = {
        "bare script, s (all cores)": f"{bare.clock:.2f} ({bare.cores:.2f})",
        "firstpass ask, s (all cores)": f"{answered.clock:.2f} ({answered.cores:.2f})",
        "ask / script (at most 0.1)": f"{answered.clock / bare.clock:.3f}",
        "ask / script, all cores": f"{answered.cores / bare.cores:.3f}",
        "firstpass --help, s of all cores": f"{shown.cores:.2f}",
        "first index with its export, s": f"{first.clock:.1f}",
        "question encoded, export, ms": f"{milliseconds(exported, questions):.1f}",
        "question encoded, model, ms": f"{milliseconds(encoder.questions, questions):.1f}",
        "largest difference of the two": f"{difference:.1e}",
    }
    print("\n" + "\n".join(f"{name:36}{value:>14}" for name, value in rows.items()))
    assert answered.clock <= bare.clock / 10
