"""`rexrank import-published`: tables that were published elsewhere, as dated snapshots."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import catalog_option, dry_run, say

if TYPE_CHECKING:
    from bot.domain.published import Snapshot


def read_day(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Return the date that was given; raises BadParameter when it is none."""
    from bot.domain.published import DAY

    if value is not None and not re.search(DAY, value):
        what = "is neither a day, as 2026-08-31, nor a month, as 2026-08"
        raise click.BadParameter(f"{value!r} {what}")
    return value


@click.command("import-published")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--history",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of the tables' earlier states.",
)
@click.option(
    "--date",
    callback=read_day,
    help="Date of FILE's tables, 2026-08-31 or 2026-08; by default its own.",
)
@click.option(
    "--source",
    help="Address at which the tables are published; by default ReXrank's repository.",
)
@click.option("--replace", is_flag=True, help="Write over other tables of the same date.")
@catalog_option
@dry_run
def import_published(
    file: Path,
    history: Path | None,
    date: str | None,
    source: str | None,
    replace: bool,
    catalog_folder: Path | None,
    dry_run: bool,
) -> None:
    """Bring published result tables into the catalog, one dated snapshot each.

    Values are kept as published. A row whose RadCliQ-v1 does not follow from its parts is flagged.
    Earlier snapshots stay; the same file a second time changes nothing.
    """
    from bot.adapters.disk.catalog import BUILT_IN, check_published, published_path, write_published
    from bot.adapters.disk.files import read_bytes
    from bot.pipeline.board.published import SOURCE, read_history, read_published

    address = source or SOURCE
    snapshots = [read_published(read_bytes(file), path=str(file), date=date, source=address)]
    if history is not None:
        earlier = read_history(read_bytes(history), path=str(history), source=address)
        snapshots = [*earlier, *snapshots]
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
    from bot.pipeline.board.published import table_name

    return [
        f"{row.model} on {table_name(row)}: {found.metric} is published as {found.published}; "
        f"its parts give {found.expected:.3f}"
        for row in snapshot.rows
        if (found := row.inconsistency) is not None
    ]
