"""A submission folder to start from."""

from __future__ import annotations

import json
from pathlib import Path

from bot.adapters.disk.files import write_atomic
from bot.domain.manifest import MANIFEST_FILE
from bot.jobs.console import say

TEMPLATE = """\
# {folder}/manifest.yaml: what the leaderboard shows about your model.
# Every field: docs/reference/files.md. Check it with: rexrank validate {folder}
schema_version: 1
model:
  name: {name}
  version: {version}
  institution: {institution}
  year: {year}
  description: {description}
  links: {{}}  # paper, code, weights: absolute https addresses
  license: {license}  # SPDX id, or proprietary
training_data: []  # dataset ids or free text: [mimic-cxr]
inputs: {{images: key-frontal, context: false}}  # key-frontal or all-views
submitters: [{login}]  # GitHub logins that may change this folder
# `rexrank package` adds an entry for each predictions file:
#   rexrank package {folder} PREDICTIONS.json --dataset iu-xray --section findings
predictions: []
"""


def first_manifest(folder: Path, *, year: str | int, **texts: str) -> str:
    """Return the manifest of a new submission, as text.

    Args:
        folder: Where it will lie.
        year: Year of the model.
        texts: name, version, institution, description, license and login.
    """
    quoted = {name: quote(text) for name, text in texts.items()}
    return TEMPLATE.format(folder=folder.as_posix(), year=year, **quoted)


def write_first(folder: Path, text: str) -> None:
    """Write the manifest of a new submission, and say what comes next."""
    manifest = folder / MANIFEST_FILE
    write_atomic(manifest, text.encode())
    say(f"wrote {manifest}")
    say(f"next: rexrank package {folder} PREDICTIONS.json --dataset ID --section findings|report")


def quote(text: str) -> str:
    """Return text as a double-quoted YAML scalar, which is a JSON string."""
    return json.dumps(text, ensure_ascii=False)
