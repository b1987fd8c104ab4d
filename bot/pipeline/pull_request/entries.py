"""The entries of the leaderboard, as a commit or a folder holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.checks.submission.manifest import parse_manifest
from bot.checks.submission.predictions import texts_of
from bot.domain.board import BoardId
from bot.domain.manifest import MANIFEST_FILE, Manifest
from bot.domain.submission import SUBMISSIONS_FOLDER
from bot.domain.withdrawal import Withdrawal
from bot.ports import GitObjects

LEADERBOARD_FOLDER = "leaderboard"
MOST_COMPARED = 100
"""Entries whose reports are read for one file: each takes some hundredths of a second."""


def read_manifest(git: GitObjects, commit: str, submission: str) -> Manifest | None:
    """Return an entry's manifest in a commit, None when there is no such entry.

    Raises:
        Misconfigured: What was merged cannot be read.
    """
    path = f"{SUBMISSIONS_FOLDER}/{submission}/{MANIFEST_FILE}"
    found = git.entries(commit, path)
    if not found:
        return None
    return parse_manifest(git.read([found[0].oid])[found[0].oid], path=path)


def read_entries(git: GitObjects, commit: str) -> tuple[tuple[str, Manifest], ...]:
    """Return the folder name and manifest of every entry in a commit, in the order of names.

    Raises:
        Misconfigured: A manifest that was merged cannot be read.
    """
    suffix = f"/{MANIFEST_FILE}"
    paths = {
        entry.path.decode(): entry.oid
        for entry in git.entries(commit, SUBMISSIONS_FOLDER)
        if entry.path.count(b"/") == 2 and entry.path.endswith(suffix.encode())
    }
    contents = git.read(list(paths.values()))
    return tuple(
        (path.split("/")[1], parse_manifest(contents[oid], path=path))
        for path, oid in sorted(paths.items())
    )


def read_reports(
    git: GitObjects, commit: str, board: BoardId, *, without: str
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield name and reports of the entries of a commit on a board, one file in memory at a time.

    Sealed files are not among them. What cannot be read was merged with an error, and is left out.

    Args:
        git: Repository that has the commit.
        commit: Tip of the target branch.
        board: The board.
        without: Entry that is not to be compared with itself.
    """
    compared = 0
    for name, manifest in read_entries(git, commit):
        for entry in manifest.predictions:
            if entry.board != board or entry.is_sealed or name == without:
                continue
            path = f"{SUBMISSIONS_FOLDER}/{name}/{entry.file}"
            found = git.entries(commit, path)
            if found and compared < MOST_COMPARED:
                compared += 1
                texts = texts_of(git.read([found[0].oid])[found[0].oid], path=path)
                if texts is not None:
                    yield name, texts


def shown_entries(
    entries: Iterable[tuple[str, Manifest]], withdrawals: Iterable[Withdrawal]
) -> tuple[tuple[str, Manifest], ...]:
    """Return the entries that were not withdrawn."""
    gone = {withdrawal.submission for withdrawal in withdrawals}
    return tuple(entry for entry in entries if entry[0] not in gone)


def replace_leaderboard(
    git: GitObjects, commit: str, files: Mapping[str, bytes]
) -> dict[str, bytes | None]:
    """Return what turns a commit's leaderboard into these files; None removes one."""
    present = git.entries(commit, LEADERBOARD_FOLDER)
    gone: dict[str, bytes | None] = {entry.path.decode(): None for entry in present}
    return gone | {f"{LEADERBOARD_FOLDER}/{name}": data for name, data in files.items()}
