"""Hostile files, words of curators and questions: a reading or a named refusal, in time, and nothing outside the library.

FIRSTPASS_FUZZ sets how many cases the slow proof reads (50,000; 3,000 where FIRSTPASS_TRIM is set).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import fuzz
import pytest
from fuzz import SENTENCE, TOMLS, case, limited, read_one

from assistant import contract, terminal
from assistant.answering import Answerer
from assistant.commands.label import parse_row
from assistant.errors import AssistantError
from assistant.gate import judged_questions
from assistant.judging import read_questions
from assistant.question import read_message
from corpus.errors import CorpusError, LibraryError, VocabularyError
from corpus.library import LibraryReading, open_library, read_library
from corpus.library_file import Library
from corpus.pull import runs
from corpus.reading import Reading
from corpus.same import normalised
from corpus.statuses import read_statuses
from corpus.tagging import label_text
from corpus.vocabulary import Vocabulary, load_vocabulary
from index import measure
from index.engine import engine_of
from index.errors import JudgedSetError, StoreDamaged
from index.root import history
from index.sealed import read_sealed

HERE = Path(__file__).resolve().parent
CASES = int(os.environ.get("FIRSTPASS_FUZZ", "3000" if os.environ.get("FIRSTPASS_TRIM") else "50000"))
MEMORY = 3 << 30
"""Address space for one file: what the largest file that is allowed, 1 GiB when expanded, takes as text."""
QUESTIONS = (
    "",
    " \n\t",
    "\x00\x1b[31m\x07 knee PRP?",
    "knee \ud800 PRP? and hip \udcff BMC?",
    "؟هل ينفع حقن الركبة \u202e\u200f knee",
    "\U0001f9b5\U0001f3fd" * 500,
    "e" + "\u0301" * 5000,
    "IV PRP for knee OA? " * 6000,
    "?" * 100_000,
    "(((((" * 5000,
    " " * 50_000 + "?",
    "-\n" * 20_000,
    "a" * 100_000,
    "1." * 20_000,
    "> " * 20_000 + "knee?",
    "@" * 20_000 + " <@U1> <http://x|y>",
    "&lt;" * 10_000,
    "555-" * 5000,
    "%s {0} {x} $(id) `id` '; DROP TABLE",
)
UNITS = (
    "bone marrow ",
    "12 rats, ",
    "p = 0.04, ",
    "no ",
    "and ",
    "(n=12) ",
    "A.",
    "—",
    "[",
    "﷽",
    "retracted ",
)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """The vocabulary that ships."""
    return load_vocabulary()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library with one good file, beside a file that must not be read."""
    (tmp_path / "outside.toml").write_text('name = "OUTSIDE"\ntitle = "OUTSIDE"\n')
    (tmp_path / "outside.txt").write_text(f"Outside\n\nOUTSIDE {SENTENCE}\n")
    inside = tmp_path / "library"
    inside.mkdir()
    (inside / "f.txt").write_text(fuzz.TEXT)
    return inside


def read_cases(numbers: range) -> int:
    """How many of these cases gave documents; anything but a reading or a refusal comes through with its number."""
    read = 0
    for number in numbers:
        try:
            read += isinstance(read_one(*case(number)), Reading)
        except BaseException as error:
            error.add_note(f"fuzz case {number}")
            raise
    return read


def read_folder(folder: Path) -> tuple[Library, LibraryReading]:
    """The library, read in time; a reader that failed is a failure here."""
    with limited():
        library = open_library(folder)
        reading = read_library(library)
    assert not [problem for problem in reading.problems if "defect of firstpass" in problem.cure]
    return library, reading


def test_a_changed_file_gives_a_reading_or_a_named_refusal() -> None:
    """Whole files of every kind, changed, cut, doubled and mixed: no other exception, no hang, and many still read."""
    assert 60 < read_cases(range(360)) < 360


@pytest.mark.slow
def test_many_thousand_changed_files_give_a_reading_or_a_named_refusal() -> None:
    """The same for FIRSTPASS_FUZZ cases that the everyday test has not."""
    assert read_cases(range(1000, 1000 + CASES)) > CASES / 5


