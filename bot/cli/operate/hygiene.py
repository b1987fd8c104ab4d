"""`rexrank hygiene`: what came to a halt, or no longer follows from its sources."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from bot.cli.options import (
    app_option,
    branch_option,
    catalog_option,
    exit_status,
    output_format,
    remote_option,
)
from bot.domain.text import counted
from bot.jobs.board.hygiene import find_troubles, keep_issue
from bot.jobs.console import say
from bot.jobs.installation import Installation
from bot.pipeline.pull_request.hygiene import Patience
from bot.render.board.hygiene import render_troubles


@click.command()
@remote_option
@branch_option
@app_option
@click.option(
    "--hours",
    type=click.IntRange(min=1),
    default=6,
    show_default=True,
    help="Hours after which the head of a pull request should have a verdict.",
)
@click.option(
    "--days",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="Days after which a pull request should have been moved on.",
)
@click.option(
    "--issue", is_flag=True, help="Keep the bot's one issue: written, closed and opened again."
)
@output_format("text", "json", "markdown")
@catalog_option
def hygiene(
    remote: str,
    branch: str,
    app_id: int,
    hours: int,
    days: int,
    issue: bool,
    format_: str,
    catalog_folder: Path | None,
) -> int:
    """List what needs a maintainer; the exit status is 1 when there is anything.

    Pull requests whose run got stuck or that nobody moves, faults of the ledger, entries without a
    present score, reservations of a quota that no score followed, and files of the leaderboard that
    do not follow from main and the ledger.

    In a job of a workflow the output `publish` is `true` when `rexrank publish` would change
    something, whatever became of the event that should have started it.
    """
    installation = Installation(catalog_folder)
    host = installation.host()
    patience = Patience(stuck=timedelta(hours=hours), stale=timedelta(days=days))
    troubles = find_troubles(installation, host, remote, branch, app_id, patience)
    if format_ == "json":
        click.echo(json.dumps([asdict(each) for each in troubles], sort_keys=True, indent=2))
    elif format_ == "markdown":
        click.echo(render_troubles(troubles), nl=False)
    else:
        for each in troubles:
            click.echo(f"{each.kind}: {each.where}: {each.what}")
    say(f"{counted(len(troubles), 'thing')} for a maintainer")
    if issue:  # last: what was found is told although the issue cannot be written
        keep_issue(host, troubles)
    return exit_status(bool(troubles))
