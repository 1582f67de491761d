"""`firstpass check`: what a curator should look at before indexing."""

from __future__ import annotations

from typing import Any

import click

from assistant.commands import options


@click.command("check", short_help="Check the library and its vocabulary.")
@options.library
@options.as_json
@click.option("--strict", is_flag=True, help="Exit 1 where anything is found.")
def command(library: str | None, *, json_: bool, strict: bool) -> None:
    r"""Say what a curator should look at before indexing.

    What cannot be read, lacks a date, an abstract, a design or a species, is a notice, or came twice; and where the
    vocabulary contradicts itself.

    \b
    Examples:
      firstpass check --library my-library
      firstpass check --json
    """
    from assistant.answering import Bench
    from assistant.checking import findings
    from assistant.progress import bar
    from assistant.settings import find_library

    bench = Bench(find_library(library))
    with bar() as progress:
        found = findings(bench, bench.read(progress))
    if json_:
        options.print_json([_object(one) for one in found])
    else:
        for one in found:
            click.echo(f"{one.place}: {one.what}; {one.cure}")
        click.echo(f"{len(found)} findings")
    if strict and found:
        raise click.exceptions.Exit(1)


def _object(finding: Any) -> dict[str, str]:
    return {"place": finding.place, "sort": finding.sort, "what": finding.what, "cure": finding.cure}