def changed_words(folder: Path, numbers: range) -> int:
    """How many of these changed library.toml, curation.toml and sidecars were taken."""
    taken = 0
    for number in numbers:
        name, content = case(number, TOMLS)
        (folder / name).write_bytes(content)
        try:
            read_folder(folder)
            taken += 1
        except CorpusError:
            pass
        except BaseException as error:
            error.add_note(f"fuzz case {number} of TOMLS")
            raise
        (folder / name).unlink()
    return taken


def test_a_changed_word_of_the_curators_is_taken_or_refused(folder: Path) -> None:
    """Changed library.toml, curation.toml and sidecars: read, or an error that names the file, and nothing else."""
    assert 20 < changed_words(folder, range(240)) < 240


@pytest.mark.slow
def test_many_changed_words_of_the_curators_are_taken_or_refused(folder: Path) -> None:
    """The same for a tenth as many cases as there are of files."""
    assert changed_words(folder, range(1000, 1000 + CASES // 10)) > CASES // 100


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xml", b'<?xml version="1.0" encoding="utfm8"?>' + fuzz.XML.encode().split(b"?>", 1)[1]),
        ("a.ris", fuzz.RIS.replace("2001/02/03/", "2001" + "/" * 400_000 + "x").encode()),
        ("a.ris", fuzz.RIS.replace("2 points", "2" + ")ne" * 100_000).encode()),
        ("a.nbib", fuzz.NBIB.replace("source. PMID: 2", "source." + " " * 400_000 + "x").encode()),
        ("a.nbib", fuzz.NBIB.replace("PMID: 2", "PMID: 2" + " " * 400_000 + "x").encode()),
        ("a.nbib", fuzz.NBIB.replace("METHODS:", "RESULTS" + " " * 400_000 + "x:").encode()),
    ],
)
def test_cases_that_once_failed_stay_mended(name: str, content: bytes) -> None:
    """Each was found by fuzzing: an unknown encoding, and lines whose time grew with the square of their length."""
    read_one(name, content)


def test_a_title_of_signs_only_is_compared_in_time() -> None:
    """A run of signs before what is no "retracted" does not take the square of its length."""
    with limited():
        assert normalised("- " * 200_000 + "x retracted article.") == "x"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("library.toml", "[settings]\nkeep_stores = " + "9" * 5000),
        ("library.toml", "name = 0x" + "f" * 5000),
        ("library.toml", "name" + ".a" * 2000 + " = 1"),
        ("library.toml", "x = " + "[" * 3000 + "]" * 3000),
        ("curation.toml", "x = " + "9" * 5000),
        ("curation.toml", "[[override]]\ndocument = 0x" + "f" * 5000),
    ],
)
def test_toml_out_of_bounds_is_refused(folder: Path, name: str, content: str) -> None:
    """Numbers and nesting that Python cannot print or walk are an error that names the file."""
    (folder / name).write_text(content)
    with pytest.raises(LibraryError, match=name):
        read_folder(folder)


DEEP = b'{"a":' * 20_000
"""JSON that goes deeper than what reads it can follow (found by the guided fuzzer in statuses.jsonl)."""


def test_json_that_goes_too_deep_is_refused_wherever_it_is_read(tmp_path: Path) -> None:
    """What people give is refused by name; what firstpass keeps is taken for lost."""
    for name in ("statuses.jsonl", "searches.jsonl", "history.jsonl", "sealed.json", "engine.json", "queries.jsonl", "corpus.jsonl"):  # fmt: skip
        (tmp_path / name).write_bytes(DEEP)
    with pytest.raises(LibraryError, match=r"statuses\.jsonl, line 1"):
        read_statuses(tmp_path / "statuses.jsonl")
    with pytest.raises(AssistantError, match=r"queries\.jsonl"):
        read_questions(tmp_path / "queries.jsonl")
    with pytest.raises(AssistantError, match="line 7"):
        parse_row(DEEP.decode(), "line 7")
    with pytest.raises(JudgedSetError, match=r"corpus\.jsonl"):
        measure.read(tmp_path)
    with pytest.raises(StoreDamaged, match=r"engine\.json"):
        engine_of(tmp_path)
    assert (runs(tmp_path), history(tmp_path)) == ((), ())
    assert read_sealed(tmp_path / "sealed.json", dict[str, str]) is None


