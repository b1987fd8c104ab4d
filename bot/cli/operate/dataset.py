"""`rexrank dataset`: the test sets of this leaderboard."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.options import catalog_option, dry_run, output_format
from bot.errors import WrongUsage
from bot.jobs.catalog.dataset import import_dataset
from bot.jobs.installation import Installation


@click.group()
def dataset() -> None:
    """List and import test sets."""


@dataset.command("list")
@output_format("text", "json")
@catalog_option
def list_(format_: str, catalog_folder: Path | None) -> None:
    """List the datasets and whether their references are on this machine."""
    installation = Installation(catalog_folder)
    rows = [
        {
            "id": card.id,
            "title": card.title,
            "access": card.access,
            "studies": card.n,
            "sections": card.sections,
            "references": installation.references.has(card.id),
        }
        for card in installation.catalog.datasets.values()
    ]
    if format_ == "json":
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        here = "references here" if row["references"] else "no references here"
        click.echo(f"{row['id']:<16}{row['access']:<14}{row['studies']:>7} studies  {here}")


@dataset.command("import")
@click.argument("dataset_id", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--replace", is_flag=True, help="Accept studies that differ from the list in the catalog."
)
@catalog_option
@dry_run
def import_(
    dataset_id: str, file: Path, replace: bool, catalog_folder: Path | None, dry_run: bool
) -> None:
    """Read an official test file and keep its references.

    Checks it against the dataset's card, writes the study ids and the commitment of a public
    dataset to the catalog, and the reference texts to the store (REXRANK_REFERENCES, a folder or
    fsspec address; by default a folder of this user), never to the repository. Only datasets that
    ship with the catalog, as mini does, have their references there. Those of a dataset that is not
    public go to the private store (REXRANK_PRIVATE_STORE) where one is named, and get canaries:
    sentences that are never scored, and whose sight anywhere is a leak.
    """
    installation = Installation(catalog_folder)
    card = installation.catalog.datasets.get(dataset_id)
    if card is None:
        known = ", ".join(installation.catalog.datasets)
        raise WrongUsage(f"no dataset {dataset_id!r} in the catalog; there are {known}")
    import_dataset(installation, card, file, replace=replace, dry_run=dry_run)
