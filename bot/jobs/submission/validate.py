"""Every problem of submissions in one run."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

from bot.adapters.disk.files import read_bytes, read_submission
from bot.checks.submission.manifest import parse_manifest
from bot.domain.finding import Finding
from bot.domain.manifest import MANIFEST_FILE, Manifest
from bot.domain.submission import SUBMISSIONS_FOLDER
from bot.errors import Misconfigured
from bot.jobs.installation import Installation
from bot.pipeline.pull_request.validate import validate_submission


def validate_folders(installation: Installation, folders: Iterable[Path]) -> list[Finding]:
    """Return every problem of submissions, in the order of the folders."""
    return [
        finding
        for folder in folders
        for finding in validate_submission(
            read_submission(folder),
            installation.catalog,
            references=installation.public_texts,
            manifests=partial(entries_beside, folder),
        ).findings
    ]


def entries_beside(folder: Path) -> list[tuple[str, Manifest]]:
    """Return the other entries of the checkout that a submission's folder lies in, if it does.

    What cannot be read is somebody else's fault, and left out.
    """
    parent = folder.resolve().parent
    found = []
    if parent.name == SUBMISSIONS_FOLDER:
        for path in sorted(parent.glob(f"*/{MANIFEST_FILE}")):
            with suppress(Misconfigured):
                found.append((path.parent.name, parse_manifest(read_bytes(path), path=str(path))))
    return found
