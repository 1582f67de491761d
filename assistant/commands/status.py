"""`firstpass status`: what is served, since when, and what it holds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from assistant.commands import options

if TYPE_CHECKING:
    from assistant.unanswered import Unanswered
    from corpus.library_file import Library
    from corpus.vocabulary import Vocabulary

ASKED_SHOWN = 10
"""Unanswered combinations shown on a terminal; --json has all."""


@click.command("status", short_help="Say what is served, since when, and what it holds.")
@options.library
@options.as_json
@click.option(
    "--verify",
    is_flag=True,
    help="Read every byte of the store and of its exported model, and compare it with its checksum.",
)
def command(library: str | None, *, json_: bool, verify: bool) -> None:
    r"""Say which store is served, its size, its labels by species and design, its gaps, and the score floor with its measured error.

    Each saved search stands with how its source understood it, how many it found and when. What was asked and had no direct
    answer, by `ask` and by the bots of FIRSTPASS_DATABASE or FIRSTPASS_STATE, is counted by the products, routes, conditions… that were named; no question is kept.

    \b
    Examples:
      firstpass status
      firstpass status --library my-library --json
    """
    from assistant.answering import Bench
    from assistant.settings import find_library

    bench = Bench(find_library(library))
    with bench.open() as store:
        if verify:
            store.verify()
            bench.exports.verify(store.manifest.fingerprints.model)
        told = status_object(bench, store)
    if json_:
        options.print_json(told)
        return
    _print(told)
    _print_unanswered(told, bench.vocabulary)


def status_object(bench: Any, store: Any) -> dict[str, Any]:
    """What is served, for --json."""
    import msgspec

    from assistant.answering import calibration, kept_floor, stamp
    from assistant.checks import checked
    from assistant.evidence import Counter
    from index.publish import available
    from index.root import history

    counter = Counter(store)
    count = counter.count(counter.paper)
    floor = kept_floor(bench, store)
    return {
        "library": {
            "name": bench.library.name,
            "scope": bench.library.scope,
            "folder": str(bench.library.folder),
        },
        "store": {
            **msgspec.to_builtins(stamp(bench, store)),
            "root": str(bench.root),
            "folder": str(store.folder),
        },
        "fingerprints": msgspec.to_builtins(store.manifest.fingerprints),
        "studies": {"by_species": dict(count.by_species), "by_design": dict(count.by_design)},
        "gaps": _gaps(bench, store),
        "by_status": {
            value: int(store.table.having("status", (value,)).sum()) for value in store.table.values("status")
        },
        "encoder": msgspec.to_builtins(bench.exports.runs_on(store.manifest.fingerprints.model)),
        "floor": msgspec.to_builtins(floor) if floor else None,
        "calibration": {name: len(questions) for name, questions in calibration().items()},
        "retractions": {"checked": checked(store), "checks": _checks(bench)},
        "questions": _questions(bench, store),
        "kept": list(available(bench.root)),
        "history": [msgspec.to_builtins(one) for one in history(bench.root)],
        "searches": _searches(bench.library),
        "last_pull": max(
            (one["last_run"] for one in _searches(bench.library) if one["last_run"]), default=None
        ),
        "unanswered": msgspec.to_builtins(_unanswered(bench)),
    }


def _unanswered(bench: Any) -> tuple[Unanswered, ...]:
    """What `ask` and the bots did not answer from this library; what the bots counted is left out, with a word, where it cannot be read."""
    from assistant.errors import StateError
    from assistant.slack.settings import places
    from assistant.unanswered import summed, unanswered

    found = list(unanswered(bench.root))
    for place in places(os.environ):
        from assistant.slack.counts import read_counts  # only where bots were: SQLAlchemy takes a while

        try:
            found += read_counts(place, bench.library.name)
        except StateError as error:
            click.echo(f"Note: what bots did not answer is not counted: {error}", err=True)
    return summed(found)


def _searches(library: Library) -> list[dict[str, Any]]:
    """Each saved search with its last complete run: how it was understood, what it found, and when; that is the proof behind a zero.

    A run that `pull` wrote down goes before what library.toml states of one made by hand. `failed` is why the latest run did not
    end well, where none has since.
    """
    from corpus.pull import last_runs, runs

    complete, latest = last_runs(library), {run.name: run for run in runs(library.folder)}
    told = []
    for one in library.searches:
        run, last = complete.get(one.name), latest.get(one.name)
        asked = one.query or one.url
        failed = last.error if last and last.query == asked and not last.complete else None
        told.append(
            {
                "name": one.name,
                "source": one.source,
                "query": asked,
                "query_translation": run.query_translation if run else one.query_translation,
                "last_run": run.date if run else one.last_run,
                "count": run.count if run else one.count,
                "failed": failed,
            }
        )
    return told


def _gaps(bench: Any, store: Any) -> dict[str, int]:
    """How many cells of the evidence gap map, products by conditions, have no study, and how many none in people."""
    from assistant.answering import stamp
    from assistant.map import draw

    drawn = draw(store, bench.vocabulary, stamp(bench, store))
    return {
        "cells": len(drawn.cells),
        "empty": sum(not cell.count.studies for cell in drawn.cells),
        "without_people": sum(not cell.count.by_group.get("human", 0) for cell in drawn.cells),
    }


def _checks(bench: Any) -> list[dict[str, Any]]:
    """The latest check of each source."""
    import msgspec

    from corpus.statuses import read_statuses

    latest = {one.source: one for one in read_statuses(bench.statuses).checks}
    return [msgspec.to_builtins(latest[source]) for source in sorted(latest)]


def _questions(bench: Any, store: Any) -> dict[str, Any]:
    """How many judged questions the library has, and which of them the store was found to answer wrongly."""
    from assistant.gate import judged_questions, kept_verdicts

    verdicts = kept_verdicts(bench.root, store.version)
    return {
        "judged": len(judged_questions(bench.library.folder)),
        "asked": len(verdicts),
        "wrong": [one.judged.question for one in verdicts if not one.right],
    }


def _print(told: dict[str, Any]) -> None:
    store = told["store"]
    click.echo(
        f"{told['library']['name']}: store {store['version']}, built {store['built']}, model {store['model']}"
    )
    click.echo(f"{store['documents']} documents, {store['studies']} studies, {store['passages']} passages")
    for name in ("by_species", "by_design"):
        counts = " · ".join(f"{value} {count}" for value, count in told["studies"][name].items())
        click.echo(f"studies {name.replace('_', ' ')}: {counts}")
    gaps = told["gaps"]
    click.echo(
        f"gap map, products by conditions: {gaps['empty']} of {gaps['cells']} cells have no study, "
        f"{gaps['without_people']} none in people (firstpass map shows them)"
    )
    click.echo("status: " + " · ".join(f"{value} {count}" for value, count in told["by_status"].items()))
    _print_bench(told)
    encoder = told["encoder"]
    if encoder["because"]:
        click.echo(f"questions are encoded by {encoder['library']}: {encoder['because']}")
    else:
        click.echo(
            f"questions are encoded by {encoder['library']}; largest difference from the model {encoder['difference']:.1e} on {encoder['checked']} texts"
        )
    floor = told["floor"]
    if floor:
        click.echo(
            f"score floor {floor['value']:.2f}: {floor['false_answers']:.1%} of {floor['off_topic']} off-topic questions reach it, "
            f"{floor['false_abstentions']:.1%} of {floor['in_scope']} in-scope questions do not (by words alone)"
        )


def _print_bench(told: dict[str, Any]) -> None:
    """What the maintainer did and can go back to."""
    click.echo(f"retractions checked: {told['retractions']['checked'] or 'never'}")
    for one in told["retractions"]["checks"]:
        reach = f", {one['reach']}" if one["reach"] else ""
        click.echo(
            f"  {one['source']}{reach}: {one['date']}, {one['asked']} papers asked after, {one['known']} with a status"
        )
    questions = told["questions"]
    click.echo(
        f"judged questions: {questions['judged']}; asked when it was published: {questions['asked']}, wrong: {len(questions['wrong'])}"
    )
    if told["history"]:
        last = told["history"][-1]
        reason = f" ({last['reason']})" if last["reason"] else ""
        click.echo(f"served since {last['at']} by {last['act']}{reason}; kept: {', '.join(told['kept'])}")
    _print_searches(told)


def _print_searches(told: dict[str, Any]) -> None:
    if told["searches"]:
        click.echo(f"last pull: {told['last_pull'] or 'never'}")
    for one in told["searches"]:
        found = "count not stated" if one["count"] is None else f"{one['count']:,} found"
        click.echo(
            f"  {one['name']} ({one['source']}): {found} on {one['last_run']}"
            if one["last_run"]
            else f"  {one['name']} ({one['source']}): never run"
        )
        click.echo(f"    asked: {one['query']}")
        if one["query_translation"]:
            click.echo(f"    read as: {one['query_translation']}")
        if one["failed"]:
            click.echo(f"    the latest run did not end well: {one['failed']}")


def _print_unanswered(told: dict[str, Any], vocabulary: Vocabulary) -> None:
    asked = told["unanswered"]
    if not asked:
        return
    click.echo(
        f"asked without a direct answer: {sum(one['count'] for one in asked)} (by what was named, never by text)"
    )
    for one in asked[:ASKED_SHOWN]:
        names = [vocabulary.name(value) for values in one["facets"].values() for value in values]
        said = " · ".join(names) or "nothing that the vocabulary knows"
        scope = " (out of scope)" if one["outcome"] == "out-of-scope" else ""
        click.echo(f"  {one['count']:>4}  {said}{scope}, last on {one['last']}")
    if len(asked) > ASKED_SHOWN:
        click.echo(f"  and {len(asked) - ASKED_SHOWN} more (--json lists all)")
