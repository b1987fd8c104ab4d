"""`rexrank preview`: the comment and the leaderboard that a submission would get."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import catalog_option, exit_status, folder_argument
from bot.jobs.installation import Installation
from bot.jobs.submission.preview import preview_submission


@click.command()
@folder_argument
@click.option(
    "--scores",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder that `rexrank score` wrote.",
)
@click.option(
    "--submissions",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of all entries; the one the submission is in when absent.",
)
@catalog_option
def preview(
    folder: Path, scores: Path, submissions: Path | None, catalog_folder: Path | None
) -> int:
    """Show the bot's comment, and the boards with the submission on them, as Markdown."""
    installation = Installation(catalog_folder)
    previewed = preview_submission(installation, folder, scores, submissions or folder.parent)
    click.echo(previewed.comment, nl=False)
    for board in previewed.boards:
        click.echo("\n" + board, nl=False)
    return exit_status(previewed.failed)
