"""`rexrank dataset`: the test sets of this leaderboard."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import catalog_option, dry_run, output_format, say
from bot.errors import SubmissionRejected, WrongUsage

if TYPE_CHECKING:
    from bot.domain.dataset import References
    from bot.ports import ReferenceStore


@click.group()
def dataset() -> None:
    """List and import test sets."""


@dataset.command("list")
@output_format("text", "json")
@catalog_option
def list_(format_: str, catalog_folder: Path | None) -> None:
    """List the datasets and whether their references are on this machine."""
    import json

    from bot.jobs.installation import Installation

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
    from bot.adapters.disk.catalog import write_studies
    from bot.adapters.disk.files import read_bytes
    from bot.adapters.references.private import STORE_VARIABLE, take_private_store
    from bot.checks.dataset import read_official
    from bot.domain.dataset import list_studies
    from bot.jobs.installation import Installation
    from bot.render.words.console import render_findings

    installation = Installation(catalog_folder)
    card = installation.catalog.datasets.get(dataset_id)
    if card is None:
        known = ", ".join(installation.catalog.datasets)
        raise WrongUsage(f"no dataset {dataset_id!r} in the catalog; there are {known}")
    listed = None if replace else installation.catalog.studies.get(dataset_id)
    imported = read_official(read_bytes(file), path=str(file), card=card, known=listed)
    if imported.findings:
        say(render_findings(imported.findings, "text").rstrip("\n"))
    if imported.references is None:
        raise SubmissionRejected(f"{file}: not imported")
    studies = list_studies(imported.references)
    for section, board in studies.boards.items():
        say(f"{dataset_id}.{section}: {len(board.ids)} studies, commitment {board.commitment}")
    if dry_run:
        say("nothing was written")
        return
    references, store = imported.references, installation.references
    if card.access != "public":
        if os.environ.get(STORE_VARIABLE):
            store = take_private_store(installation.folder)
        references = plant_canaries(references, store)
    say(f"references: {store.write(references)}")
    if card.access == "public":
        say(f"study list: {write_studies(installation.folder, studies)}")


def plant_canaries(references: References, store: ReferenceStore) -> References:
    """Return references with canaries: those that the store has already, or new ones."""
    from bot.adapters.references.canaries import make_canaries

    name = references.dataset
    present = store.read(name).canaries if store.has(name) else None
    return references.model_copy(update={"canaries": present or make_canaries()})
