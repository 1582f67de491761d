"""Files of an open store that are touched, cut or taken away: no answer is made from them, and the process goes on once they are whole.

A network disk that has lost a file (ESTALE) is not tried here: that needs one.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from bench_material import (
    KNEE_JOINT,
    WordBench,
    asked,
    bench,
    hip_prp,
    knee_iv,
    knee_joint,
    library,
    write_records,
)

from assistant.answering import Answerer
from assistant.contract import answer_object
from assistant.indexing import index_library
from assistant.versions import roll_back
from index import watched
from index.errors import StoreDamaged
from index.root import stores
from index.store import open_store
from index.watched import Watched

HERE = Path(__file__).resolve().parent
DAMAGED = """
import json, sys, time
from contextlib import suppress
from pathlib import Path
from assistant.answering import Answerer
from assistant.contract import answer_object
from bench_material import KNEE_JOINT, bench
from index.errors import StoreDamaged
from index.watched import EVERY

of = bench(Path(sys.argv[1]))
answerer = Answerer(of, of.open(), of.encoders())
files = sorted(path for path in answerer.sources.store.folder.rglob("*") if path.is_file())

def asked():
    time.sleep(2 * EVERY)
    try:
        return json.dumps(answer_object(answerer.answer(KNEE_JOINT)))
    except StoreDamaged as error:
        return str(error)

right, told = asked(), []
for path in files:
    whole = path.read_bytes()
    for end in (0, len(whole) // 2, len(whole)):
        with path.open("r+b") as stream:  # in place: cut, or one bit of it turned
            stream.truncate(end)
            if end == len(whole):
                stream.seek(end // 2)
                stream.write(bytes([whole[end // 2] ^ 1]))
        found = asked()
        told.append([path.name, found != right and path.name in found and "firstpass index" in found])
        path.write_bytes(whole)
        assert asked() == right, path
print(json.dumps(told))
"""


@pytest.fixture
def of(tmp_path: Path) -> WordBench:
    """A library that was indexed."""
    made = bench(library(tmp_path / "library", knee_joint(90000001), hip_prp(90000003)))
    index_library(made)
    return made


@pytest.mark.slow
def test_what_is_touched_under_an_open_store_is_not_answered_from(of: WordBench) -> None:
    """Each file cut to nothing, to half, or with a bit turned, in place: the next question names it and the cure, the one after its mending is answered."""
    done = subprocess.run(
        [sys.executable, "-c", DAMAGED, str(of.library.folder)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(HERE.parent), str(HERE)))},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert len(told) > 40
    assert [name for name, named in told if not named and name != "manifest.json"] == []


def test_a_store_that_is_removed_goes_on_being_answered_from(of: WordBench) -> None:
    """As whoever asks while old stores are pruned: the same bytes, from files that have no name any more."""
    right = asked(of, KNEE_JOINT)
    with of.open() as store:
        answerer = Answerer(of, store, of.encoders())
        shutil.rmtree(store.folder)
        time.sleep(2 * watched.EVERY)
        assert answer_object(answerer.answer(KNEE_JOINT)) == right
        assert store._watched.untouched()


def test_what_leaves_the_bytes_as_they_are_disturbs_nobody(of: WordBench) -> None:
    """Rights, times and a second name given to the files, as a backup gives them: each byte is read once, and the answer is the same."""
    right = asked(of, KNEE_JOINT)
    answerer = Answerer(of, of.open(), of.encoders())
    store = answerer.sources.store
    for path in [path for path in store.folder.rglob("*") if path.is_file()]:
        path.chmod(0o444)
        os.utime(path)
        path.with_name(f"{path.name}.backup").hardlink_to(path)
    time.sleep(2 * watched.EVERY)
    assert not store._watched.untouched()
    assert answer_object(answerer.answer(KNEE_JOINT)) == right
    time.sleep(2 * watched.EVERY)
    assert store._watched.untouched()


def test_a_file_that_is_kept_open_is_let_go(tmp_path: Path) -> None:
    """When it is closed, and when nobody has it any more; a file that is not there is left to who reads it."""
    path = tmp_path / "a"
    path.write_bytes(b"synthetic")
    one, other = (Watched(tmp_path, ("a", "b")) for _ in range(2))
    assert opened(path) == 2
    one.close()
    one.close()
    assert opened(path) == 1
    del other
    assert opened(path) == 0


def opened(path: Path) -> int:
    """How often this process has a file open."""
    found = 0
    for one in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # closed by another thread meanwhile
            found += one.readlink() == path
    return found


def test_published_files_are_never_written_to_again(of: WordBench) -> None:
    """Index, index again, go back, verify, ask: a file of a published store that is still there is the very file, as it was."""

    def seen() -> dict[Path, tuple[int, int, int, int]]:
        files = [path for path in stores(of.root).rglob("*") if path.is_file()]
        stats = {path: path.stat() for path in files}
        return {
            path: (one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns) for path, one in stats.items()
        }

    def sweep_records(*records: str) -> None:
        write_records(of.library.folder, *records)
        index_library(of)

    before = seen()
    acts = (
        lambda: index_library(of),
        lambda: sweep_records(knee_joint(90000001), knee_iv(90000002)),
        lambda: asked(of, KNEE_JOINT),
        lambda: roll_back(of, None),
        lambda: open_store(of.root).verify(),
        lambda: sweep_records(knee_joint(90000001), hip_prp(90000003)),
        lambda: sweep_records(knee_joint(90000001), hip_prp(90000004)),
    )
    for act in acts:
        act()
        after = seen()
        assert {path: after[path] for path in before.keys() & after.keys()} == {
            path: before[path] for path in before.keys() & after.keys()
        }
        before = after


def test_a_damaged_store_is_mended_by_index_under_who_has_it_open(of: WordBench) -> None:
    """The cure that the error names brings the answer back to a process that goes on, although the new store has the same version."""
    right = asked(of, KNEE_JOINT)
    answerer = Answerer(of, of.open(), of.encoders())
    victim = answerer.sources.store.folder / "documents.jsonl"
    victim.write_bytes(victim.read_bytes().replace(b"Twenty", b"Ninety"))
    time.sleep(2 * watched.EVERY)
    with pytest.raises(StoreDamaged, match=r"documents\.jsonl"):
        answerer.answer(KNEE_JOINT)
    index_library(of)
    time.sleep(2 * watched.EVERY)
    again = answer_object(answerer.answer(KNEE_JOINT))
    assert again["parts"] == right["parts"]
    assert again["store"]["version"] == right["store"]["version"]


def test_a_bot_that_the_system_ends_says_so() -> None:
    """SIGBUS, as a mapped file that is taken away gives it: the log has a line of it and the place, and the exit tells the supervisor."""
    script = "from assistant.slack.logs import start_logging; start_logging(); import os, signal; os.kill(os.getpid(), signal.SIGBUS)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
    )
    assert done.returncode == -signal.SIGBUS
    assert "Fatal Python error: Bus error" in done.stderr
