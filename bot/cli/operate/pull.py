"""`rexrank pull`: whether a pull request is still the one that a run was started for."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import catalog_option
from bot.jobs.console import say
from bot.jobs.installation import Installation
from bot.jobs.pull_request.facts import write_facts


@click.command()
@click.argument("number", type=int)
@click.option("--head", required=True, help="Commit for which the run was started.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that gets what `rexrank inspect --pull` needs: the author and who takes part.",
)
@catalog_option
def pull(number: int, head: str, output: Path | None, catalog_folder: Path | None) -> None:
    """Stop when a pull request has another head by now; else give its base and author.

    They become the step's outputs `base`, `author` and `author_id` where an Actions job runs.
    """
    found = write_facts(Installation(catalog_folder), number, head, output)
    say(f"pull request {number} by {found.author} is open at {head[:12]}")
