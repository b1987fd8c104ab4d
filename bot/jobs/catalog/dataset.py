"""An official test set, brought in: its study list to the catalog, its references to the store."""

from __future__ import annotations

import os
from pathlib import Path

from bot.adapters.disk.catalog import write_studies
from bot.adapters.disk.files import read_bytes
from bot.adapters.references.canaries import make_canaries
from bot.adapters.references.private import STORE_VARIABLE, take_private_store
from bot.checks.dataset import read_official
from bot.domain.dataset import DatasetCard, References, list_studies
from bot.errors import SubmissionRejected
from bot.jobs.console import say
from bot.jobs.installation import Installation
from bot.ports import ReferenceStore
from bot.render.words.console import render_findings


def import_dataset(
    installation: Installation, card: DatasetCard, file: Path, *, replace: bool, dry_run: bool
) -> None:
    """Check an official file against its dataset's card, and keep its references.

    Args:
        installation: Has the catalog and the store.
        card: The dataset.
        file: The official file.
        replace: Accept studies that differ from the list in the catalog.
        dry_run: Write nothing.

    Raises:
        SubmissionRejected: The file is not what the card says; all of it was said.
    """
    listed = None if replace else installation.catalog.studies.get(card.id)
    imported = read_official(read_bytes(file), path=str(file), card=card, known=listed)
    if imported.findings:
        say(render_findings(imported.findings, "text").rstrip("\n"))
    if imported.references is None:
        raise SubmissionRejected(f"{file}: not imported")
    studies = list_studies(imported.references)
    for section, board in studies.boards.items():
        say(f"{card.id}.{section}: {len(board.ids)} studies, commitment {board.commitment}")
    if dry_run:
        say("nothing was written")
        return
    if card.access == "public":
        say(f"references: {installation.references.write(imported.references)}")
        say(f"study list: {write_studies(installation.folder, studies)}")
        return
    named = os.environ.get(STORE_VARIABLE)
    store = take_private_store(installation.folder) if named else installation.references
    say(f"references: {store.write(plant_canaries(imported.references, store))}")


def plant_canaries(references: References, store: ReferenceStore) -> References:
    """Return references with canaries: those that the store has already, or new ones."""
    name = references.dataset
    present = store.read(name).canaries if store.has(name) else None
    return references.model_copy(update={"canaries": present or make_canaries()})
