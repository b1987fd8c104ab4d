"""`rexrank init`: a submission folder to start from."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from bot.cli.options import dry_run
from bot.domain.manifest import MANIFEST_FILE
from bot.domain.value import SLUG
from bot.errors import WrongUsage
from bot.jobs.submission.start import first_manifest, write_first

YEARS = click.IntRange(2000, 2100)


@click.command()
@click.argument("name", required=False, metavar="SUBMISSION-ID")
@click.option("--model", help="Name in the table.")
@click.option("--version", "version_", default="1.0", show_default=True, help="Model version.")
@click.option("--institution", help="Who made the model.")
@click.option("--year", type=YEARS, help="Year of the model.")
@click.option("--description", default="Describe the model in a sentence or two.")
@click.option("--license", "license_", help="SPDX id, or proprietary.")
@click.option("--login", help="Your GitHub login.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("submissions"),
    show_default=True,
    help="Folder that gets the new folder.",
)
@dry_run
def init(
    name: str | None,
    model: str | None,
    version_: str,
    institution: str | None,
    year: int | None,
    description: str,
    license_: str | None,
    login: str | None,
    into: Path,
    dry_run: bool,
) -> None:
    """Start a submission folder.

    Asks for what is missing on a terminal; elsewhere every value comes from its option.
    """
    name = name or ask("Submission id (lower-case, as in my-model-1.0)", "SUBMISSION-ID")
    if not re.search(SLUG, name):
        raise WrongUsage(
            f"{name!r} is not a submission id; use 2 to 63 of a-z, 0-9, '.' and '-', "
            "starting with a letter or digit"
        )
    folder = into / name
    manifest = folder / MANIFEST_FILE
    if manifest.exists():
        raise WrongUsage(f"{manifest} is there already; edit it, or choose another id")
    text = first_manifest(
        folder,
        name=model or ask("Model name", "--model"),
        version=version_,
        institution=institution or ask("Institution", "--institution"),
        year=year or ask("Year", "--year", YEARS),
        description=description,
        license=license_ or ask("Licence (SPDX id or proprietary)", "--license"),
        login=login or ask("GitHub login", "--login"),
    )
    if dry_run:
        click.echo(text, nl=False)
        return
    write_first(folder, text)


def ask(question: str, option: str, kind: click.IntRange | None = None) -> str:
    """Return an answer typed on a terminal; elsewhere the option must have been given.

    An answer that is not of the kind is asked for again.
    """
    if not sys.stdin.isatty():
        raise WrongUsage(f"{option} is missing, and there is no terminal to ask on")
    return str(click.prompt(question, type=kind, err=True))
