"""`rexrank inspect`: the whole untrusted stage, offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import catalog_option, exit_status, output_format, say

if TYPE_CHECKING:
    from bot.render.console import Format

INSPECTION_FILE = "inspection.json"


@click.command()
@click.option(
    "--repo",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Bare repository that has both commits. Nothing in it is checked out.",
)
@click.option("--base", required=True, help="Tip of the target branch.")
@click.option("--head", required=True, help="Tip of the pull request.")
@click.option("--author", help="Login of who opened it; checked against the entry's submitters.")
@click.option(
    "--author-id", type=int, help="Numeric id of who opened it; asks whether its files are theirs."
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
    output: Path | None,
    format_: Format,
    catalog_folder: Path | None,
) -> int:
    """Judge the head of a pull request without trusting anything in it.

    Where the repository has the ledger as refs/rexrank/ledger, files that another account handed in
    first are found. In an Actions job the step's outputs are kind, ready, sealed and valid.
    """
    from bot.adapters.actions import write_outputs
    from bot.adapters.files import write_atomic, write_files
    from bot.adapters.git import GitRepository
    from bot.cli.wiring import Workshop
    from bot.domain.finding import has_errors
    from bot.domain.submission import SUBMISSIONS_FOLDER
    from bot.pipeline.inspect import inspect_pull_request
    from bot.render.console import render_findings

    workshop = Workshop(catalog_folder)
    inspected = inspect_pull_request(
        GitRepository(repo),
        base,
        head,
        workshop.catalog,
        workshop.public_texts,
        author=author,
        author_id=author_id,
    )
    inspection, folder = inspected.inspection, inspected.folder
    failed = has_errors(inspection.findings)
    ready = not failed and any(plan.readiness == "ready" for plan in inspection.plans)
    sealed = not failed and any(plan.readiness != "ready" for plan in inspection.plans)
    if output:
        write_atomic(output / INSPECTION_FILE, inspection.to_json())
        if folder and not failed:
            write_files(output / SUBMISSIONS_FOLDER / folder.id, folder.files)
    valid = not failed and inspection.kind == "submission"
    flags = {"ready": ready, "sealed": sealed, "valid": valid}
    words = {name: "true" if flag else "false" for name, flag in flags.items()}
    write_outputs({"kind": inspection.kind, **words})
    if format_ == "json":
        click.echo(inspection.to_json(), nl=False)
    else:
        click.echo(render_findings(inspection.findings, format_), nl=False)
        say(f"{inspection.kind}: {inspection.submission or 'no entry'} at {inspection.head[:12]}")
    return exit_status(failed)
