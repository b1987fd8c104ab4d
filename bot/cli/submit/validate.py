"""`rexrank validate`: every problem of a submission in one run."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import catalog_option, exit_status, output_format

if TYPE_CHECKING:
    from bot.domain.manifest import Manifest
    from bot.render.words.console import Format


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
    from bot.adapters.disk.files import read_submission
    from bot.jobs.installation import Installation
    from bot.pipeline.pull_request.validate import validate_submission
    from bot.render.words.console import render_findings

    installation = Installation(catalog_folder)
    findings = [
        finding
        for folder in folders
        for finding in validate_submission(
            read_submission(folder),
            installation.catalog,
            references=installation.public_texts,
            manifests=partial(entries_beside, folder),
        ).findings
    ]
    click.echo(render_findings(findings, format_), nl=False)
    stopping = {"error", "warning"} if strict else {"error"}
    return exit_status(any(finding.level in stopping for finding in findings))


def entries_beside(folder: Path) -> list[tuple[str, Manifest]]:
    """Return the other entries of the checkout that a submission's folder lies in, if it does.

    What cannot be read is somebody else's fault, and left out.
    """
    from bot.adapters.disk.files import read_bytes
    from bot.checks.submission.manifest import parse_manifest
    from bot.domain.manifest import MANIFEST_FILE
    from bot.domain.submission import SUBMISSIONS_FOLDER
    from bot.errors import Misconfigured

    parent = folder.resolve().parent
    found = []
    if parent.name == SUBMISSIONS_FOLDER:
        for path in sorted(parent.glob(f"*/{MANIFEST_FILE}")):
            with suppress(Misconfigured):
                found.append((path.parent.name, parse_manifest(read_bytes(path), path=str(path))))
    return found
