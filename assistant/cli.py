"""The command `firstpass`: finds the command's module, and turns expected failures into a message and exit 1."""

from __future__ import annotations

import sys
from importlib import import_module

import click

# Name → first line of help. The modules are imported only when their command runs or its help is asked for,
# so that `firstpass --help` stays under 0.3 s of CPU.
COMMANDS = {
    "ask": "Answer a question with passages word for word and a count of the evidence.",
    "index": "Read the library and publish its store.",
    "status": "Say what is served, since when, and what it holds.",
    "show": "Show a document: its citation, labels, status and text.",
    "explain": "Show the whole reasoning behind one answer.",
    "label": "Label abstracts given as JSON lines.",
    "check": "Check the library and its vocabulary.",
    "measure": "Measure search, labels or questions against judged ones.",
    "add": "Put a file, a folder, a page, a PMID or a DOI into the library.",
    "pull": "Run the library's saved searches and fetch what is new.",
    "diff": "Say what changed between two stores, and which answers.",
    "rollback": "Serve an earlier store again.",
    "map": "Draw the evidence gap map: products by conditions.",
    "feedback": "List what people said of answers, or export it as judged questions.",
    "slack": "Answer in Slack (Socket Mode; no public address needed).",
    "completion": "Print the completion script of your shell.",
}


class LazyGroup(click.Group):
    """A group whose commands live in `assistant.commands`, one module each."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click gives it
        """The commands in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click gives it
        """The command, imported now; None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"assistant.commands.{cmd_name}").command
        # Docstrings are raw, as lint wants them; click's mark for a paragraph that is not wrapped is the character itself.
        command.help = (command.help or "").replace("\\b", "\b")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click gives it
        """The list of commands, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


ABOUT = """Answer a physician's question from a curated corpus.

Passages are quoted word for word with their citations, under an honest count of the evidence.

\b
Examples:
  firstpass ask "is IV BMC for knee OA real?"
  firstpass index --library my-library
  firstpass show pmid:23133515 --text
"""


@click.group(cls=LazyGroup, help=ABOUT, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="firstpass", prog_name="firstpass")
def cli() -> None:
    """The group of all commands."""


def main() -> None:
    """Run the command line: exit 0 done, 1 expected failure with a cure, 2 wrong usage."""
    from assistant.errors import AssistantError
    from corpus.errors import CorpusError
    from index.errors import SearchError

    try:
        sys.exit(cli(standalone_mode=False) or 0)  # click returns the code of its Exit
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except (AssistantError, CorpusError, SearchError) as expected:
        click.echo(f"Error: {expected}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
