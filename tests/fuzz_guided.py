"""Hostile input that a fuzzer looks for: Atheris changes whole files and messages, and goes on from what reaches new code.

`python tests/fuzz_guided.py --seconds 60` reads cases of every kind for so long each; `--only NAME` one kind. A case that ends in anything but
a reading or a named refusal, or takes too much time or memory, is kept in `--found FOLDER` and named, and the exit code is 1. It then
goes into tests/test_fuzz.py or test_fuzz_words.py, as small as it can be made. Needs `pip install atheris==3.0.0`, which is none of our
dependencies: its package states no licence, and it is built for Linux only.
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
INSTRUMENTED = (
    "assistant", "corpus", "htmldate", "justext", "markdown_it", "mdurl", "pypdf", "rispy", "tomllib", "trafilatura", "yaml",
)  # fmt: skip
POSTS = ("tomllib", "yaml", "markdown_it", "corpus.posts")
WORDS = ("tomllib", "corpus.tagging", "assistant.question", "fuzz_words")
LONGEST = 8192
SECONDS = 4
"""Processor time of one case, four to ten times what it takes where nothing counts what is reached."""
MEGABYTES = 2048
Read = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of input.

    Attributes:
        seeds: whole ones, to begin with.
        make: gives what reads one, with a folder of its own to work in; it returns or raises nothing but a defect.
        loads: modules that are loaded at once, so that all of each counts what it reaches, also what a reader loads with its first file.
        longest: bytes of a case at most.
    """

    seeds: Callable[[], Sequence[bytes]]
    make: Callable[[Path], Read]
    loads: tuple[str, ...] = ()
    longest: int = LONGEST


def _file(name: str, *beside: str, loads: tuple[str, ...]) -> Target:
    """Files by the reader that is for their name; `beside` are seeds under other names."""

    def seeds() -> Sequence[bytes]:
        from fuzz import SEEDS

        return [content for of, content in SEEDS if of in (name, *beside)]

    def make(_: Path) -> Read:
        from fuzz import read_one

        return lambda content: read_one(name, content, SECONDS) if content else None

    return Target(seeds, make, ("corpus.intake", "corpus.records", *loads))


def _own(name: str) -> Target:
    """One of the library's own files, read with a library of one text."""

    def seeds() -> Sequence[bytes]:
        from fuzz import STATUSES, TOMLS

        return [content for of, content in (*TOMLS, STATUSES) if of == name]

    def make(folder: Path) -> Read:
        from fuzz import TEXT, limited

        from corpus.errors import CorpusError
        from corpus.library import open_library, read_library
        from corpus.statuses import NAME, read_statuses

        (folder / "f.txt").write_text(TEXT)

        def read(content: bytes) -> None:
            (folder / name).write_bytes(content)
            try:
                with limited(SECONDS):
                    reading = read_library(open_library(folder))
                    read_statuses(folder / NAME)
            except CorpusError as error:
                assert name in str(error)  # noqa: PT017 - one of two outcomes
                return
            assert not [problem for problem in reading.problems if "defect of firstpass" in problem.cure]

        return read

    return Target(seeds, make, ("tomllib", "corpus.library", "corpus.posts"))


def _message() -> Target:
    """Messages, read and labelled."""

    def seeds() -> Sequence[bytes]:
        from fuzz_words import QUESTIONS

        return [one.encode() for one in QUESTIONS]

    def make(_: Path) -> Read:
        from fuzz import limited

        from assistant.question import MOST_PARTS, read_message
        from corpus.tagging import label_text
        from corpus.vocabulary import load_vocabulary

        vocabulary = load_vocabulary()

        def read(content: bytes) -> None:
            text = content.decode("utf-8", "surrogateescape")
            with limited(SECONDS):
                reading = read_message(text, vocabulary, earlier=(text[::-1],) if len(text) % 3 == 0 else ())
                label_text("x", "Synthetic", text[:1500], vocabulary)
            assert 1 <= len(reading.parts) <= MOST_PARTS

        return read

    return Target(seeds, make, WORDS, longest=1000)


def _vocabulary() -> Target:
    """A library's vocabulary, and a text and a question read with it."""

    def seeds() -> Sequence[bytes]:
        from fuzz_words import VOCABULARY

        return [VOCABULARY.encode()]

    def make(folder: Path) -> Read:
        from fuzz import limited
        from fuzz_words import read_with

        def read(content: bytes) -> None:
            (folder / "vocabulary.toml").write_bytes(content)
            with limited(5 * SECONDS):  # the vocabulary that ships is read below it each time
                read_with(folder / "vocabulary.toml")

        return read

    return Target(seeds, make, WORDS)


