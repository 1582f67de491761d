"""`firstpass diff`: what changed between two stores."""

from __future__ import annotations

import click

from assistant.commands import options


@click.command("diff", short_help="Say what changed between two stores, and which answers.")
@click.argument("before", metavar="[FROM]", required=False, default="previous")
@click.argument("after", metavar="[TO]", required=False, default="current")
@click.option("--note", is_flag=True, help="Print the short note that a channel can be told.")
@click.option("--replay", is_flag=True, help="Print every judged question, not only those that changed.")
@options.library
@options.as_json
def command(  # noqa: PLR0913 - one argument for each option of the command line
    before: str, after: str, library: str | None, *, note: bool, replay: bool, json_: bool
) -> None:
    r"""Compare two stores of the library, by default the one served before with the one served now.

    FROM and TO are versions (their first digits are enough), "previous" or "current". Said are documents, labels,
    statuses and counts that differ, and which answers to the library's own judged questions (questions.toml) do.

    \b
    Examples:
      firstpass diff --library my-library
      firstpass diff 3f2a current --library my-library --json
    """
    from assistant.answering import Bench
    from assistant.changes import change_note, diff_lines, diff_object, replay_lines
    from assistant.diffing import diff_stores, with_answers
    from assistant.gate import judged_questions
    from assistant.progress import bar
    from assistant.settings import find_library
    from assistant.versions import named_version, open_version

    bench = Bench(find_library(library))
    judged = judged_questions(bench.library.folder)
    old, new = (named_version(bench.root, name) for name in (before, after))
    with open_version(bench.root, old) as one, open_version(bench.root, new) as other, bar():
        found = diff_stores(one, other)
        if judged:
            found = with_answers(found, judged, (one, other), (bench, bench.questions()))
    if json_:
        options.print_json(diff_object(found))
        return
    lines = change_note(found, bench.library.name, bench.vocabulary) if note else tuple(diff_lines(found))
    for line in lines:
        click.echo(line)
    for line in replay_lines(found.answers) if replay else ():
        click.echo(line)
