"""`rexrank validate`: every problem of a submission in one run."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import catalog_option, exit_status, output_format
from bot.jobs.installation import Installation
from bot.jobs.submission.validate import validate_folders
from bot.render.words.console import Format, render_findings


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@output_format("text", "json", "github", "markdown")
@catalog_option
def validate(
    folders: tuple[Path, ...], strict: bool, format_: Format, catalog_folder: Path | None
) -> int:
    """Find every problem of submission FOLDERS, as the bot would.

    Reads the manifest and the prediction files, and where the references are on this machine
    compares with them. Names are compared with those of the other entries of a checkout.
    """
    findings = validate_folders(Installation(catalog_folder), folders)
    click.echo(render_findings(findings, format_), nl=False)
    stopping = {"error", "warning"} if strict else {"error"}
    return exit_status(any(finding.level in stopping for finding in findings))
