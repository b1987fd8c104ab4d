"""What a batch left of entries that it could not score, beside the folders of the others."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from bot.adapters.disk.files import write_atomic
from bot.domain.score_failure import SUFFIX, ScoreFailure

MAX_BYTES = 20_000
"""Largest file that is read."""
UNREADABLE = "why cannot be read; see the job's log"


def write_failure(output: Path, failure: ScoreFailure) -> None:
    """Write why an entry has no scores."""
    write_atomic(output / f"{failure.submission}{SUFFIX}", failure.to_json())


def forget_failure(output: Path, name: str) -> None:
    """Remove what an earlier run said about an entry that has scores now."""
    (output / f"{name}{SUFFIX}").unlink(missing_ok=True)


def read_failures(scores: Path) -> dict[str, str]:
    """Return why entries have no scores, by their names; the files may be anybody's."""
    paths = {path.name.removesuffix(SUFFIX): path for path in scores.glob(f"*{SUFFIX}")}
    return {name: read_reason(path, name) for name, path in sorted(paths.items())}


def read_reason(path: Path, name: str) -> str:
    """Return why an entry has no scores."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
            return UNREADABLE
        failure = ScoreFailure.from_json(path.read_bytes())
    except (OSError, ValidationError):
        return UNREADABLE
    return failure.reason if failure.submission == name else UNREADABLE
