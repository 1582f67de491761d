"""`firstpass feedback`: what people said of answers in Slack, as a worklist and as drafts of judged questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from assistant.commands import options

if TYPE_CHECKING:
    from assistant.worklist import Complaint, Task


@click.group(
    "feedback",
    cls=options.Group,
    short_help="List what people said of answers, or export it as judged questions.",
)
def command() -> None:
    r"""Turn what people said of answers in Slack into work: a list of what to look at, and drafts of judged questions.

    The bots' database is the one that FIRSTPASS_DATABASE or FIRSTPASS_STATE names, else the user's own. Words that a person typed are shown
    only where that person allowed it.

    \b
    Examples:
      firstpass feedback list
      firstpass feedback export > drafts.toml
    """


@command.command("list", short_help="List what to look at, what most people said first.")
@options.library
@options.as_json
def list_(library: str | None, *, json_: bool) -> None:
    r"""List what to look at: each reason with the questions as read, what most people said first.

    \b
    Examples:
      firstpass feedback list
      firstpass feedback list --json
    """
    from assistant.worklist import tasks

    found = tasks(_complaints(library))
    if json_:
        options.print_json([_object(task) for task in found])
        return
    for task in found:
        _print(task)
    click.echo(f"to look at: {len(found)}")


@command.command("export", short_help="Print drafts of judged questions, for questions.toml.")
@options.library
def export(library: str | None) -> None:
    r"""Print each question once, as a draft for questions.toml, with what was said of its answer.

    \b
    Examples:
      firstpass feedback export > drafts.toml
    """
    from assistant.worklist import drafts

    for line in drafts(_complaints(library)):
        click.echo(line)


def _complaints(library: str | None) -> tuple[Complaint, ...]:
    import os

    from assistant.answering import Bench
    from assistant.settings import find_library
    from assistant.slack.settings import places
    from assistant.worklist import read_complaints

    vocabulary = Bench(find_library(library)).vocabulary
    found = [one for place in places(os.environ) for one in read_complaints(place, vocabulary)]
    return tuple(sorted(found, key=lambda one: one.day))


def _object(task: Task) -> dict[str, Any]:
    return {
        "reason": task.reason,
        "read_as": {facet: list(values) for facet, values in task.facets.items()},
        "people": len(task.complaints),
        "questions": list(dict.fromkeys(one.question for one in task.complaints)),
        "shown": sorted({document for one in task.complaints for document in one.shown}),
        "missing": sorted({one.paper for one in task.complaints if one.paper}),
        "stores": list(dict.fromkeys(one.version for one in task.complaints)),
        "last": task.complaints[-1].day,
    }


def _print(task: Task) -> None:
    told = _object(task)
    click.echo(f"{told['reason']}: {told['people']} said so, last {told['last']}")
    for question in told["questions"]:
        click.echo(f"  {question}")
    for name in ("missing", "shown"):
        if told[name]:
            click.echo(f"  {name}: {', '.join(told[name])}")
