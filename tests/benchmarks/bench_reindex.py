"""Re-indexing a library of thousands of abstracts after one change, against its full build: one table, in one run.

The whole way of `firstpass index` is timed, with reading the files, the gate and the floor. FIRSTPASS_ABSTRACTS says how many
abstracts there are. The embedded model encodes them; with fewer than 10,000 the figure is the harder one, for what does not
grow with the library (the judged questions, opening the model) weighs more against a shorter build.

Run: FIRSTPASS_ABSTRACTS=10000 python -m pytest -m benchmark -s tests/benchmarks/bench_reindex.py
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from report import Report

from assistant.answering import Bench
from assistant.indexing import Indexed, index_library
from assistant.settings import Settings

ABSTRACTS = int(os.environ.get("FIRSTPASS_ABSTRACTS", "1000"))
A_FILE = 200
SEED = 20_240_229
PARTS = (
    ("intra-articular", "intravenous", "intrathecal", "intramuscular"),
    ("bone marrow concentrate", "platelet-rich plasma", "mesenchymal stem cells", "hyaluronic acid"),
    ("knee osteoarthritis", "hip osteoarthritis", "spinal cord injury", "rotator cuff tears"),
)
SUBJECTS = ("adults", "Wistar rats", "New Zealand rabbits", "patients", "horses")
SENTENCES = (
    "Pain fell by {} points in the group given {} after {} weeks",
    "There was no difference in range of motion between the {} and the {} group (p = 0.{})",
    "We enrolled {} {} and followed them for {} months",
    "Bone marrow was drawn from the iliac crest and concentrated to {} mL for {} at {} rpm",
    "Adverse events were seen in {} of those given {} and resolved within {} days",
    "Cells were found in the lung in {}% of {} and in the spleen in {}%",
    "Magnetic resonance imaging showed {} mm of cartilage after {} at {} weeks",
)


def written(folder: Path) -> None:
    """A library of plainly synthetic records, two hundred to a file, of lengths like real ones."""
    folder.mkdir()
    (folder / "library.toml").write_text('name = "Synthetic library"\n', "utf-8")
    (folder / "questions.toml").write_text(
        '[[question]]\nquestion = "bone marrow concentrate for knee osteoarthritis"\noutcome = "direct"\n',
        "utf-8",
    )
    chance = np.random.default_rng(SEED)
    for first in range(0, ABSTRACTS, A_FILE):
        records = [record(number, chance) for number in range(first, min(first + A_FILE, ABSTRACTS))]
        (folder / f"records-{first:06}.nbib").write_text("".join(records), "utf-8")


def record(number: int, chance: np.random.Generator) -> str:
    """One record as PubMed exports it."""
    route, product, condition = (str(chance.choice(part)) for part in PARTS)
    subjects = str(chance.choice(SUBJECTS))
    told = f"{int(chance.integers(10, 99))} {subjects} with {condition} were randomly assigned to {route} {product} or saline"
    lines = [
        str(chance.choice(SENTENCES)).format(int(chance.integers(99)), subjects, int(chance.integers(99)))
        for _ in range(int(chance.integers(6, 14)))
    ]
    abstract = ". ".join((told, *lines)) + "."
    pmid = 90_000_000 + number
    return (
        f"PMID- {pmid}\nTI  - Synthetic record {number}: {route} {product} for {condition}\nAB  - {abstract}\n"
        f"AU  - Synthetic A\nDP  - 2020 Jan\nLID - 10.0000/synthetic.{pmid} [doi]\nPT  - Journal Article\n\n"
    )


def change(folder: Path) -> None:
    """One sentence more in one abstract in the middle of the library."""
    file = sorted(folder.glob("*.nbib"))[ABSTRACTS // A_FILE // 2]
    text = file.read_text("utf-8")
    file.write_text(text.replace("AB  - ", "AB  - This one sentence was added later. ", 1), "utf-8")


def timed(folder: Path) -> tuple[float, float, Indexed]:
    """Seconds by the clock, seconds of all cores, and what indexing came to, the model already loaded."""
    bench = Bench(Settings(folder, starter=False))
    encoders = bench.encoders()
    clock, cores = time.perf_counter(), time.process_time()
    indexed = index_library(bench, encoders=encoders)
    return time.perf_counter() - clock, time.process_time() - cores, indexed


@pytest.mark.benchmark
@pytest.mark.model
def test_one_change_costs_a_twentieth_of_the_full_build(tmp_path: Path, report: Report) -> None:
    """One changed document takes at most 5 % of the full build and encodes its own passages only; no change encodes nothing."""
    folder = tmp_path / "library"
    written(folder)
    full_clock, full_cores, full = timed(folder)
    change(folder)
    one_clock, one_cores, one = timed(folder)
    with Bench(Settings(folder, starter=False)).open() as store:
        own = len(store.passages_of(*one.report.changed))
    none_clock, none_cores, none = timed(folder)
    rows = {
        "abstracts": f"{ABSTRACTS}",
        "passages": f"{full.report.encoded}",
        "full build, s": f"{full_clock:.1f}",
        "one changed, s": f"{one_clock:.2f}",
        "nothing changed, s": f"{none_clock:.2f}",
        "one changed / full (at most 0.05)": f"{one_clock / full_clock:.3f}",
        "by processor time": f"{one_cores / full_cores:.3f}",
        "nothing changed / full": f"{none_clock / full_clock:.3f}",
        "nothing changed, processor s": f"{none_cores:.2f}",
        "passages encoded after the change": f"{one.report.encoded} of its own {own}",
    }
    print("\n" + "\n".join(f"{name:38}{value:>14}" for name, value in rows.items()))
    assert len(full.reading.documents) == ABSTRACTS
    assert 1 <= one.report.encoded <= own
    assert none.report.encoded == 0
    assert none.unchanged
    assert none.report.version == one.report.version
    assert report(f"one changed / full build, {ABSTRACTS} abstracts", one_clock / full_clock, "<=", 0.05)
