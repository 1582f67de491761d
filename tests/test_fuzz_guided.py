"""The guided fuzzer (tests/fuzz_guided.py): it finds what is to be found and keeps it, and finds nothing in our readers.

FIRSTPASS_GUIDED sets how many seconds each kind of input is looked at (20; 4 where FIRSTPASS_TRIM is set).
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fuzz_guided import HERE, TARGETS, look_apart

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("atheris") is None,
        reason="needs Atheris, which is no dependency of ours: pip install atheris==3.0.0 (Linux)",
    ),
]
SECONDS = int(os.environ.get("FIRSTPASS_GUIDED", "4" if os.environ.get("FIRSTPASS_TRIM") else "20"))
TRAP = """
import sys
from pathlib import Path
import atheris
from fuzz_guided import Target, look

@atheris.instrument_func
def trap(content):
    if content[:1] == b"t":
        if content[1:2] == b"r":
            if content[2:3] == b"a":
                if content[3:4] == b"p":
                    raise ValueError("trapped")

look(Target(lambda: [b"0123456789"], lambda _: trap), 120, Path(sys.argv[1]))
"""


def test_it_goes_on_from_what_reaches_new_code(tmp_path: Path) -> None:
    """Four letters that fail only together, which chance alone finds once in four thousand million cases, are found and kept."""
    done = subprocess.run(
        [sys.executable, "-c", TRAP, str(tmp_path)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(HERE.parent), str(HERE)))},
    )
    assert done.returncode != 0
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes()[:4] == b"trap"


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_nothing_is_found_in_our_readers(name: str, tmp_path: Path) -> None:
    """Files, words of curators, messages and vocabularies: a reading or a named refusal, in time and within memory."""
    code, said = look_apart(name, SECONDS, tmp_path)
    assert (code, list((tmp_path / name).iterdir())) == (0, []), said
