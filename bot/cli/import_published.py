"""`rexrank import-published`: tables that were published elsewhere, as dated snapshots."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import catalog_option, dry_run, say


@click.command("import-published")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--history",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of the tables' earlier states.",
)
@click.option("--date", help="Date of FILE's tables, 2026-08-31 or 2026-08; by default its own.")
@catalog_option
@dry_run
def import_published(
    file: Path,
    history: Path | None,
    date: str | None,
    catalog_folder: Path | None,
    dry_run: bool,
) -> None:
    """Bring published result tables into the catalog, one dated snapshot each.

    Values are kept as published. A row whose RadCliQ-v1 does not follow from its parts is flagged.
    """
    from bot.adapters.catalog import BUILT_IN, published_path, write_published
    from bot.adapters.files import read_bytes
    from bot.pipeline.published import read_history, read_published, table_name

    snapshots = [read_published(read_bytes(file), date=date)]
    if history is not None:
        snapshots = [*read_history(read_bytes(history)), *snapshots]
    folder = catalog_folder or BUILT_IN
    for snapshot in snapshots:
        path = published_path(folder, snapshot.date)
        if not dry_run:
            write_published(folder, snapshot)
        flagged = [row for row in snapshot.rows if row.inconsistency is not None]
        verb = "would write" if dry_run else "wrote"
        say(
            f"{verb} {path}: {len(snapshot.rows)} rows, {len(snapshot.answers)} rows of questions, "
            f"{len(flagged)} inconsistent"
        )
        for row in flagged:
            if row.inconsistency is not None:
                found = row.inconsistency
                say(
                    f"  {row.model} on {table_name(row)}: {found.metric} is published as "
                    f"{found.published}; its parts give {found.expected:.3f}"
                )
