"""Quality: the judged set that ranking was tuned on, by the product's whole way, against what was asked.

Run: python -m pytest -n 0 -m benchmark -s tests/benchmarks/bench_quality.py
"""

from __future__ import annotations

from pathlib import Path

import pytest
from report import Report

from index.encoder import Encoders
from index.measure import measure

ASKED = {"words": 0.315, "vectors": 0.310, "both": 0.370}
"""The least nDCG@10 of each ranking."""


@pytest.mark.benchmark
@pytest.mark.model
def test_ranking_is_as_good_as_was_asked(encoder: Encoders, shared: Path, report: Report) -> None:
    """NFCorpus, split, encoded, published and searched as a library is: nDCG@10 of words, of vectors and of both."""
    found = measure(shared / "data" / "nfcorpus", encoder).as_json()
    held = [
        report(f"NFCorpus nDCG@10, {name}", found[name]["nDCG@10"], ">=", asked)
        for name, asked in ASKED.items()
    ]
    assert all(held)
