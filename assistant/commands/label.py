"""`firstpass label`: labels for abstracts given as JSON lines."""

from __future__ import annotations

import json
from typing import IO, Any

import click

from assistant.errors import AssistantError


@click.command("label", short_help="Label abstracts given as JSON lines.")
@click.argument("file", type=click.File("r", encoding="utf-8"))
def command(file: IO[str]) -> None:
    r"""Label the abstracts of FILE ("-" for standard input), one JSON object a line: {"id", "title", "text"}.

    Out come JSON lines of {"id", "labels": {facet: {"values", "from", "spans"}}}; spans count characters of title,
    newline, text.

    \b
    Example:
      firstpass label abstracts.jsonl > labels.jsonl
    """
    from corpus.tagging import label_text
    from corpus.vocabulary import load_vocabulary

    vocabulary = load_vocabulary()
    for number, line in enumerate(file, start=1):
        if line.strip():
            row = parse_row(line, f"{file.name}, line {number}")
            labels = label_text(row["id"], row["title"], row["text"], vocabulary)
            shown = {
                facet: {
                    "values": list(one.values),
                    "from": one.origin.value,
                    "spans": [list(span) for span in one.spans],
                }
                for facet, one in labels.items()
            }
            click.echo(json.dumps({"id": row["id"], "labels": shown}, ensure_ascii=False))


def parse_row(line: str, place: str) -> dict[str, Any]:
    """One abstract.

    Raises:
        AssistantError: the line is no such object; the message names the place.
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as wrong:
        msg = f'{place}: not JSON ({wrong}), so nothing was labelled from there on; each line is {{"id", "title", "text"}}'
        raise AssistantError(msg) from wrong
    if not isinstance(row, dict) or "text" not in row:
        msg = f'{place}: no object with "text", so nothing was labelled from there on; each line is {{"id", "title", "text"}}'
        raise AssistantError(msg)
    return {
        "id": str(row.get("id", "")),
        "title": str(row.get("title") or ""),
        "text": str(row.get("text") or ""),
    }
