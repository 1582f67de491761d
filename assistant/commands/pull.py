"""`firstpass pull`: the saved searches of library.toml, run, and what is new put into the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from assistant.commands import options

if TYPE_CHECKING:
    from corpus.library_file import Library, Search
    from corpus.pull import Run

_EXAMPLE = (
    '[[search]] with name = "…", source = "pubmed" and query = "…", or source = "feed" and url = "https://…"'
)
_SHOWN = 5


@click.command("pull", short_help="Run the library's saved searches and fetch what is new.")
@click.argument("name", nargs=-1)
@options.library
@options.as_json
@click.option("--dry-run", is_flag=True, help="Say what is new; fetch and write nothing.")
def command(name: tuple[str, ...], library: str | None, *, json_: bool, dry_run: bool) -> None:
    r"""Run the saved searches of library.toml (those of these NAMEs, or all) and put what is new into pulled/.

    A run that was stopped is gone on with by the next. Each run is one line of searches.jsonl: the query, how PubMed
    understood it, the count and the date. NCBI_API_KEY and NCBI_EMAIL are taken from the environment.

    \b
    Examples:
      firstpass pull --library my-library
      firstpass pull "IV cells" --library my-library --dry-run
    """
    from datetime import UTC, datetime

    from assistant.access import email_of, eutils_for, fetcher_for, library_to_change
    from assistant.progress import bar
    from corpus.library import is_left_alone
    from corpus.pull import Sources, pull
    from corpus.pull_records import FOLDER, Round

    found = library_to_change(library)
    searches = _chosen(found, name)
    if not email_of(found) and any(search.source == "pubmed" for search in searches):
        click.echo("note: NCBI asks for an e-mail address with each request; set NCBI_EMAIL", err=True)
    if is_left_alone(found, f"{FOLDER}/any/any.xml.gz"):
        click.echo(
            f"note: library.toml leaves out {FOLDER}/, so what is pulled is not read; mend include or exclude",
            err=True,
        )
    sources = Sources(eutils_for(found), fetcher_for(found))
    with bar() as progress:
        runs = pull(searches, sources, Round(found.folder, datetime.now(UTC), progress, dry_run))
    if json_:
        options.print_json(runs_object(found, runs, dry_run=dry_run))
    else:
        _print(runs, dry_run=dry_run)
    if not all(run.complete for run in runs):
        raise SystemExit(1)


def _chosen(library: Library, names: tuple[str, ...]) -> tuple[Search, ...]:
    """The saved searches of these names; all where none is named.

    Raises:
        SettingsError: there is none, or none of that name.
    """
    from assistant.errors import SettingsError

    place = library.folder / "library.toml"
    if not library.searches:
        msg = f"{place} has no saved search, so there is nothing to pull; add {_EXAMPLE}"
        raise SettingsError(msg)
    known = [search.name for search in library.searches]
    if unknown := [name for name in names if name not in known]:
        msg = f'{place} has no search named "{unknown[0]}", so nothing was pulled; it has: {", ".join(known)}'
        raise SettingsError(msg)
    return tuple(search for search in library.searches if not names or search.name in names)


def runs_object(library: Library, runs: tuple[Run, ...], *, dry_run: bool) -> dict[str, Any]:
    """The runs, for --json."""
    import msgspec

    return {"library": str(library.folder), "dry_run": dry_run, "runs": msgspec.to_builtins(runs)}


def _print(runs: tuple[Run, ...], *, dry_run: bool) -> None:
    for run in runs:
        if run.query_translation:
            click.echo(f"{run.name}: read as {run.query_translation}", err=True)
        for warning in run.warnings:
            click.echo(f"{run.name}: {warning}", err=True)
        if run.lacking:
            listed = ", ".join(run.lacking[:_SHOWN]) + (", …" if len(run.lacking) > _SHOWN else "")
            click.echo(f"{run.name}: {len(run.lacking)} listed but not given: {listed}", err=True)
        if not run.complete:
            click.echo(
                f"{run.name}: not finished: {run.error}; what came is kept, and the next pull goes on",
                err=True,
            )
            continue
        what = "records" if run.source == "pubmed" else "posts"
        click.echo(f"{run.name}: {run.count:,} {what} found, {run.held:,} here already, {run.new:,} new")
    if dry_run:
        click.echo("nothing was fetched (dry run)")
    elif any(run.new for run in runs):
        click.echo("next: firstpass index")
