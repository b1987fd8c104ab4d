"""Options that several commands share, and the exit status."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.domain.repository_setup import ACTIONS_APP_ID
from bot.jobs.environment import APP_VARIABLE, CATALOG_VARIABLE, IMAGE_VARIABLE

Command = TypeVar("Command", bound=Callable[..., Any])


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
    envvar=CATALOG_VARIABLE,
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


image_option = click.option(
    "--image", envvar=IMAGE_VARIABLE, help="Scorer image that the engine has."
)

app_option = click.option(
    "--app",
    "app_id",
    type=int,
    default=ACTIONS_APP_ID,
    show_default=True,
    envvar=APP_VARIABLE,
    help="Number of the GitHub App whose check counts; GitHub Actions' own by default.",
)

maintainer_option = click.option(
    "--maintainer",
    "maintainers",
    multiple=True,
    metavar="LOGIN",
    help="Who reviews and approves sealed runs; may be repeated.",
)

app_key_option = click.option(
    "--app-key",
    "app_key",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="The app's private key, which alone can tell the app's permissions.",
)

token_only_option = click.option(
    "--token-only",
    is_flag=True,
    help="The run's own token pushes: main and ledger stay open to whoever may write.",
)

through_bot_option = click.option(
    "--merge-through-bot",
    "through_bot",
    is_flag=True,
    help="Only the app may merge: the merge button is refused, `/rexrank merge` is the way.",
)

squash_option = click.option(
    "--squash/--no-squash", default=None, help="Whether a pull request may be squashed."
)


def exit_status(failed: bool) -> int:
    """Return the exit status for problems found, or none."""
    return 1 if failed else 0
