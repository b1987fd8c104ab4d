"""`rexrank schemas`: the JSON Schema of every file that crosses a border."""

from __future__ import annotations

from pathlib import Path

import click

from bot.adapters.disk.files import write_files
from bot.domain.schemas import schema_files
from bot.errors import SubmissionRejected
from bot.jobs.console import say


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
    files = schema_files()
    if not check:
        changed = write_files(output, files)
        say(f"{output}: {changed} of {len(files)} files changed")
        return
    differing = [
        name
        for name, data in files.items()
        if not (output / name).is_file() or (output / name).read_bytes() != data
    ]
    present = {path.name for path in output.glob("*.json")} if output.is_dir() else set()
    differing += sorted(present - set(files))
    if differing:
        raise SubmissionRejected(f"{output}: {', '.join(differing)} differ; run `rexrank schemas`")
    say(f"{output}: all {len(files)} files are as the program generates them")
