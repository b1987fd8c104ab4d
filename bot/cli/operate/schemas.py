"""`rexrank schemas`: the JSON Schema of every file that crosses a border."""

from __future__ import annotations

from pathlib import Path

import click

from bot.jobs.setup.schemas import check_schemas, write_schemas


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("schemas"),
    show_default=True,
    help="Folder of the schemas.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a file differs.")
def schemas(output: Path, check: bool) -> None:
    """Write the JSON Schema of every file that crosses a border, or check for drift."""
    if check:
        check_schemas(output)
    else:
        write_schemas(output)