TARGETS: dict[str, Target] = {
    "xml": _file("a.xml", "l.xml", "j.xml.gz", loads=()),
    "nbib": _file("b.nbib", loads=()),
    "ris": _file("c.ris", loads=("rispy",)),
    "markdown": _file("d.md", "e.md", loads=POSTS),
    "text": _file("f.txt", loads=POSTS),
    "page": _file("g.html", "k.html", loads=("trafilatura", "corpus.pages")),
    "paper": _file("h.pdf", "i.pdf", loads=("pypdf", "corpus.papers")),
    "library": _own("library.toml"),
    "curation": _own("curation.toml"),
    "sidecar": _own("f.txt.meta.toml"),
    "statuses": _own("statuses.jsonl"),
    "message": _message(),
    "vocabulary": _vocabulary(),
}


def look(target: Target, seconds: int, found: Path, seed: int = 1) -> None:
    """Read cases for so long, and end the process: with 0, or otherwise where one failed, which then lies in the folder."""
    atheris: Any = importlib.import_module("atheris")  # no dependency of ours
    with atheris.instrument_imports(include=list(INSTRUMENTED)):
        for name in (*target.loads, "fuzz"):
            importlib.import_module(name)
    from fuzz import CHANGES

    def change(content: bytes, most: int, number: int) -> bytes:
        """Half of the changes are the fuzzer's own, half those of tests/fuzz.py, which know more of files."""
        rng = random.Random(number)  # noqa: S311 - cases, no secret
        if not content or rng.random() < 1 / 2:
            return bytes(atheris.Mutate(content, most))
        return rng.choice(CHANGES)(content, rng)[:most]

    with tempfile.TemporaryDirectory() as made:
        seeds, work = Path(made, "seeds"), Path(made, "work")
        seeds.mkdir()
        work.mkdir()
        for number, whole in enumerate(target.seeds()):
            (seeds / str(number)).write_bytes(whole)
        flags = [f"-max_total_time={seconds}", f"-max_len={target.longest}", f"-rss_limit_mb={MEGABYTES}", "-timeout=60",
                 f"-artifact_prefix={found}{os.sep}", "-print_final_stats=1", f"-seed={seed}"]  # fmt: skip
        atheris.Setup([sys.argv[0], *flags, str(seeds)], target.make(work), custom_mutator=change)
        atheris.Fuzz()


def look_apart(name: str, seconds: int, found: Path, seed: int = 1) -> tuple[int, str]:
    """The exit code of looking in a process of its own, and what it said last."""
    own = found / name
    own.mkdir(parents=True, exist_ok=True)
    options = ["--only", name, "--seconds", str(seconds), "--seed", str(seed), "--found", str(own), "--here"]
    asked = [sys.executable, __file__, *options]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(HERE.parent), str(HERE)))}
    done = subprocess.run(asked, capture_output=True, check=False, env=environment, timeout=seconds + 600)
    said = (stream.decode("utf-8", "replace")[-3000:] for stream in (done.stderr, done.stdout))
    return done.returncode, "".join(said)  # what was raised last


def report(names: Iterable[str], seconds: int, found: Path, seed: int) -> int:
    """How many kinds had a case that failed; each kind is told of, a line each and more where one failed."""
    failed = 0
    for name in names:
        code, said = look_apart(name, seconds, found, seed)
        cases = next(
            (line.split()[-1] for line in said.splitlines() if "number_of_executed_units" in line), "?"
        )
        kept = sorted(str(path) for path in (found / name).iterdir())
        failed += bool(code or kept)
        print(f"{name}: {cases} cases, {'failed' if code or kept else 'none failed'}", *kept)  # noqa: T201 - a command
        if code or kept:
            print(said)  # noqa: T201 - as above
    return failed


def main() -> None:
    """Look for cases of every kind, or of one."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=60, help="for each kind")
    asked.add_argument("--only", choices=TARGETS, action="append", help="a kind; may be given again")
    asked.add_argument("--found", type=Path, default=Path(tempfile.gettempdir(), "firstpass-found"))
    asked.add_argument("--seed", type=int, default=1, help="another one, other cases")
    asked.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.here:
        look(TARGETS[given.only[0]], given.seconds, given.found, given.seed)
    sys.exit(min(report(given.only or TARGETS, given.seconds, given.found, given.seed), 1))


if __name__ == "__main__":
    main()
