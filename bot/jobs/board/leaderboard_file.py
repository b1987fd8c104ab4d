"""The leaderboard's file, as it was published."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from bot.adapters.disk.files import read_bytes
from bot.domain.leaderboard import Leaderboard
from bot.errors import Misconfigured
from bot.jobs.remotes import reading_repository

LEADERBOARD_FILE = "leaderboard/leaderboard.json"


def read_leaderboard(path: Path) -> Leaderboard | None:
    """Return the leaderboard in a checkout, None when there is none."""
    return parse_leaderboard(read_bytes(path), str(path)) if path.is_file() else None


def fetch_leaderboard(remote: str, branch: str) -> Leaderboard | None:
    """Return the leaderboard at the tip of a remote's branch, None when it has no such file.

    Raises:
        Misconfigured: There is no such branch.
    """
    with reading_repository() as repository:
        tip = repository.remote_tip(remote, branch)
        if tip is None:
            raise Misconfigured(f"{remote}: no branch {branch}")
        found = [entry.oid for entry in repository.entries(tip, LEADERBOARD_FILE)]
        contents = repository.read(found)
    return parse_leaderboard(contents[found[0]], LEADERBOARD_FILE) if found else None


def parse_leaderboard(data: bytes, name: str) -> Leaderboard:
    """Return a leaderboard from its file's content; raises Misconfigured when it is none."""
    try:
        return Leaderboard.from_json(data)
    except ValidationError as error:
        raise Misconfigured(f"{name}: not a leaderboard; run `rexrank publish`") from error
