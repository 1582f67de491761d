"""`firstpass ask`: a question in, an answer out."""

from __future__ import annotations

import gc
import shutil
import sys

import click

from assistant.commands import options

COLLECT_AFTER = 100_000
"""New objects between two looks for cycles: at Python's own 700, one answer of a fresh process spends a tenth of its time on that."""


@click.command("ask", short_help="Answer a question with passages word for word and a count of the evidence.")
@click.argument("question", nargs=-1, required=True)
@click.option(
    "--follow",
    multiple=True,
    metavar="TEXT",
    help="An earlier message of the thread, oldest first; may be given again.",
)
@options.library
@options.as_json
def command(question: tuple[str, ...], follow: tuple[str, ...], library: str | None, *, json_: bool) -> None:
    r"""Answer QUESTION from the library; "-" reads it from standard input.

    The count comes first, then passages word for word with their citations, then what comes in when one facet is let go.

    \b
    Examples:
      firstpass ask "is IV BMC for knee OA real?"
      firstpass ask "what about hip?" --follow "is IV BMC for knee OA real?"
      firstpass ask - --json < message.txt
    """
    from datetime import UTC, datetime

    from assistant.answering import open_answerer
    from assistant.contract import answer_object
    from assistant.progress import bar
    from assistant.settings import find_library
    from assistant.terminal import Page, render
    from assistant.unanswered import count_unanswered

    gc.set_threshold(COLLECT_AFTER)
    text = options.from_input() if question == ("-",) else " ".join(question)
    with bar() as progress:
        answerer = open_answerer(find_library(library), progress, in_haste=True)
        answer = answerer.answer(text, follow)
    count_unanswered(answerer.root, answer, answerer.vocabulary, f"{datetime.now(UTC):%Y-%m-%d}")
    gc.freeze()  # the process ends here: it need not look through all that once more
    if json_:
        options.print_json(answer_object(answer))
        return
    # Lines longer than 100 are hard to read; narrower than 40 nothing fits.
    width = max(40, min(shutil.get_terminal_size().columns, 100))
    page = Page(width=width, styled=sys.stdout.isatty())
    click.echo(render(answer, answerer.vocabulary, page), nl=False)
