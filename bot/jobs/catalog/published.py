"""Result tables that were published elsewhere, brought into the catalog as dated snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.adapters.disk.catalog import BUILT_IN, check_published, published_path, write_published
from bot.adapters.disk.files import read_bytes
from bot.domain.published import Snapshot
from bot.jobs.console import say
from bot.pipeline.board.published import SOURCE, read_history, read_published, table_name


def read_snapshots(
    file: Path, history: Path | None, date: str | None, source: str | None
) -> list[Snapshot]:
    """Return the snapshots of a file of tables, those of its earlier states first.

    Args:
        file: The tables.
        history: File of their earlier states.
        date: Date of the tables; their own when absent.
        source: Address at which they are published; ReXrank's repository when absent.
    """
    address = source or SOURCE
    present = read_published(read_bytes(file), path=str(file), date=date, source=address)
    if history is None:
        return [present]
    return [*read_history(read_bytes(history), path=str(history), source=address), present]


def import_snapshots(
    catalog_folder: Path | None, snapshots: Sequence[Snapshot], *, replace: bool, dry_run: bool
) -> None:
    """Write snapshots into a catalog, all of them or none; the same ones again change nothing."""
    folder = catalog_folder or BUILT_IN
    for snapshot in snapshots:  # all of them, before any is written
        check_published(folder, snapshot, replace=replace)
    for snapshot in snapshots:
        path = published_path(folder, snapshot.date)
        if dry_run:
            verb = "would write"
        else:
            written = write_published(folder, snapshot, replace=replace)
            verb = "wrote" if written else "unchanged:"
        say(f"{verb} {path}: {describe(snapshot)}")
        for line in inconsistent(snapshot):
            say(f"  {line}")


def describe(snapshot: Snapshot) -> str:
    """Return in words how much a snapshot holds."""
    flagged = sum(row.inconsistency is not None for row in snapshot.rows)
    return (
        f"{len(snapshot.rows)} rows, {len(snapshot.answers)} rows of questions, "
        f"{flagged} inconsistent"
    )


def inconsistent(snapshot: Snapshot) -> Sequence[str]:
    """Return a line for each row with a value that does not follow from its parts."""
    return [
        f"{row.model} on {table_name(row)}: {found.metric} is published as {found.published}; "
        f"its parts give {found.expected:.3f}"
        for row in snapshot.rows
        if (found := row.inconsistency) is not None
    ]
