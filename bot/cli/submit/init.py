"""`rexrank init`: a submission folder to start from."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from bot.cli.options import dry_run, say
from bot.domain.value import SLUG
from bot.errors import WrongUsage

TEMPLATE = """\
# {folder}/manifest.yaml: what the leaderboard shows about your model.
# Every field: docs/reference/files.md. Check it with: rexrank validate {folder}
schema_version: 1
model:
  name: {name}
  version: {version}
  institution: {institution}
  year: {year}
  description: {description}
  links: {{}}  # paper, code, weights: absolute https addresses
  license: {license}  # SPDX id, or proprietary
training_data: []  # dataset ids or free text: [mimic-cxr]
inputs: {{images: key-frontal, context: false}}  # key-frontal or all-views
submitters: [{login}]  # GitHub logins that may change this folder
# `rexrank package` adds an entry for each predictions file:
#   rexrank package {folder} PREDICTIONS.json --dataset iu-xray --section findings
predictions: []
"""

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
    from bot.adapters.disk.files import write_atomic

    name = name or ask("Submission id (lower-case, as in my-model-1.0)", "SUBMISSION-ID")
    if not re.search(SLUG, name):
        raise WrongUsage(
            f"{name!r} is not a submission id; use 2 to 63 of a-z, 0-9, '.' and '-', "
            "starting with a letter or digit"
        )
    folder = into / name
    manifest = folder / "manifest.yaml"
    if manifest.exists():
        raise WrongUsage(f"{manifest} is there already; edit it, or choose another id")
    text = TEMPLATE.format(
        folder=folder.as_posix(),
        name=quote(model or ask("Model name", "--model")),
        version=quote(version_),
        institution=quote(institution or ask("Institution", "--institution")),
        year=year or ask("Year", "--year", YEARS),
        description=quote(description),
        license=quote(license_ or ask("Licence (SPDX id or proprietary)", "--license")),
        login=quote(login or ask("GitHub login", "--login")),
    )
    if dry_run:
        click.echo(text, nl=False)
        return
    write_atomic(manifest, text.encode())
    say(f"wrote {manifest}")
    say(f"next: rexrank package {folder} PREDICTIONS.json --dataset ID --section findings|report")


def ask(question: str, option: str, kind: click.IntRange | None = None) -> str:
    """Return an answer typed on a terminal; elsewhere the option must have been given.

    An answer that is not of the kind is asked for again.
    """
    if not sys.stdin.isatty():
        raise WrongUsage(f"{option} is missing, and there is no terminal to ask on")
    return str(click.prompt(question, type=kind, err=True))


def quote(text: str) -> str:
    """Return text as a double-quoted YAML scalar, which is a JSON string."""
    import json

    return json.dumps(text, ensure_ascii=False)
