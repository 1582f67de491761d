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
    from assistant.evidence import Counter
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
        "floor": msgspec.to_builtins(floor) if floor else None,
        "calibration": {name: len(questions) for name, questions in calibration().items()},
        "history": [msgspec.to_builtins(one) for one in history(bench.root)],
        "searches": [
            {"name": one.name, "query": one.query, "last_run": one.last_run, "count": one.count}
            for one in bench.library.searches
        ],
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
    click.echo(f"retractions checked: {store['checked'] or 'never'}")
    floor = told["floor"]
    if floor:
        click.echo(
            f"score floor {floor['value']:.2f}: {floor['false_answers']:.1%} of {floor['off_topic']} off-topic questions reach it, "
            f"{floor['false_abstentions']:.1%} of {floor['in_scope']} in-scope questions do not (by words alone)"
        )
