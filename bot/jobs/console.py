"""What a job says to whoever started it, on standard error: lines, and how far it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def say(text: str) -> None:
    """Print a line for a person."""
    print(text, file=sys.stderr)  # noqa: T201 - the one place that prints beside the commands


@contextmanager
def progress(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Yield a function that draws how far some work is; it draws only on a terminal.

    The function takes the name of the present step, the number of steps done, and of all steps.

    Args:
        title: What is being done.
    """
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield draw_nothing
        return
    from rich import console  # noqa: PLC0415 - slow, and for a terminal alone
    from rich import progress as bars  # noqa: PLC0415 - as above

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeElapsedColumn(),
        bars.TextColumn("{task.fields[step]}"),
    )
    here = console.Console(stderr=True)
    with bars.Progress(*columns, console=here, transient=True) as bar:
        task = bar.add_task(title, total=None, step="")

        def draw(step: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, step=step)

        yield draw


def draw_nothing(*_: object) -> None:
    """Take a step's name and numbers where nobody watches."""
