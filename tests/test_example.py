"""The README's example, from an empty folder to a running bot: its very commands, in order, against stand-ins."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from eutils_stand_in import entries, stand_in
from slack_stand_in import SlackStandIn

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BASH = shutil.which("bash")
PROGRAM = f"""#!{sys.executable}
import sys
sys.path.insert(0, {str(ROOT)!r})
from assistant.cli import main
main()
"""


def blocks() -> list[str]:
    """The example's shell blocks, in order."""
    found = re.search(r"<!-- example -->\n(.*?)<!-- /example -->", README, re.DOTALL)
    assert found is not None
    return re.findall(r"```sh\n(.*?)```", found[1], re.DOTALL)


def test_the_example_stands_just_before_the_reference() -> None:
    """Three blocks, the last of which ends with the bot; then comes the reference."""
    assert [block.strip().rsplit("\n", 1)[-1] for block in blocks()][2] == "firstpass slack"
    assert len(blocks()) == 3
    assert "<!-- /example -->\n\n<!-- reference -->" in README


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.skipif(BASH is None, reason="needs bash")
def test_the_example_ends_with_a_bot_that_answers(tmp_path: Path) -> None:
    """Every command exits 0, the answer says that nothing matches, the map is written, and the bot answers the question in Slack."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "firstpass"
    program.write_text(PROGRAM, "utf-8")
    program.chmod(0o755)
    library = tmp_path / "knees"
    with stand_in(entries(3)) as eutils, SlackStandIn() as slack:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("FIRSTPASS_")},
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "FIRSTPASS_EUTILS_URL": eutils.address,
            "FIRSTPASS_STATE": str(tmp_path / "state"),
            "NCBI_EMAIL": "curator@example.org",
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": "xapp-1",
        }

        def run(script: str, folder: Path) -> str:
            done = subprocess.run(
                [str(BASH), "-euc", script],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        first, second, third = blocks()
        assert "0 of " in run(first, tmp_path)
        shown = run(second, library)
        assert "BMC, knee (pubmed): 3 found" in shown
        assert (library / "knees.html").stat().st_size > 0
        *before, last = third.strip().split("\n")
        run("\n".join(before), library)
        with subprocess.Popen([program, *last.split()[1:]], cwd=library, env=environment) as bot:
            try:
                slack.connected(1, 180)
                slack.ask("is IV BMC for knee OA real?")
                slack.wait(lambda: len(slack.answers()) == 1, 60)
            finally:
                bot.terminate()
                assert bot.wait(60) == 0
        asked = re.findall(
            r"^ +(\d+)  bone marrow concentrate · intravenous", run("firstpass status", library), re.MULTILINE
        )
        assert asked == ["2"]
