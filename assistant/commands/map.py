"""`firstpass map`: the evidence gap map, as a page, a picture or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.commands import options

if TYPE_CHECKING:
    from assistant.asked import Part
    from assistant.map import GapMap

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
    r"""Draw which products were studied in which conditions, with the empty cells: counts are those of `firstpass ask`.

    The page is one file that needs no network; each mark opens its list of citations. Routes, species, designs and
    preparations are its filters.

    \b
    Examples:
      firstpass map
      firstpass map --html knee.html --question "MSC injections for knee OA in humans?"
      firstpass map --png slide.png --question "IV stem cells"
      firstpass map --json
    """
    from assistant.answering import Bench, open_store_of, stamp
    from assistant.map import draw
    from assistant.settings import find_library

    bench = Bench(find_library(library))
    part = _asked(question, bench.vocabulary) if question is not None else None
    with open_store_of(bench) as store:
        drawn = draw(store, bench.vocabulary, stamp(bench, store), part)
    if json_:
        from assistant.map_json import map_object

        options.print_json(map_object(drawn))
        return
    _write(drawn, bench.vocabulary, paths)


def _asked(question: str, vocabulary: Any) -> Part:
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


def _write(drawn: GapMap, vocabulary: Any, wanted: dict[str, str | None]) -> None:
    if not any(wanted.values()):
        wanted = {"html": DEFAULT}
    for kind, path in wanted.items():
        if path is not None:
            _put(path, _rendered(kind, drawn, vocabulary))


def _rendered(kind: str, drawn: GapMap, vocabulary: Any) -> bytes:
    from assistant.map_page import page
    from assistant.map_picture import png, svg

    if kind == "html":
        return page(drawn, vocabulary).encode()
    return svg(drawn).encode() if kind == "svg" else png(drawn)


def _put(path: str, content: bytes) -> None:
    """Write one file whole, or say why not; "-" is standard output."""
    from assistant.errors import MapError
    from assistant.wording import say

    if path == "-":
        click.get_binary_stream("stdout").write(content)
        return
    try:
        Path(path).write_bytes(content)
    except OSError as wrong:
        msg = f'"{path}" cannot be written ({wrong.strerror}), so the map is not there; name a file in a folder that can be written'
        raise MapError(msg) from wrong
    click.echo(say("map-written", path=path))
