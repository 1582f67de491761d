"""`firstpass map`: the evidence gap map, as a page, a picture or JSON."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.commands import options

if TYPE_CHECKING:
    from assistant.answering import Bench
    from assistant.asked import Part
    from corpus.vocabulary import Vocabulary
    from index.store import Store

DEFAULT = "evidence-map.html"


@click.command("map", short_help="Draw the evidence gap map: products by conditions.")
@click.option(
    "--html",
    metavar="FILE",
    help=f'Write the page; "-" for standard output. Where nothing else is asked for: {DEFAULT}.',
)
@click.option("--svg", metavar="FILE", help="Write a picture for slides as SVG.")
@click.option("--png", metavar="FILE", help="Write a picture for slides as PNG.")
@click.option("--question", metavar="TEXT", help="Stay inside the facets that this question names.")
@options.library
@options.as_json
def command(question: str | None, library: str | None, *, json_: bool, **paths: str | None) -> None:
    """Draw which products were studied in which conditions, with the empty cells: counts are those of `firstpass ask`.

    The page is one file that needs no network; each mark opens its list of citations. Routes, species, designs and
    preparations are its filters.

    \b
    Examples:
      firstpass map
      firstpass map --html knee.html --question "MSC injections for knee OA in humans?"
      firstpass map --png slide.png --question "IV stem cells"
      firstpass map --json
    """  # noqa: D301 - click takes the character itself as its mark for lines kept as they are
    from assistant.answering import Bench, open_store_of
    from assistant.settings import find_library

    bench = Bench(find_library(library))
    part = asked(question, bench.vocabulary) if question is not None else None
    if not json_ and not any(paths.values()):
        paths["html"] = DEFAULT
    with open_store_of(bench) as store:
        told = write_maps(bench, store, part, paths)
    if json_:
        options.print_json(told)


def write_maps(
    bench: Bench, store: Store, part: Part | None, paths: Mapping[str, str | None]
) -> dict[str, Any]:
    """Write the page and the pictures asked for; the map as plain values."""
    from assistant.answering import stamp
    from assistant.map import draw
    from assistant.map_json import map_object
    from assistant.map_page import page
    from assistant.map_picture import png, svg

    told = stamp(bench, store)
    drawn = draw(store, bench.vocabulary, told, part)
    if path := paths.get("html"):
        whole = draw(store, bench.vocabulary, told, part, whole=True)
        _put(path, page(whole, bench.vocabulary).encode())
    if path := paths.get("svg"):
        _put(path, svg(drawn).encode())
    if path := paths.get("png"):
        _put(path, png(drawn))
    return map_object(drawn)


def asked(question: str, vocabulary: Vocabulary) -> Part:
    """The first part of a message that names a facet, else its first; what cannot be mapped is told."""
    from assistant.asked import Ask
    from assistant.errors import MapError
    from assistant.question import read_message
    from assistant.wording import say

    parts = read_message(question, vocabulary).parts
    naming = [part for part in parts if any(part.facets.values())]
    if not naming:
        msg = "the question names no product, route, condition, species or design that this vocabulary knows, so the map cannot be restricted to it; name one, or leave --question out"
        raise MapError(msg)
    if len(parts) > 1:
        click.echo(say("map-first-part", count=len(parts)), err=True)
    if naming[0].ask is Ask.HARM and naming[0].harm:
        click.echo(say("map-harm"), err=True)
    return naming[0]


def _put(path: str, content: bytes) -> None:
    """Write one file whole, or say why not; "-" is standard output."""
    from assistant.errors import MapError
    from assistant.wording import say

    if path == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        Path(path).write_bytes(content)
    except OSError as wrong:
        msg = f'"{path}" cannot be written ({wrong.strerror}), so the map is not there; name a file in a folder that can be written'
        raise MapError(msg) from wrong
    click.echo(say("map-written", path=path), err=True)
