"""`rexrank pull`: whether a pull request is still the one that a run was started for."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import catalog_option, say
from bot.errors import SubmissionRejected


@click.command()
@click.argument("number", type=int)
@click.option("--head", required=True, help="Commit for which the run was started.")
@catalog_option
def pull(number: int, head: str, catalog_folder: Path | None) -> None:
    """Stop when a pull request has another head by now; else give its base and author.

    They become the step's outputs `base` and `author` where an Actions job runs.
    """
    from bot.adapters.actions import write_outputs
    from bot.cli.maintenance import open_pulls
    from bot.cli.wiring import Workshop

    found = open_pulls(Workshop(catalog_folder)).read(number)
    if found.head != head or found.state != "open":
        raise SubmissionRejected(
            f"pull request {number} is {found.state} at {found.head[:12]}, not open at "
            f"{head[:12]}; look at what it is now, then start again"
        )
    write_outputs({"base": found.base, "author": found.author})
    say(f"pull request {number} by {found.author} is open at {head[:12]}")
