"""`firstpass index`: the library is read, labelled, encoded and published as a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from assistant.commands import options

if TYPE_CHECKING:
    from assistant.gate import Gate
    from assistant.indexing import Indexed
    from corpus.library import LibraryReading


@click.command("index", short_help="Read the library and publish its store.")
@options.library
@options.as_json
@click.option("--strict", is_flag=True, help="Exit 1 where anything could not be read.")
@click.option("--dry-run", is_flag=True, help="Say what would change, answers too; publish nothing.")
@click.option(
    "--accept",
    metavar="REASON",
    help="Publish although judged questions got worse; the history keeps the reason.",
)
@click.option(
    "--ray",
    metavar="ADDRESS",
    help="Label and encode on a Ray cluster: auto, HOST:PORT, ray://HOST:PORT; local for this machine.",
)
def command(  # noqa: PLR0913 - click gives every option by name
    library: str | None, *, json_: bool, strict: bool, dry_run: bool, accept: str | None, ray: str | None
) -> None:
    r"""Read every file of the library, and publish a store that answers are made from.

    What could not be read is reported with its reason and a cure; the rest is indexed. Only changed passages are encoded.
    The library's own judged questions (questions.toml) are asked first: where one is answered worse than by the store
    served now, nothing is published, unless --accept says why it should be.

    With --ray: documents are split, labelled and encoded on a cluster, shard by shard, and the store has the same bytes as
    without it. What was done is kept, so that a run that was stopped goes on. Every machine of the cluster has the same
    firstpass (pip install 'firstpass[cluster]') and sees the folder of shards, [ray] shards in library.toml or the stores' own.

    \b
    Examples:
      firstpass index --library my-library
      firstpass index --library my-library --dry-run
      firstpass index --library my-library --accept "the paper was withdrawn from the library"
      firstpass index --library my-library --ray ray://head.example:10001
    """
    from assistant.answering import Bench
    from assistant.indexing import index_library
    from assistant.progress import bar
    from assistant.settings import find_library

    if accept is not None and not accept.strip():
        msg = "--accept needs a reason"
        raise click.UsageError(msg)
    settings = find_library(library)
    if ray is None:
        bench = Bench(settings)
    else:
        from assistant.on_ray import RayBench

        bench = RayBench(settings, ray)
    with bar() as progress:
        indexed = index_library(bench, dry_run=dry_run, accept=accept, progress=progress)
    if json_:
        options.print_json(report_object(indexed))
    else:
        _print(indexed)
    if indexed.refused:
        click.echo(f"Error: {indexed.refused}", err=True)
    if indexed.refused or (strict and indexed.reading.problems):
        raise click.exceptions.Exit(1)


def report_object(indexed: Indexed) -> dict[str, Any]:
    """What was read and built, for --json."""
    from assistant.changes import diff_object

    reading, report = indexed.reading, indexed.report
    return {
        "version": report.version,
        "published": report.published,
        "documents": len(reading.documents),
        "added": list(report.added),
        "changed": list(report.changed),
        "removed": list(report.removed),
        "passages": {"encoded": report.encoded, "reused": report.reused},
        "seconds": round(report.seconds, 2),
        "gate": _gate_object(indexed.gate),
        "accepted": indexed.accepted,
        "diff": diff_object(indexed.diff) if indexed.diff else None,
        **_reading_object(reading),
    }


def _gate_object(gate: Gate) -> dict[str, Any]:
    return {
        "open": gate.open,
        "asked": gate.asked,
        "against": gate.against,
        "worse": [
            {"question": one.question, "from": one.before, "to": one.after, "how": list(one.how)}
            for one in gate.worse
        ],
        "wrong": list(gate.wrong),
    }


def _reading_object(reading: LibraryReading) -> dict[str, Any]:
    return {
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


def _print(indexed: Indexed) -> None:
    from assistant.changes import diff_lines

    reading, report = indexed.reading, indexed.report
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
    _print_gate(indexed.gate)
    for line in diff_lines(indexed.diff) if indexed.diff else ():
        click.echo(line)
    click.echo(_outcome(indexed))


def _print_gate(gate: Gate) -> None:
    if not gate.asked:
        return
    against = f"worse than by store {gate.against}" if gate.against else "wrong that must be right"
    click.echo(f"{gate.asked} judged questions: {len(gate.worse)} {against}, {len(gate.wrong)} wrong")
    for one in gate.worse:
        click.echo(f"  worse: {one.question}")
        for how in one.how:
            click.echo(f"      {how}")


def _outcome(indexed: Indexed) -> str:
    report = indexed.report
    if indexed.dry_run:
        would = (
            "would be refused" if not indexed.gate.open and indexed.accepted is None else "would be published"
        )
        if indexed.unchanged:
            would = "is served already, unchanged"
        return f"store {report.version} {would}; nothing was changed (dry run)"
    if indexed.refused:
        return f"store {report.version} is not published"
    if not report.published:
        return f"store {report.version} is unchanged"
    accepted = f' (accepted: "{indexed.accepted}")' if indexed.accepted is not None else ""
    return f"store {report.version} is published{accepted}"
