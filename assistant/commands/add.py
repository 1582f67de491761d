"""`firstpass add`: sources put into the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from assistant.commands import options

if TYPE_CHECKING:
    from corpus.add import Added, AddedFile
    from corpus.library_file import Library

_SHOWN = 5
_TRIES = 3


@click.command("add", short_help="Put a file, a folder, a page, a PMID or a DOI into the library.")
@click.argument("source", nargs=-1, required=True)
@click.option(
    "--meta",
    multiple=True,
    metavar="KEY=VALUE",
    help="State what the source does not say of itself, by the keys of front matter; may be given again.",
)
@options.library
@options.as_json
@click.option("--dry-run", is_flag=True, help="Say what would be added; write nothing.")
def command(
    source: tuple[str, ...], meta: tuple[str, ...], library: str | None, *, json_: bool, dry_run: bool
) -> None:
    r"""Put each SOURCE into the library: a file, a folder, a page's address, a PMID, a DOI, an .nbib, .ris or .xml export.

    Nothing in the library is ever written over; content that is there already is not doubled. Files and folders keep
    their names, what is fetched goes to added/. What --meta states is written beside each file, as FILE.meta.toml.

    \b
    Examples:
      firstpass add paper.pdf --meta doi=10.1000/synthetic --library my-library
      firstpass add export.nbib posts/ --library my-library
      firstpass add 23133515 https://blog.example/post --library my-library --dry-run
    """
    import os

    from assistant.access import eutils_for, fetcher_for, library_to_change
    from assistant.progress import bar
    from corpus.add import Wish, add, stated_by
    from corpus.sources import DOI_ADDRESS, Reach

    found = library_to_change(library)
    doi_address = os.environ.get("FIRSTPASS_DOI_URL", "").strip() or DOI_ADDRESS
    reach = Reach(found.folder, fetcher_for(found), eutils_for(found, tries=_TRIES), doi_address)
    wish = Wish(source, stated_by(meta), dry_run)
    with bar() as progress:
        added = add(wish, found, reach, on_progress=lambda done, of, _: progress("reading", done, of))
    if json_:
        options.print_json(added_object(found, added, dry_run=dry_run))
    else:
        _print(added, dry_run=dry_run)
    if added.failed:
        raise SystemExit(1)


def added_object(library: Library, added: Added, *, dry_run: bool) -> dict[str, Any]:
    """What was added, for --json."""
    return {
        "library": str(library.folder),
        "dry_run": dry_run,
        "added": [
            {
                "source": one.source,
                "file": one.name,
                "documents": [{"id": id_, "title": title} for id_, title in one.documents],
                "warnings": list(one.warnings),
            }
            for one in added.files
        ],
        "already": [{"source": source, "file": name} for source, name in added.already],
        "problems": [{"place": one.place, "reason": one.reason, "cure": one.cure} for one in added.problems],
        "skipped": list(added.skipped),
        "merges": [
            {"kept": one.kept, "absorbed": list(one.absorbed), "by": one.by, "origins": list(one.origins)}
            for one in added.merges
        ],
        "failed": list(added.failed),
    }


def _print(added: Added, *, dry_run: bool) -> None:
    for problem in added.problems:
        click.echo(f"not read: {problem.place}: {problem.reason}; {problem.cure}", err=True)
    for name in added.skipped:
        click.echo(f"left alone: {name} is the settings of a library, not a source", err=True)
    for one in added.files:
        _print_file(one, verb="would add" if dry_run else "added")
    for source, name in added.already:
        click.echo(f"there already: {source} is {name}")
    for same in added.merges:
        others = f", known there as {', '.join(same.absorbed)}" if same.absorbed else ""
        places = ", ".join(dict.fromkeys(same.origins))
        click.echo(f"same source: {same.kept} is in {places} (by {same.by}){others}; answers count it once")
    if dry_run:
        click.echo("nothing was written (dry run)")
    elif added.files:
        click.echo("next: firstpass index")


def _print_file(one: AddedFile, *, verb: str) -> None:
    for warning in one.warnings:
        click.echo(f"note: {warning}", err=True)
    click.echo(f"{verb} {one.name}: {len(one.documents)} document{'s' * (len(one.documents) != 1)}")
    for id_, title in one.documents[:_SHOWN]:
        click.echo(f"  {id_}  {title}")
    if len(one.documents) > _SHOWN:
        click.echo(f"  and {len(one.documents) - _SHOWN:,} more")
