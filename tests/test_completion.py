"""Shell completion: the scripts are printed, and a shell that reads one completes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli import COMMANDS, cli
from assistant.commands.completion import SHELLS, VARIABLE

BASH = shutil.which("bash")
PROGRAM = f"""#!{sys.executable}
import sys
sys.path.insert(0, {str(Path(__file__).resolve().parents[1])!r})
from assistant.cli import main
main()
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The folder of a program named firstpass."""
    path = tmp_path / "firstpass"
    path.write_text(PROGRAM, "utf-8")
    path.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_its_script(shell: str) -> None:
    """The script of each shell sets the variable that firstpass answers to."""
    shown = CliRunner().invoke(cli, ["completion", shell])
    assert shown.exit_code == 0
    assert f"{VARIABLE}={shell}_complete" in shown.output


def completed(program: Path, shell: str, words: str, place: int) -> set[str]:
    """What firstpass answers to a shell that completes the word at this place, without its types and helps."""
    environment = {
        **os.environ,
        VARIABLE: f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(place) if shell != "fish" else words.split(" ")[place],
    }
    done = subprocess.run(
        [program / "firstpass"], env=environment, capture_output=True, text=True, check=True
    )
    separators = {"bash": ",", "zsh": "\n", "fish": ","}
    return set(done.stdout.replace("\t", "\n").replace(separators[shell], "\n").split("\n"))


@pytest.mark.parametrize("shell", SHELLS)
def test_commands_options_and_folders_are_completed(program: Path, shell: str) -> None:
    """Every command comes for an empty word, the options of a command for its dashes, and a folder is asked for after --library."""
    assert set(COMMANDS) <= completed(program, shell, "firstpass ", 1)
    assert {"--fix", "--dry-run"} <= completed(program, shell, "firstpass check --", 2)
    assert "dir" in completed(program, shell, "firstpass ask --library my", 3)


@pytest.mark.skipif(BASH is None, reason="needs bash")
def test_bash_reads_its_script_and_completes(program: Path) -> None:
    """A bash that has read the script completes "firstpass rol" to rollback."""
    script = (
        "source <(firstpass completion bash) && COMP_WORDS=(firstpass rol) COMP_CWORD=1 && _firstpass_completion firstpass "
        '&& printf "%s\\n" "${COMPREPLY[@]}"'
    )
    environment = {**os.environ, "PATH": f"{program}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [str(BASH), "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("rollback\n", "")
