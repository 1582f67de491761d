"""`firstpass measure`: search, labels or questions against judged ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from assistant.commands import options


@click.command("measure", short_help="Measure search, labels or questions against judged ones.")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--labels",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Labelled abstracts, JSON lines.",
)
@click.option(
    "--questions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Judged questions, TOML or JSON lines.",
)
@options.library
@options.as_json
def command(
    folder: Path | None, labels: Path | None, questions: Path | None, library: str | None, *, json_: bool
) -> None:
    r"""Measure one of three things.

    FOLDER, a judged set in BEIR form: nDCG@10, R@100 and RR@10 for words, vectors and both, by the product's whole way.
    --labels: precision and recall of each facet, every miss listed. --questions: outcomes, false answers and abstentions.

    \b
    Examples:
      firstpass measure judged-set
      firstpass measure --labels labelled.jsonl
      firstpass measure --questions questions.toml --library my-library
    """
    given = [one for one in (folder, labels, questions) if one is not None]
    if len(given) != 1:
        msg = "give one of FOLDER, --labels FILE or --questions FILE"
        raise click.UsageError(msg)
    if folder:
        _search(folder, json_=json_)
    elif labels:
        _labels(labels, json_=json_)
    elif questions:
        _questions(questions, library, json_=json_)


def _search(folder: Path, *, json_: bool) -> None:
    from assistant.progress import bar
    from index.build import publish_measured
    from index.encoder import open_encoder
    from index.measure import measure

    with bar():
        measured = measure(folder, open_encoder(), publish=publish_measured).as_json()
    if json_:
        options.print_json(measured)
        return
    click.echo(
        f"{measured['documents']} documents, {measured['passages']} passages, {measured['questions']} questions"
    )
    click.echo(f"{'':8} nDCG@10  R@100  RR@10")
    for name in ("words", "vectors", "both"):
        figures = measured[name]
        click.echo(f"{name:8} {figures['nDCG@10']:7.4f} {figures['R@100']:6.4f} {figures['RR@10']:6.4f}")
    click.echo(
        f"{measured['passages_per_second']:.1f} passages a second, {measured['milliseconds_per_query']:.1f} ms a question"
    )


def _labels(path: Path, *, json_: bool) -> None:
    from assistant.commands.label import parse_row
    from corpus.label_measure import score_labels
    from corpus.vocabulary import load_vocabulary

    rows = []
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        if line.strip():
            rows.append(parse_labelled(line, f"{path}, line {number}", parse_row))
    scored = score_labels(rows, load_vocabulary())
    if json_:
        options.print_json({facet: _score_object(one) for facet, one in scored.items()})
        return
    click.echo(f"{'facet':13} precision  recall  documents")
    for facet, one in scored.items():
        click.echo(f"{facet:13} {one.precision:9.4f} {one.recall:7.4f} {one.documents:10}")
    for facet, one in scored.items():
        for miss in one.misses:
            click.echo(
                f"{miss.id} {facet}: expected {', '.join(miss.expected)}; found {', '.join(miss.found)}"
            )


def _score_object(score: Any) -> dict[str, Any]:
    import msgspec

    plain: dict[str, Any] = msgspec.to_builtins(score)
    return {**plain, "precision": round(score.precision, 4), "recall": round(score.recall, 4)}


def parse_labelled(line: str, place: str, parse_row: Any) -> dict[str, Any]:
    """One labelled abstract.

    Raises:
        AssistantError: it has no labels; the message names the place.
    """
    import json

    from assistant.errors import AssistantError

    row: dict[str, Any] = parse_row(line, place)
    labels = json.loads(line).get("labels")
    if not isinstance(labels, dict):
        msg = (
            f'{place}: no "labels", so nothing was measured; each line is {{"id", "title", "text", "labels"}}'
        )
        raise AssistantError(msg)
    return {**row, "labels": labels}


def _questions(path: Path, library: str | None, *, json_: bool) -> None:
    import msgspec

    from assistant.answering import open_answerer
    from assistant.judging import figures, judge, read_questions
    from assistant.progress import bar
    from assistant.settings import find_library

    judged = read_questions(path)
    with bar() as progress:
        verdicts = judge(judged, open_answerer(find_library(library), progress).answer)
    summary = msgspec.to_builtins(figures(verdicts))
    if json_:
        options.print_json({**summary, "questions_asked": msgspec.to_builtins(verdicts)})
        return
    for one in verdicts:
        expected = " or ".join(one.judged.outcomes) or "any"
        click.echo(
            f"{'right' if one.right else 'WRONG'}  {one.outcome:14} (expected {expected})  {one.judged.question}"
        )
        for name, ids in (("wrongly direct", one.wrongly_direct), ("missed", one.missed)):
            if ids:
                click.echo(f"       {name}: {', '.join(ids)}")
    for name, value in summary.items():
        click.echo(f"{name.replace('_', ' ')}: {'-' if value is None else value}")
