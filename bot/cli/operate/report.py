"""`rexrank report`: the comment, the check and the labels of a pull request."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import catalog_option, dry_run
from bot.jobs.board.leaderboard_file import LEADERBOARD_FILE
from bot.jobs.installation import Installation
from bot.jobs.pull_request.report import Stages, answer_pull, failed_stages


@click.command()
@click.argument("number", type=int)
@click.option("--head", required=True, help="Commit that was inspected.")
@click.option(
    "--inspection",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that `rexrank inspect` wrote; may be absent when it failed.",
)
@click.option(
    "--scores",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that `rexrank score` wrote; may be absent.",
)
@click.option(
    "--stage",
    "stages",
    multiple=True,
    metavar="NAME=RESULT",
    help="How a stage of the run ended: success, failure, cancelled or skipped.",
)
@click.option(
    "--leaderboard",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(LEADERBOARD_FILE),
    show_default=True,
    help="The leaderboard as it is, for the rank preview.",
)
@click.option(
    "--remote",
    help="Address of the repository with the branch `ledger`, which says how sure the rank preview "
    "is and how much of a quota is used; without it the preview is by value.",
)
@catalog_option
@dry_run
def report(
    number: int,
    head: str,
    inspection: Path,
    scores: Path,
    stages: tuple[str, ...],
    leaderboard: Path,
    remote: str | None,
    catalog_folder: Path | None,
    dry_run: bool,
) -> None:
    """Answer a pull request: one comment, one check, the labels.

    Everything that was handed over is checked again. Says nothing when the pull request has moved
    on, because the run of the newer commit answers.
    """
    ran = Stages(head, inspection, scores, failed_stages(stages))
    installation = Installation(catalog_folder)
    comment = answer_pull(installation, number, ran, leaderboard, remote, dry_run=dry_run)
    click.echo(comment, nl=False)