def test_a_long_curation_is_read_in_time(folder: Path) -> None:
    """Ten thousand words of a curator's do not take the square of their number."""
    entry = '[[exclude]]\ndocument = "pmid:{0}"\nwho = "s"\nwhen = 2001-02-03\nwhy = "a test"\n'
    (folder / "curation.toml").write_text("".join(entry.format(number) for number in range(1, 10_001)))
    _, reading = read_folder(folder)
    assert len(reading.problems) == 10_000


@pytest.mark.parametrize("name", ["library.toml", "curation.toml", "statuses.jsonl"])
def test_the_librarys_own_files_are_not_read_through_a_link_that_leads_out(folder: Path, name: str) -> None:
    """A link out of the library in the place of one of its own files is refused, its target never taken."""
    from corpus import statuses

    name = statuses.NAME if name.startswith("statuses") else name
    (folder / name).symlink_to("../outside.toml")
    with pytest.raises(LibraryError, match=f"{name}.*leads out of the library"):
        read_statuses(folder / name) if name == statuses.NAME else read_folder(folder)


def test_a_link_within_the_library_is_followed(folder: Path) -> None:
    """As a mounted configuration has them: library.toml as a link to a file below the same folder."""
    (folder / "drafts").mkdir()
    (folder / "drafts" / "own.toml").write_text('name = "Synthetic"\nexclude = ["drafts/"]\n')
    (folder / "library.toml").symlink_to("drafts/own.toml")
    library, reading = read_folder(folder)
    assert (library.name, reading.read) == ("Synthetic", ("f.txt",))


def test_a_link_that_leads_nowhere_is_not_an_empty_file(folder: Path) -> None:
    """A curation.toml whose target is gone is refused: the curator's words must not be lost in silence."""
    (folder / "curation.toml").symlink_to("gone.toml")
    with pytest.raises(LibraryError, match="leads nowhere"):
        read_folder(folder)


@pytest.mark.parametrize("name", ["curation.toml", "library.toml"])
def test_a_pipe_in_the_place_of_an_own_file_does_not_hang(folder: Path, name: str) -> None:
    """A pipe without a writer is refused at once."""
    os.mkfifo(folder / name)
    with pytest.raises(LibraryError, match="no file"):
        read_folder(folder)


def test_a_sidecar_is_not_read_through_a_link_that_leads_out(folder: Path) -> None:
    """The file whose sidecar leads out is a problem, and what lies outside stands nowhere."""
    (folder / "f.txt.meta.toml").symlink_to("../outside.toml")
    _, reading = read_folder(folder)
    assert reading.documents == ()
    assert any("leads out of the library" in problem.reason for problem in reading.problems)
    assert "OUTSIDE" not in repr(reading)


@pytest.mark.parametrize("name", ["vocabulary.toml", "questions.toml"])
def test_vocabulary_and_questions_are_not_read_through_a_link_that_leads_out(folder: Path, name: str) -> None:
    """Both are the library's own; a link out of it is an error that names the file."""
    (folder / name).symlink_to("../outside.toml")
    with pytest.raises((AssistantError, VocabularyError), match=f"{name}.*leads out of the library"):
        load_vocabulary(folder / name) if name.startswith("voc") else judged_questions(folder)


@pytest.mark.parametrize("pattern", ["../*", "/*", "../outside.txt", "**/../../outside.txt", "/etc/passwd"])
def test_no_pattern_reaches_out_of_the_library(folder: Path, pattern: str) -> None:
    """Patterns choose among the library's files; none adds one from elsewhere."""
    absolute = json.dumps([pattern, str(folder.parent / "outside.txt"), "*"])
    (folder / "library.toml").write_text(f'name = "Synthetic"\ninclude = {absolute}\n')
    _, reading = read_folder(folder)
    assert reading.read == ("f.txt",)
    assert "OUTSIDE" not in repr(reading)


