"""`firstpass status`: what is served, since when, and what it holds."""

from __future__ import annotations

from typing import Any

import click

from assistant.commands import options


@click.command("status", short_help="Say what is served, since when, and what it holds.")
@options.library
@options.as_json
@click.option("--verify", is_flag=True, help="Compare every file of the store with its checksum.")
def command(library: str | None, *, json_: bool, verify: bool) -> None:
    r"""Say which store is served, its size, its labels by species and design, and the score floor with its measured error.

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
        told = status_object(bench, store)
    if json_:
        options.print_json(told)
        return
    _print(told)


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
        "searches": [
            {"name": one.name, "query": one.query, "last_run": one.last_run, "count": one.count}
            for one in bench.library.searches
        ],
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
    for one in told["searches"]:
        click.echo(f"search {one['name']}: last run {one['last_run'] or 'never'}, {one['count']} found")
