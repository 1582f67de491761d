"""The command line as a person or a script meets it: outputs, exits, errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli import COMMANDS, cli


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own."""
    code = "from assistant.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        cwd=Path(__file__).resolve().parents[1],
    )


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help_with_an_example(name: str) -> None:
    """`firstpass NAME --help` says what it does and shows at least one example."""
    shown = CliRunner().invoke(cli, [name, "--help"])
    assert shown.exit_code == 0
    assert f"firstpass {name}" in shown.output.split("Example", 1)[1]


def test_help_lists_every_command() -> None:
    """The first screen of help names each command with its first line."""
    shown = CliRunner().invoke(cli, ["--help"])
    assert all(name in shown.output for name in COMMANDS)


def test_help_imports_nothing_heavy() -> None:
    """`firstpass --help` loads neither torch nor faiss nor numpy, so that it is there at once."""
    code = (
        "import sys; sys.argv = ['firstpass', '--help']\n"
        "from assistant.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('torch', 'faiss', 'numpy', 'sentence_transformers', 'lxml', 'sqlalchemy') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_asking_needs_nothing_of_the_bots() -> None:
    """What `firstpass ask` imports holds neither Slack's libraries nor those of the bots' database."""
    code = (
        "import sys\n"
        "import assistant.commands.ask, assistant.answering, assistant.contract, assistant.terminal, assistant.unanswered\n"
        "print([name for name in ('sqlalchemy', 'alembic', 'slack_bolt', 'slack_sdk') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_library_that_is_no_folder_is_an_error_with_a_cure() -> None:
    """The wrong folder is named, nothing is on standard output, the exit is 1, and there is no traceback."""
    done = run("ask", "BMC for knee OA", "--library", "no-such-folder")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        'Error: the library "no-such-folder" is no folder, so nothing can be read from it; name one with --library FOLDER\n'
    )


def test_wrong_usage_exits_2() -> None:
    """A command that does not exist is wrong usage."""
    assert run("nonsense").returncode == 2


def test_a_bad_line_is_named_by_label(tmp_path: Path) -> None:
    """`label` says file and line of what is not JSON, and exits 1."""
    file = tmp_path / "rows.jsonl"
    file.write_text(
        '{"id": "1", "title": "Synthetic", "text": "Ten rats were given cells."}\nno json\n', "utf-8"
    )
    done = run("label", str(file))
    assert done.returncode == 1
    assert f"{file}, line 2: not JSON" in done.stderr


def test_label_gives_spans_into_title_newline_text(tmp_path: Path) -> None:
    """Each span of a text rule lies within title, newline, text, and is not empty."""
    row = {
        "id": "1",
        "title": "Intravenous mesenchymal stem cells in rats",
        "text": "Twenty Wistar rats were randomly assigned to intravenous mesenchymal stem cells or saline.",
    }
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row) + "\n", "utf-8")
    labelled = json.loads(CliRunner().invoke(cli, ["label", str(file)]).output)
    whole = f"{row['title']}\n{row['text']}"
    spans = [span for label in labelled["labels"].values() for span in label["spans"]]
    assert labelled["labels"]["species"]["values"] == ["rat"]
    assert labelled["labels"]["route"]["values"] == ["intravenous"]
    assert spans
    assert all(0 <= start < end <= len(whole) for start, end in spans)


def test_check_reports_a_contradicting_vocabulary(tmp_path: Path) -> None:
    """A library whose own vocabulary file names an unknown broader concept is refused with the file's name."""
    (tmp_path / "library.toml").write_text('name = "mine"\n[settings]\nvocabulary = "words.toml"\n', "utf-8")
    (tmp_path / "words.toml").write_text(
        '[[concept]]\nid = "new-cells"\nfacet = "intervention"\nname = "new cells"\nbroader = "nowhere"\nforms = ["new cell"]\n',
        "utf-8",
    )
    done = run("check", "--library", str(tmp_path))
    assert done.returncode == 1
    assert "words.toml" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.model
def test_index_ask_show_and_status_go_together(tmp_path: Path) -> None:
    """A folder is indexed by the real model, asked, and each quote equals what `show --text` prints at its offsets."""
    library = tmp_path / "mine"
    library.mkdir()
    (library / "records.nbib").write_text(
        "PMID- 00000001\nTI  - Synthetic record: intravenous bone marrow concentrate for knee osteoarthritis\n"
        "AB  - BACKGROUND: Knees ache. METHODS: Twenty patients with knee osteoarthritis were given bone marrow concentrate\n"
        "      intravenously. RESULTS: Pain on the WOMAC was noted in 7 of 20 patients at 6 months.\n",
        "utf-8",
    )
    (library / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    indexed = CliRunner().invoke(cli, ["index", "--library", str(library), "--json"])
    report = json.loads(indexed.stdout)
    assert (report["documents"], [problem["place"] for problem in report["problems"]]) == (1, ["broken.pdf"])
    asked = json.loads(
        CliRunner().invoke(cli, ["ask", "IV BMC for knee OA", "--library", str(library), "--json"]).stdout
    )
    passage = asked["parts"][0]["passages"][0]
    text = CliRunner().invoke(cli, ["show", passage["document"], "--text", "--library", str(library)]).stdout
    assert text[passage["start"] : passage["end"]] == passage["quote"]
    assert passage["direct"] is True
    status = json.loads(CliRunner().invoke(cli, ["status", "--library", str(library), "--json"]).stdout)
    assert status["store"]["version"] == asked["store"]["version"]
    strict = CliRunner().invoke(cli, ["index", "--library", str(library), "--strict"])
    assert strict.exit_code == 1
    assert "broken.pdf" in strict.stderr
