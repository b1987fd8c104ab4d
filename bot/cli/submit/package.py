"""`rexrank package`: a raw predictions file becomes part of a submission."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import catalog_option, dry_run, folder_argument
from bot.domain.value import Section
from bot.errors import WrongUsage
from bot.jobs.installation import Installation
from bot.jobs.submission.package import package_predictions


@click.command()
@folder_argument
@click.argument("predictions", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dataset", required=True, metavar="ID", help="Dataset that was predicted.")
@click.option(
    "--section",
    required=True,
    type=click.Choice(["findings", "report"]),
    help="What the texts stand for.",
)
@catalog_option
@dry_run
def package(
    folder: Path,
    predictions: Path,
    dataset: str,
    section: Section,
    catalog_folder: Path | None,
    dry_run: bool,
) -> None:
    """Strip a predictions file and add it to a submission.

    Keeps the study ids and `model_prediction`, drops everything else (image paths, contexts,
    references), writes predictions/<dataset>.<section>.json and its sha256 into manifest.yaml.
    """
    card = Installation(catalog_folder).catalog.datasets.get(dataset)
    if card is None:
        raise WrongUsage(f"no dataset {dataset!r}; `rexrank dataset list` shows what there is")
    package_predictions(folder, predictions, card, section, dry_run=dry_run)
