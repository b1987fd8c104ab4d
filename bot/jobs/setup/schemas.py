"""The JSON Schema of every file that crosses a border, in a folder."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.disk.files import write_files
from bot.domain.schemas import schema_files
from bot.errors import SubmissionRejected
from bot.jobs.console import say


def write_schemas(output: Path) -> None:
    """Write the schemas to a folder."""
    files = schema_files()
    changed = write_files(output, files)
    say(f"{output}: {changed} of {len(files)} files changed")


def check_schemas(output: Path) -> None:
    """Raise SubmissionRejected unless a folder holds the schemas as they are, and nothing else."""
    files = schema_files()
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
