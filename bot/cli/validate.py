"""`rexrank validate`: every problem of a submission in one run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import catalog_option, exit_status, output_format

if TYPE_CHECKING:
    from bot.render.console import Format


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
    compares with them.
    """
    from bot.adapters.files import read_submission
    from bot.cli.wiring import Workshop
    from bot.pipeline.validate import validate_submission
    from bot.render.console import render_findings

    workshop = Workshop(catalog_folder)
    findings = [
        finding
        for folder in folders
        for finding in validate_submission(
            read_submission(folder), workshop.catalog, references=workshop.public_texts
        ).findings
    ]
    click.echo(render_findings(findings, format_), nl=False)
    stopping = {"error", "warning"} if strict else {"error"}
    return exit_status(any(finding.level in stopping for finding in findings))
