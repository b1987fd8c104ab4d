"""`rexrank rescore`: what today's scorer has not scored yet, recorded and compared."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import branch_option, catalog_option, dry_run, output_format, remote_option
from bot.jobs.board.rescore import plan_batches, record_rescored, show_rescored
from bot.jobs.console import say
from bot.jobs.installation import Installation
from bot.render.board.rescore import render_plan


@click.group()
def rescore() -> None:
    """Score merged entries again when the scorer has changed."""


@rescore.command()
@remote_option
@branch_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that gets the plan, for `rexrank rescore table`.",
)
@click.option("--jobs", type=click.IntRange(1, 256), default=20, show_default=True)
@output_format("text", "json", "markdown")
@catalog_option
def plan(
    remote: str,
    branch: str,
    output: Path | None,
    jobs: int,
    format_: str,
    catalog_folder: Path | None,
) -> None:
    """List the boards of merged entries that today's scorer has not scored.

    In a job of a workflow the outputs `matrix` and `any` are set, for the jobs that score.
    """
    planned, batches = plan_batches(Installation(catalog_folder), remote, branch, jobs, output)
    if format_ == "json":
        click.echo(planned.to_json(), nl=False)
    else:
        click.echo(render_plan(planned), nl=False)
    say(f"{len(planned.boards)} boards in {len(batches)} jobs")


@rescore.command()
@click.argument("scores", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option(
    "--submissions",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of the merged entries.",
)
@remote_option
@catalog_option
@dry_run
def record(
    scores: Path, submissions: Path, remote: str, catalog_folder: Path | None, dry_run: bool
) -> int:
    """Record the new scores of merged entries. Old ones stay; a second run adds nothing.

    What is there is recorded. An entry whose scores cannot be used is named and left out; the exit
    status at the end is the highest of theirs.
    """
    installation = Installation(catalog_folder)
    return record_rescored(installation, scores, submissions, remote, dry_run=dry_run)


@rescore.command()
@click.option(
    "--plan",
    "plan_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File that `rexrank rescore plan` wrote.",
)
@click.option(
    "--scores",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder that was recorded: says why an entry is missing.",
)
@remote_option
@branch_option
@catalog_option
def table(
    plan_file: Path, scores: Path | None, remote: str, branch: str, catalog_folder: Path | None
) -> None:
    """Show every score of a plan before and after, and what is missing, as Markdown."""
    installation = Installation(catalog_folder)
    click.echo(show_rescored(installation, plan_file, scores, remote, branch), nl=False)
