"""`firstpass rollback`: an earlier store is served again."""

from __future__ import annotations

from typing import Any

import click

from assistant.commands import options


@click.command("rollback", short_help="Serve an earlier store again.")
@click.argument("version", required=False)
@click.option("--reason", default="", help="Why, for the history.")
@options.library
@options.as_json
def command(version: str | None, library: str | None, *, reason: str, json_: bool) -> None:
    r"""Serve the store before the current one again, or the one named by VERSION (its first digits are enough).

    Nothing is built: every answer is what it was when that store was served. A store that cannot be served as things
    are now is refused, and what is served stays.

    \b
    Examples:
      firstpass rollback --library my-library
      firstpass rollback 3f2a --library my-library --reason "the new labels are wrong"
    """
    from assistant.answering import Bench
    from assistant.settings import find_library
    from assistant.versions import roll_back

    told: dict[str, Any] = roll_back(Bench(find_library(library)), version, reason=reason)
    if json_:
        options.print_json(told)
        return
    click.echo(f"store {told['version']} is served now, built {told['built']}, {told['documents']} documents")
    if told["left"]:
        click.echo(f"store {told['left']} was served before; back to it: firstpass rollback {told['left']}")
