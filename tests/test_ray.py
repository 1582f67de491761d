"""Indexing on Ray, what is quickly shown: without a cluster, or without Ray, the reason is told and nothing is changed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from ray_material import HERE, processes
from shard_material import here, on, recipe
from store_material import records
from word_encoder import word_encoders

from assistant.on_ray import RayBench
from assistant.settings import Settings
from corpus.errors import LibraryError
from corpus.library import open_library
from corpus.vocabulary import load_vocabulary
from corpus.vocabulary_file import version_of
from index.build import build
from index.errors import ClusterError
from index.ray_run import OnRay
from index.shard_work import Recipe

RAY = """
[settings]
vocabulary = "own.toml"
[ray]
shards = "shared"
workers = 3
threads = 2
"""
WITHOUT = "import sys; sys.modules['ray'] = None; from assistant.cli import main; main()"
PLAIN = """
import sys
from pathlib import Path
from store_material import records, tools
from index.build import build
import assistant.commands.index, assistant.indexing
build(records(3), tools=tools(), root=Path(sys.argv[1]))
print([name for name in sys.modules if name.split(".")[0] == "ray" or name.startswith("index.ray")])
"""
POST = "---\ntitle: Synthetic post\n---\n\nCells were given. Knees were seen later.\n"


def library(folder: Path, toml: str = "") -> Path:
    """A library of one post."""
    folder.mkdir()
    (folder / "post.md").write_text(POST, encoding="utf-8")
    (folder / "library.toml").write_text(toml, encoding="utf-8")
    return folder


def test_no_cluster_at_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing listens the address is named with the reason, what is served stays, and no process of Ray is left."""
    pytest.importorskip("ray", reason="needs firstpass[cluster]")
    build(records(3), tools=on(here()), root=tmp_path)
    served = (tmp_path / "current").read_bytes()
    monkeypatch.setenv("FIRSTPASS_MARK", str(tmp_path))
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(
            ClusterError, match=f"{address} cannot be reached .*refused.*nothing was published"
        ):
            build(records(4), tools=on(OnRay(address, recipe())), root=tmp_path)
    assert (tmp_path / "current").read_bytes() == served
    assert list(tmp_path.rglob("input-*")) == []
    assert processes(str(tmp_path)) == set()


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A script in a process of its own."""
    command = [sys.executable, "-c", script, *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(HERE.parent), str(HERE)))}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_without_ray_the_extra_is_named(tmp_path: Path) -> None:
    """Where Ray is not installed `index --ray` says which extra brings it, and does nothing else."""
    folder = library(tmp_path / "library")
    done = run(WITHOUT, "index", "--library", str(folder), "--ray", "local")
    assert done.returncode == 1
    assert "pip install 'firstpass[cluster]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / ".firstpass").exists()


def test_one_machine_feels_nothing_of_it(tmp_path: Path) -> None:
    """Indexing on one machine imports nothing of Ray, nor what talks to it."""
    done = run(PLAIN, str(tmp_path))
    assert (done.returncode, done.stdout.strip()) == (0, "[]")


def test_the_library_says_how_a_cluster_is_used(tmp_path: Path) -> None:
    """[ray] names the folder of shards, the workers and their threads; workers are told what the bench settled."""
    pytest.importorskip("ray", reason="needs firstpass[cluster]")
    folder = library(tmp_path / "library", RAY)
    (folder / "own.toml").write_text("", encoding="utf-8")
    bench = RayBench(Settings(folder, starter=False), "ray://head.example:10001")
    made = bench.tools(replace(word_encoders(), arithmetic="bfloat16")).elsewhere
    assert isinstance(made, OnRay)
    assert (made.address, made.folder, made.workers, made.threads) == (
        "ray://head.example:10001",
        folder / "shared",
        3,
        2,
    )
    assert (made.recipe.given["arithmetic"], made.recipe.given["threads"]) == ("bfloat16", 2)
    assert made.laid == folder / "own.toml"


@pytest.mark.parametrize("said", ['shards = ""', "workers = 0", "threads = true", "threads = 1.5"])
def test_a_wrong_setting_is_named(tmp_path: Path, said: str) -> None:
    """What [ray] cannot mean is refused with its line."""
    with pytest.raises(LibraryError, match=r"library\.toml, line 2"):
        open_library(library(tmp_path / "library", f"[ray]\n{said}\n"))


def test_a_worker_lays_the_library_s_vocabulary(tmp_path: Path) -> None:
    """The vocabulary of the library is copied to where workers see it, and opens there to the very same rules."""
    own = tmp_path / "own.toml"
    own.write_text(
        '[[concept]]\nid = "bmac"\nfacet = "intervention"\nforms = ["syntheticene"]\n', encoding="utf-8"
    )
    told = OnRay("local", Recipe("any:one", {"vocabulary": None}), laid=own).recipe_in(tmp_path)
    copy = str(told.given["vocabulary"])
    own.unlink()
    assert load_vocabulary(Path(copy)).version == version_of(Path(copy))
