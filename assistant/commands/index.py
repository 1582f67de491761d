"""`firstpass index`: the library is read, labelled, encoded and published as a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from assistant.commands import options

if TYPE_CHECKING:
    from corpus.library import LibraryReading
    from index.build import BuildReport


@click.command("index", short_help="Read the library and publish its store.")
@options.library
@options.as_json
@click.option("--strict", is_flag=True, help="Exit 1 where anything could not be read.")
@click.option("--dry-run", is_flag=True, help="Say what would change; publish nothing.")
def command(library: str | None, *, json_: bool, strict: bool, dry_run: bool) -> None:
    r"""Read every file of the library, and publish a store that answers are made from.

    What could not be read is reported with its reason and a cure; the rest is indexed. Only changed passages are encoded.

    \b
    Examples:
      firstpass index --library my-library
      firstpass index --library my-library --strict
    """
    from assistant.answering import Bench, read_floor
    from assistant.progress import bar
    from assistant.settings import find_library

    bench = Bench(find_library(library))
    with bar() as progress:
        reading = bench.read(progress)
        encoders = bench.encoders()
        prepared = bench.prepare(reading, encoders, progress)
        if dry_run:
            report = prepared.report
            prepared.discard()
        else:
            report = bench.publish(prepared)
            with bench.open() as store:
                read_floor(bench, store, encoders)
    outcome = report_object(reading, report)
    if json_:
        options.print_json(outcome)
    else:
        _print(reading, report, dry_run=dry_run)
    if strict and reading.problems:
        raise click.exceptions.Exit(1)


def report_object(reading: LibraryReading, report: BuildReport) -> dict[str, Any]:
    """What was read and built, for --json."""
    return {
        "version": report.version,
        "published": report.published,
        "documents": len(reading.documents),
        "added": list(report.added),
        "changed": list(report.changed),
        "removed": list(report.removed),
        "passages": {"encoded": report.encoded, "reused": report.reused},
        "seconds": round(report.seconds, 2),
        "files": {"read": len(reading.read), "unread": len(reading.unread), "skipped": list(reading.skipped)},
        "problems": [
            {"place": one.place, "reason": one.reason, "cure": one.cure} for one in reading.problems
        ],
        "warnings": list(reading.warnings),
        "merges": [
            {"kept": one.kept, "absorbed": list(one.absorbed), "by": one.by, "origins": list(one.origins)}
            for one in reading.merges
        ],
        "deleted": list(reading.deleted),
        "excluded": list(reading.excluded),
    }


def _print(reading: LibraryReading, report: BuildReport, *, dry_run: bool) -> None:
    for problem in reading.problems:
        click.echo(f"not read: {problem.place}: {problem.reason}; {problem.cure}", err=True)
    for warning in reading.warnings:
        click.echo(f"note: {warning}", err=True)
    for one in reading.merges:
        click.echo(f"same paper: {', '.join(one.absorbed)} is {one.kept} (by {one.by})", err=True)
    click.echo(
        f"{len(reading.read)} files read, {len(reading.unread)} not read, {len(reading.documents)} documents"
    )
    click.echo(f"{len(report.added)} added, {len(report.changed)} changed, {len(report.removed)} removed")
    click.echo(f"{report.encoded} passages encoded, {report.reused} reused, {report.seconds:.1f} s")
    if dry_run:
        click.echo(f"store {report.version} would be published; nothing was (dry run)")
    elif report.published:
        click.echo(f"store {report.version} is published")
    else:
        click.echo(f"store {report.version} is unchanged")