@pytest.mark.parametrize("named", ["../outside.toml", "/etc/passwd", "..", "a/b.toml", "a\\\\b.toml"])
def test_a_vocabulary_elsewhere_is_refused(folder: Path, named: str) -> None:
    """The setting takes the name of a file in the library's folder and no path."""
    (folder / "library.toml").write_text(f'[settings]\nvocabulary = "{named}"\n')
    with pytest.raises(LibraryError, match="'vocabulary' must be the name of a file"):
        read_folder(folder)


def test_links_of_every_kind_are_told_and_not_followed(folder: Path) -> None:
    """Links out, links in a ring, links to a folder, pipes: each is a problem, and only the good file is read."""
    (folder / "out.txt").symlink_to("../outside.txt")
    (folder / "absolute.txt").symlink_to(folder.parent / "outside.txt")
    (folder / "up").symlink_to("..")
    (folder / "ring.txt").symlink_to("ring.txt")
    os.mkfifo(folder / "pipe.txt")
    (folder / ("n" * 250 + ".txt")).write_text(fuzz.TEXT)
    _, reading = read_folder(folder)
    assert reading.read == ("f.txt", "n" * 250 + ".txt")
    assert set(reading.unread) == {"out.txt", "absolute.txt", "up", "ring.txt", "pipe.txt"}
    assert "OUTSIDE" not in repr(reading)


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_any_message_is_read(number: int, vocabulary: Vocabulary) -> None:
    """Each gives at least one part, in time."""
    with limited():
        assert read_message(QUESTIONS[number], vocabulary).parts


