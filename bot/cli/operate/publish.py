"""`rexrank publish`: the leaderboard's files, regenerated."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import catalog_option, dry_run
from bot.errors import WrongUsage
from bot.jobs.board.publish import publish_branch, publish_folder, start_workflow
from bot.jobs.installation import Installation


@click.command()
@click.option(
    "--repo",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Bare repository in which the commit is made; one that is removed when absent.",
)
@click.option("--remote", help="Address of the leaderboard's repository, which is pushed to.")
@click.option("--branch", default="main", show_default=True, help="Branch that is published.")
@click.option(
    "--submissions",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Without --remote: folder of the entries.",
)
@click.option(
    "--scores",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Without --remote: folder that `rexrank score` wrote.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Without --remote: folder that gets the leaderboard's files.",
)
@click.option(
    "--dispatch",
    is_flag=True,
    help="Start the repository's workflow publish.yml instead, which does it and deploys the site.",
)
@catalog_option
@dry_run
def publish(
    repo: Path | None,
    remote: str | None,
    branch: str,
    submissions: Path | None,
    scores: Path | None,
    output: Path | None,
    dispatch: bool,
    catalog_folder: Path | None,
    dry_run: bool,
) -> None:
    """Regenerate the leaderboard from the entries and the scorecards.

    With --remote: from the branch and the ledger of a repository, committed and pushed;
    whoever is faster is waited for, and nothing is pushed when nothing changed. With --submissions,
    --scores and --output: from folders, to a folder.
    """
    installation = Installation(catalog_folder)
    if dispatch:
        start_workflow(installation, branch, dry_run=dry_run)
    elif remote and not (submissions or scores or output):
        publish_branch(installation, repo, remote, branch, dry_run=dry_run)
    elif submissions and scores and output and not (remote or repo):
        publish_folder(installation, submissions, scores, output, dry_run=dry_run)
    else:
        raise WrongUsage("give --remote, or --submissions, --scores and --output")
