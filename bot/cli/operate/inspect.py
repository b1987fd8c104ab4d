"""`rexrank inspect`: the whole untrusted stage, offline."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import catalog_option, exit_status, output_format
from bot.domain.finding import has_errors
from bot.jobs.console import say
from bot.jobs.installation import Installation
from bot.jobs.pull_request.inspect import Named, inspect_head
from bot.render.words.console import Format, render_findings


@click.command()
@click.option(
    "--repo",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Bare repository that has both commits. Nothing in it is checked out.",
)
@click.option("--base", required=True, help="Tip of the target branch.")
@click.option("--head", required=True, help="Tip of the pull request.")
@click.option("--author", help="Login of who opened it; checked against the entry's owners.")
@click.option(
    "--author-id",
    type=click.IntRange(min=1),
    help="Numeric id of that account; asks whether entry and files are theirs.",
)
@click.option(
    "--pull",
    "pull_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Instead of --author: what `rexrank pull --output` wrote; who takes part is checked too.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that gets inspection.json and, when all is in order, the entry's files.",
)
@output_format("text", "json", "github", "markdown")
@catalog_option
def inspect(
    repo: Path,
    base: str,
    head: str,
    author: str | None,
    author_id: int | None,
    pull_file: Path | None,
    output: Path | None,
    format_: Format,
    catalog_folder: Path | None,
) -> int:
    """Judge the head of a pull request without trusting anything in it.

    Where the repository has the ledger as refs/rexrank/ledger, that says whose an entry is, and
    which files another account handed in first. In an Actions job the step's outputs are kind,
    ready, sealed and valid.
    """
    installation = Installation(catalog_folder)
    named = Named(author, author_id, pull_file)
    inspection = inspect_head(installation, repo, base, head, named, output)
    if format_ == "json":
        click.echo(inspection.to_json(), nl=False)
    else:
        click.echo(render_findings(inspection.findings, format_), nl=False)
        say(f"{inspection.kind}: {inspection.submission or 'no entry'} at {inspection.head[:12]}")
    return exit_status(has_errors(inspection.findings))