def test_any_text_is_labelled(vocabulary: Vocabulary) -> None:
    """Long runs of one word or sign, and hostile messages, get their labels in time."""
    for text in (*(unit * (5000 // len(unit)) for unit in UNITS), *(one[:1000] for one in QUESTIONS)):
        with limited():
            assert label_text("x", text[:500], text, vocabulary)


@pytest.mark.slow
def test_a_run_of_joined_words_is_labelled_in_time(vocabulary: Vocabulary) -> None:
    """Words joined by hyphens, commas or slashes can be taken apart in one way only (found by fuzzing: it was the fourth power)."""
    for joint in ("-", ",", "/", " - ", ", "):
        with limited():
            assert label_text("x", "Synthetic", f"555{joint}" * 1000, vocabulary)


def test_any_question_is_answered_and_shown(starter: Answerer) -> None:
    """The answer can be printed and written as JSON in UTF-8, with no control character and no lone surrogate."""
    for question in QUESTIONS:
        with limited(20):
            answer = starter.answer(question, (question,))
            shown = terminal.render(answer, starter.vocabulary, terminal.Page())
            written = json.dumps(contract.answer_object(answer), ensure_ascii=False)
        shown.encode("utf-8")
        written.encode("utf-8")
        assert not [sign for sign in shown if sign != "\n" and ord(sign) < 32]


def command(
    *arguments: str | bytes, environment: Mapping[str, str], sent: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """The real command in a process of its own."""
    code = "from assistant.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        input=sent,
        capture_output=True,
        check=False,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(HERE.parent), **environment},
    )


@pytest.mark.slow
@pytest.mark.model
def test_a_question_that_is_not_utf8_is_answered(tmp_path: Path) -> None:
    """From standard input and from the command line, where the terminal is strict: exit 0 and no traceback."""
    environment = {"PYTHONIOENCODING": "utf-8:strict", "FIRSTPASS_STORES": str(tmp_path)}
    asked = b"knee \xff\xfe PRP? \xed\xa0\x80 and hip \x00 BMC?"
    for done in (
        command("ask", "-", sent=asked * 5000, environment=environment),
        command("ask", "--json", asked.replace(b"\x00", b""), environment=environment),
        command("explain", "-", sent=asked, environment=environment),
    ):
        assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr[-2000:]


def hostile(folder: Path) -> None:
    """A library of changed files, odd names and links, with one good file."""
    (folder / "library.toml").write_text('name = "Synthetic"\n')
    (folder / "good.txt").write_text(fuzz.TEXT)
    for number in range(60):
        name, content = case(number)
        (folder / f"{number:02}-{name}").write_bytes(content)
    for number, name in enumerate(
        ("\u202eodd.txt", "a\nb.txt", "-rf.txt", "%s.md", "🦵.md", "n" * 240 + ".md")
    ):
        (folder / name).write_text(f"# Synthetic odd {number}\n\n{SENTENCE}\n")
    (folder / "out.txt").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.txt")


@pytest.mark.slow
@pytest.mark.model
def test_a_library_of_hostile_files_is_indexed_and_every_file_accounted_for(tmp_path: Path) -> None:
    """`index` and `check` end with exit 0 and no traceback, and each file is read, unread with its reason, or skipped."""
    folder = tmp_path / "library"
    folder.mkdir()
    hostile(folder)
    environment = {"FIRSTPASS_STORES": str(tmp_path / "stores"), "PYTHONIOENCODING": "utf-8:strict"}
    for name in ("index", "check"):
        done = command(name, "--library", str(folder), environment=environment)
        said = done.stdout + done.stderr
        assert (done.returncode, b"Traceback" in said, b"defect of firstpass" in said) == (0, False, False), (
            said[-3000:]
        )
    reading = read_library(open_library(folder))
    accounted = {*reading.read, *reading.unread, *reading.skipped}
    assert accounted == set(os.listdir(folder))  # noqa: PTH208 - names as they are
    assert all(problem.reason and problem.cure for problem in reading.problems)


@pytest.mark.slow
@pytest.mark.model
def test_two_processes_answer_with_the_same_bytes(tmp_path: Path) -> None:
    """Ten questions of the starter library: other threads and another seed of hashes change no byte of `--json`."""
    script = (
        "import json, sys\n"
        "from assistant.answering import open_answerer\n"
        "from assistant.contract import answer_object\n"
        "from assistant.settings import find_library\n"
        "answerer = open_answerer(find_library(None))\n"
        "for question in json.load(sys.stdin):\n"
        "    print(json.dumps(answer_object(answerer.answer(question, ())), ensure_ascii=False))\n"
    )
    asked = json.dumps(
        ["is IV BMC for knee OA real?", "PRP for hip OA", "is it safe?", "PRP or HA for the knee?", "what do you have on discs?",
         "rotator cuff PRP", "MSC dose", "BMAC infection risk", "rats", "ankle arthritis injections?"]
    ).encode()  # fmt: skip
    given = []
    for threads, seed in (("1", "1"), ("2", "4242")):
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": threads,
            "PYTHONHASHSEED": seed,
            "FIRSTPASS_STORES": str(tmp_path / seed),
            "SOURCE_DATE_EPOCH": "1000000000",
            "PYTHONPATH": str(HERE.parent),
        }
        done = subprocess.run(
            [sys.executable, "-c", script], input=asked, capture_output=True, check=False, env=environment
        )
        assert done.returncode == 0, done.stderr[-2000:]
        given.append(done.stdout)
    assert given[0].count(b"\n") == 10
    assert given[0] == given[1]


BOMB = """
import resource, sys
sys.path[:0] = sys.argv[3:]
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from pathlib import Path
from fuzz import read_one, limited
with limited(60):
    got = read_one(Path(sys.argv[1]).name, Path(sys.argv[1]).read_bytes())
print(f"REFUSED {got}" if isinstance(got, Exception) else "READ")
"""


def bombs(folder: Path) -> Iterator[Path]:
    """The bombs as files, written by a process of their own, the largest last."""
    subprocess.run(
        [sys.executable, str(HERE / "fuzz.py"), str(folder)],
        check=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
    )
    yield from sorted(folder.iterdir(), key=lambda path: path.stat().st_size)


@pytest.mark.slow
def test_a_bomb_is_refused_or_read_within_bounds(tmp_path: Path) -> None:
    """Entities, gzip, PDF streams, nesting and a line of 100 MB: each within a minute and MEMORY, never a traceback."""
    for path in bombs(tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", BOMB, str(path), str(MEMORY), str(HERE), str(HERE.parent)],
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode == 0, f"{path.name}: {done.stderr[-2000:]}"
        assert "root:" not in done.stdout
        if path.name in (
            "laughs.xml",
            "outside.xml",
            "zeros.xml.gz",
            "spaces.nbib.gz",
            "line.txt",
            "laughs.md",
        ):
            assert done.stdout.startswith("REFUSED"), path.name
