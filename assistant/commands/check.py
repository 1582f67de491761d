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
@click.option(
    "--fix", is_flag=True, help="Mend what needs no judgement; the files are set aside as they were."
)
@click.option(
    "--dry-run", is_flag=True, help="With --fix or --retractions: say what would change; change nothing."
)
def command(  # noqa: PLR0913 - one argument for each option of the command line
    library: str | None,
    *,
    json_: bool,
    strict: bool,
    retractions: bool,
    watch: Path | None,
    pubmed: bool | None,
    fix: bool,
    dry_run: bool,
) -> None:
    r"""Say what a curator should look at before indexing.

    What cannot be read, lacks a date, an abstract, a design or a species, is a notice, or came twice; where the record
    says one thing and the text another; and where the vocabulary contradicts itself. What bears on most of the library's
    judged questions comes first.

    With --fix: front matter keys without meaning become comments, a DOI written as an address and a PMID with leading
    zeros or a prefix are written plainly, and a file with the very bytes of another is set aside. Nothing else is touched,
    nothing that would change an id which curation.toml or questions.toml names, and nothing in pulled/. Each file is
    kept as it was in .firstpass/mended/.

    With --retractions: the statuses of all papers of the store are asked of PubMed and of Retraction Watch's file, and
    a store with what was found is published, nothing encoded anew. What was found is kept in statuses.jsonl, and every
    answer says how old the check is.

    \b
    Examples:
      firstpass check --library my-library
      firstpass check --fix --dry-run --library my-library
      firstpass check --retractions --watch retraction_watch.csv --library my-library
    """
    if fix and (retractions or strict):
        msg = "--fix goes with --library, --json and --dry-run only"
        raise click.UsageError(msg)
    if retractions:
        _sweep(library, watch, pubmed=pubmed, dry_run=dry_run, json_=json_)
        return
    if watch is not None or pubmed is not None or (dry_run and not fix):
        msg = "--watch and --pubmed go with --retractions, --dry-run with --retractions or --fix"
        raise click.UsageError(msg)
    if fix:
        _fix(library, json_=json_, dry_run=dry_run)
        return
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


def _fix(library: str | None, *, json_: bool, dry_run: bool) -> None:
    from dataclasses import asdict

    from assistant.access import library_to_change
    from assistant.progress import bar
    from corpus.library import read_library
    from corpus.mending import look, mend

    opened = library_to_change(library)
    with bar() as progress:
        reading = read_library(opened, on_progress=lambda done, of, _: progress("reading", done, of))
    found = look(opened, reading.read)
    changed = () if dry_run or not found.content else mend(opened, found)
    made = [one for one in found.mends if not one.left and one.place not in changed]
    left = [one for one in found.mends if one.left]
    if json_:
        said = {"mended": [asdict(one) for one in made], "left": [asdict(one) for one in left]}
        options.print_json(
            {"library": str(opened.folder), "dry_run": dry_run, **said, "meanwhile": list(changed)}
        )
        return
    for one in left:
        click.echo(f"left: {one.place}: {one.what}; {one.left}", err=True)
    for name in changed:
        click.echo(f"left: {name} was changed meanwhile; run it again", err=True)
    for one in made:
        click.echo(f"{'would mend' if dry_run else 'mended'} {one.place}: {one.what}; {one.does}")
    click.echo(_fix_outcome(len(made), dry_run=dry_run))


def _fix_outcome(made: int, *, dry_run: bool) -> str:
    if dry_run:
        return f"to mend: {made}; nothing was changed (dry run)"
    if not made:
        return "mended: 0; there is nothing that needs no judgement"
    return f"mended: {made}; the files as they were are in .firstpass/mended/; next: firstpass index"


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
