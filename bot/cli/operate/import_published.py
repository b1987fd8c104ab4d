"""`rexrank import-published`: tables that were published elsewhere, as dated snapshots."""

from __future__ import annotations

import re
from pathlib import Path

import click

from bot.cli.options import catalog_option, dry_run
from bot.domain.published import DAY
from bot.jobs.catalog.published import import_snapshots, read_snapshots


def read_day(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Return the date that was given; raises BadParameter when it is none."""
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
    snapshots = read_snapshots(file, history, date, source)
    import_snapshots(catalog_folder, snapshots, replace=replace, dry_run=dry_run)
