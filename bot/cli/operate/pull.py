"""`rexrank pull`: whether a pull request is still the one that a run was started for."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import catalog_option, say
from bot.errors import SubmissionRejected


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
    from bot.adapters.disk.files import write_atomic
    from bot.adapters.github.actions import write_outputs
    from bot.domain.owners import PullFacts
    from bot.jobs.installation import Installation
    from bot.jobs.upstream import open_pulls
    from bot.pipeline.merging.gate import read_asker

    pulls = open_pulls(Installation(catalog_folder))
    found = pulls.read(number)
    if found.head != head or found.state != "open":
        raise SubmissionRejected(
            f"pull request {number} is {found.state} at {found.head[:12]}, not open at "
            f"{head[:12]}; look at what it is now, then start again"
        )
    if output:
        asker = read_asker(pulls, found)
        facts = PullFacts(
            number=number,
            author=found.author,
            author_id=found.author_id,
            may_write=bool(asker.may_write),
            base=found.base,
            head=found.head,
            participants=asker.participants or (),
        )
        write_atomic(output, facts.to_json())
    names = {"base": found.base, "author": found.author, "author_id": str(found.author_id)}
    write_outputs(names)
    say(f"pull request {number} by {found.author} is open at {head[:12]}")
