"""`firstpass check`: what a curator should look at before indexing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.commands import options

if TYPE_CHECKING:
    from assistant.sweep import Swept

NOTED = 20
"""Notes shown on a terminal; --json has all."""


@click.command("check", short_help="Check the library and its vocabulary.")
@options.library
@options.as_json
@click.option("--strict", is_flag=True, help="Exit 1 where anything is found.")
@click.option(
    "--retractions", is_flag=True, help="Ask after every paper's status, and publish what was found."
)
@click.option(
    "--watch",
    metavar="FILE.csv",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Retraction Watch's CSV file, for --retractions.",
)
@click.option(
    "--pubmed/--no-pubmed",
    default=None,
    help="Ask PubMed too, for --retractions; the default where no --watch is given.",
)
@click.option("--dry-run", is_flag=True, help="With --retractions: say what would change; publish nothing.")
def command(  # noqa: PLR0913 - one argument for each option of the command line
    library: str | None,
    *,
    json_: bool,
    strict: bool,
    retractions: bool,
    watch: Path | None,
    pubmed: bool | None,
    dry_run: bool,
) -> None:
    r"""Say what a curator should look at before indexing.

    What cannot be read, lacks a date, an abstract, a design or a species, is a notice, or came twice; where the record
    says one thing and the text another; and where the vocabulary contradicts itself. What bears on most of the library's
    judged questions comes first.

    With --retractions: the statuses of all papers of the store are asked of PubMed and of Retraction Watch's file, and
    a store with what was found is published, nothing encoded anew. What was found is kept in statuses.jsonl, and every
    answer says how old the check is.

    \b
    Examples:
      firstpass check --library my-library
      firstpass check --json
      firstpass check --retractions --watch retraction_watch.csv --library my-library
    """
    if retractions:
        _sweep(library, watch, pubmed=pubmed, dry_run=dry_run, json_=json_)
        return
    if watch is not None or pubmed is not None or dry_run:
        msg = "--watch, --pubmed and --dry-run go with --retractions"
        raise click.UsageError(msg)
    _lint(library, json_=json_, strict=strict)


def _lint(library: str | None, *, json_: bool, strict: bool) -> None:
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
            part = f" [{one.questions} judged questions]" if one.questions else ""
            click.echo(f"{one.place}: {one.what}; {one.cure}{part}")
        click.echo(f"findings: {len(found)}")
    if strict and found:
        raise click.exceptions.Exit(1)


def _object(finding: Any) -> dict[str, Any]:
    return {
        "place": finding.place,
        "sort": finding.sort,
        "what": finding.what,
        "cure": finding.cure,
        "questions": finding.questions,
    }


def _sweep(
    library: str | None, watch: Path | None, *, pubmed: bool | None, dry_run: bool, json_: bool
) -> None:
    import os

    from assistant.access import eutils_for
    from assistant.answering import Bench
    from assistant.progress import bar
    from assistant.settings import find_library
    from assistant.sweep import Sweep, sweep, watch_file
    from index.publish import now

    bench = Bench(find_library(library))
    if pubmed is None:
        pubmed = watch is None or bool(os.environ.get("FIRSTPASS_EUTILS_URL"))
    if watch is None and not pubmed:
        msg = "nothing to ask: give --watch FILE.csv, or let PubMed be asked"
        raise click.UsageError(msg)
    how = Sweep(
        now()[:10],
        watch_file(watch) if watch else None,
        eutils_for(bench.library) if pubmed else None,
        dry_run=dry_run,
    )
    with bar() as progress:
        swept = sweep(bench, how, progress=progress)
    if json_:
        options.print_json(_swept_object(swept, dry_run=dry_run))
    else:
        _print_swept(swept, dry_run=dry_run)
    failed = [one.failed for one in swept.asked if one.failed]
    for why in failed:
        click.echo(f"Error: {why}", err=True)
    if failed:
        raise click.exceptions.Exit(1)


def _swept_object(swept: Swept, *, dry_run: bool) -> dict[str, Any]:
    import msgspec

    from assistant.changes import diff_object

    return {
        "version": swept.report.version,
        "published": swept.report.published,
        "dry_run": dry_run,
        "passages": {"encoded": swept.report.encoded, "reused": swept.report.reused},
        "papers": swept.papers,
        "unasked": list(swept.unasked),
        "checks": [
            {
                **msgspec.to_builtins(one.check),
                "notes": list(one.notes),
                "problems": list(one.problems),
                "failed": one.failed or None,
            }
            for one in swept.asked
        ],
        "worse": [{"question": one.question, "how": list(one.how)} for one in swept.gate.worse],
        "diff": diff_object(swept.diff),
    }


def _print_swept(swept: Swept, *, dry_run: bool) -> None:
    for one in swept.asked:
        reach = f" ({one.check.reach})" if one.check.reach else ""
        click.echo(
            f"{one.check.source}{reach}: {one.check.asked} papers asked after, {one.check.known} with a status"
        )
        notes = (*one.problems, *one.notes)
        for note in notes[:NOTED]:
            click.echo(f"note: {note}", err=True)
        if len(notes) > NOTED:
            click.echo(f"note: and {len(notes) - NOTED} more (--json lists all)", err=True)
    if swept.unasked:
        click.echo(
            f"not asked after, for want of an identifier or of an answer: {len(swept.unasked)} of {swept.papers} papers"
        )
    for change in swept.diff.statuses:
        click.echo(f"{change.before or 'new'} → {change.after}: {change.citation}")
    for answer in swept.diff.answers.changes:
        click.echo(f"answered differently: {answer.question} ({', '.join(answer.aspects)})")
    for worse in swept.gate.worse:
        click.echo(f"judged question to look at: {worse.question} ({', '.join(worse.how)})")
    click.echo(_sweep_outcome(swept, dry_run=dry_run))


def _sweep_outcome(swept: Swept, *, dry_run: bool) -> str:
    changed = f"statuses changed: {len(swept.diff.statuses)}"
    if dry_run:
        return f"{changed}; nothing was published (dry run)"
    if swept.report.published:
        return (
            f"{changed}; store {swept.report.version} is published, {swept.report.encoded} passages encoded"
        )
    return f"{changed}; store {swept.report.version} is unchanged"
