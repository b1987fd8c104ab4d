"""Options that several commands share, and how they print."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

IMAGE_VARIABLE = "REXRANK_SCORER_IMAGE"
"""Names the image that scores."""
FORMATS = ("text", "json", "github", "markdown")


def output_format(*formats: str) -> Callable[[Command], Command]:
    """Return the `--output-format` option with these choices; the first is the default."""
    return click.option(
        "--output-format",
        "format_",
        type=click.Choice(formats or FORMATS),
        default=(formats or FORMATS)[0],
        show_default=True,
        help="What is printed. JSON stands alone on standard output.",
    )


catalog_option = click.option(
    "--catalog",
    "catalog_folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="REXRANK_CATALOG",
    help="Folder with leaderboard.yaml and datasets/, instead of the built-in one.",
)

remote_option = click.option(
    "--remote", required=True, help="Address of the leaderboard's repository."
)

branch_option = click.option(
    "--branch", default="main", show_default=True, help="Branch that holds the entries."
)

ledger_option = click.option(
    "--remote", required=True, help="Address of the repository with the branch `ledger`."
)

inspection_option = click.option(
    "--inspection",
    "inspection_folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder that `rexrank inspect` wrote.",
)

dry_run = click.option("--dry-run", is_flag=True, help="Say what would be written; write nothing.")

folder_argument = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))

metric_option = click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="ID",
    help="Score this metric only; may be repeated. All that can run here when absent.",
)


def say(text: str) -> None:
    """Print a line for a person, on standard error."""
    click.echo(text, err=True)


def exit_status(failed: bool) -> int:
    """Return the exit status for problems found, or none."""
    return 1 if failed else 0


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
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[step]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None, step="")

        def draw(step: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, step=step)

        yield draw


def draw_nothing(*_: object) -> None:
    """Take a step's name and numbers where nobody watches."""
