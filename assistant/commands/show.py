"""`firstpass show`: one document, its labels and its stored text."""

from __future__ import annotations

from typing import Any

import click

from assistant.commands import options


@click.command("show", short_help="Show a document: its citation, labels, status and text.")
@click.argument("document")
@click.option("--text", "text_only", is_flag=True, help="Print the stored text exactly, and nothing else.")
@options.library
@options.as_json
def command(document: str, library: str | None, *, text_only: bool, json_: bool) -> None:
    r"""Show the document with the id DOCUMENT: "pmid:23133515", "doi:10.…", "post:SLUG" or "file:SLUG".

    \b
    Examples:
      firstpass show pmid:23133515
      firstpass show pmid:23133515 --text
    """
    from assistant.answering import Bench, open_store_of
    from assistant.settings import find_library

    bench = Bench(find_library(library))
    with open_store_of(bench) as store:
        found = shown(store, document.strip())
        if text_only:
            click.echo(found.text, nl=False)
        elif json_:
            options.print_json(document_object(found, store.labels(found.id)))
        else:
            _print(found, store.labels(found.id), bench)


def shown(store: Any, name: str) -> Any:
    """The document of that id, whatever its letter case.

    Raises:
        AssistantError: there is none; the nearest ids are named.
    """
    from difflib import get_close_matches

    from assistant.errors import AssistantError

    for candidate in (name, name.lower()):
        if store.has(candidate):
            return store.document(candidate)
    near = ", ".join(get_close_matches(name.lower(), store.ids, n=3)) or "none is near"
    msg = f'no document has the id "{name}", so there is nothing to show; the nearest: {near}'
    raise AssistantError(msg)


def document_object(document: Any, labels: Any) -> dict[str, Any]:
    """A document with its labels and where they are from, for --json."""
    import msgspec

    from assistant import citation
    from assistant.contract import labels_object
    from corpus.appraisal import appraise

    plain: dict[str, Any] = msgspec.to_builtins(document)
    plain["printed"] = citation.line(document)
    plain["address"] = citation.url(document)
    plain["labels"] = labels_object(labels)
    plain["spans"] = {facet: [list(span) for span in one.spans] for facet, one in labels.items()}
    plain["appraisal"] = msgspec.to_builtins(appraise(document, labels))
    return plain


def _print(document: Any, labels: Any, bench: Any) -> None:
    from assistant import citation, wording

    click.echo(citation.line(document))
    if address := citation.url(document):
        click.echo(address)
    click.echo(
        f"id: {document.id}   status: {wording.STATUS_NAMES[document.status.value]}   from: {document.origin}"
    )
    if document.note:
        click.echo("This is our note on the source, not the source's own words.")
    for link in document.record.links:
        click.echo(f"{link.kind}: {link.source}")
    for facet, label in labels.items():
        values = wording.listing(label.values, bench.vocabulary)
        click.echo(wording.say("labels-from", facet=facet, values=values, origin=label.origin.value))
    click.echo()
    click.echo(document.text)
