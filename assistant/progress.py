"""Progress: a bar on standard error while long work runs, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STAGES = {"documents": "Labelling", "passages": "Encoding", "engine": "Filling Milvus", "shards": "On Ray"}


@contextmanager
def bar() -> Iterator[Callable[[str, int, int], None]]:
    """A function to tell of progress: (stage, done, of). Where standard error is no terminal, it says nothing."""
    if not sys.stderr.isatty():
        yield lambda _stage, _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        tasks: dict[str, object] = {}

        def tell(stage: str, done: int, of: int) -> None:
            if stage not in tasks:
                tasks[stage] = shown.add_task(STAGES.get(stage, stage.capitalize()), total=of)
            shown.update(tasks[stage], completed=done, total=of)  # type: ignore[arg-type] # rich's TaskID is an int by another name

        yield tell
