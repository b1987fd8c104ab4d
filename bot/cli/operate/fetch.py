"""`rexrank fetch`: what a judgement of a pull request needs, brought into a bare repository."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import branch_option, remote_option
from bot.jobs.console import say
from bot.jobs.pull_request.fetch import fetch_for_judging


@click.command()
@click.argument("number", type=int)
@click.option("--base", help="Another commit that is needed, as the base in the event's payload.")
@remote_option
@click.option(
    "--repo",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Bare repository that gets everything; made when absent.",
)
@branch_option
def fetch(number: int, base: str | None, remote: str, repo: Path, branch: str) -> None:
    """Fetch the head of a pull request, its target branch and the ledger. Nothing is checked out.

    They become refs/rexrank/head, refs/rexrank/target and, where there is a ledger,
    refs/rexrank/ledger. A private repository needs REXRANK_TOKEN. A second run brings what is new.
    """
    head, target = fetch_for_judging(repo, remote, number, branch, base)
    say(f"pull request {number} at {head[:12]}, {branch} at {target[:12]}")
