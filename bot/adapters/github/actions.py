"""What a GitHub Actions job offers to a step: its output file."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path


def write_outputs(outputs: Mapping[str, str]) -> bool:
    """Set a step's outputs; return False where no Actions job is running.

    A value ends at a random delimiter, so no text can end it and start another output.
    """
    file = os.environ.get("GITHUB_OUTPUT")
    if not file:
        return False
    lines = []
    for name, value in outputs.items():
        delimiter = f"end-{secrets.token_hex(16)}"
        lines.append(f"{name}<<{delimiter}\n{value}\n{delimiter}\n")
    with Path(file).open("a", encoding="utf-8") as stream:
        stream.write("".join(lines))
    return True


def run_url() -> str | None:
    """Return the address of the running job's log, None outside Actions."""
    server, repository, run = (
        os.environ.get(name) for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    )
    if not (server and repository and run):
        return None
    return f"{server}/{repository}/actions/runs/{run}"
