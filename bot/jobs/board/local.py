"""The leaderboard of this machine: local entries and the scores made for them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.adapters.disk.files import read_bytes
from bot.adapters.disk.score_folder import read_scores
from bot.checks.submission.manifest import parse_manifest
from bot.domain.finding import Finding
from bot.domain.inspection import Inspection
from bot.domain.manifest import MANIFEST_FILE, Manifest
from bot.domain.scorecard import PerStudyTable, Scorecard
from bot.domain.submission import SUBMISSIONS_FOLDER
from bot.jobs.board.state import BoardState
from bot.jobs.installation import Installation
from bot.pipeline.board.evidence import Tables
from bot.pipeline.pull_request.inspect import plan_board

NO_COMMIT = "0" * 40


def read_local_state(installation: Installation, submissions: Path, scores: Path) -> BoardState:
    """Return what the entries below one folder and the scores in another say."""
    scored = local_scores(scores)
    tables = {card.key: table for card, table in scored}

    def read_tables(_: Iterable[tuple[str, str]]) -> Tables:
        return tables

    return BoardState(
        catalog=installation.catalog,
        entries=local_entries(submissions),
        scorecards=[card for card, _ in scored],
        read_tables=read_tables,
    )


def local_entries(submissions: Path) -> list[tuple[str, Manifest]]:
    """Return the folder name and manifest of each entry below a folder."""
    return [
        (path.parent.name, parse_manifest(read_bytes(path), path=str(path)))
        for path in sorted(submissions.glob(f"*/{MANIFEST_FILE}"))
    ]


def local_scores(scores: Path) -> list[tuple[Scorecard, PerStudyTable]]:
    """Return the scorecards of every entry that `rexrank score` wrote to a folder, with tables."""
    folders = sorted(path for path in scores.iterdir() if path.is_dir())
    return [scored for folder in folders for scored in read_scores(folder)]


def describe_local(
    installation: Installation,
    name: str,
    manifest: Manifest | None,
    findings: tuple[Finding, ...] = (),
) -> Inspection:
    """Return an entry of this machine, which no commit holds, as an inspection describes one.

    Args:
        installation: Has the catalog.
        name: Entry's folder name.
        manifest: Its manifest, None when that has errors.
        findings: What was found.
    """
    predictions = manifest.predictions if manifest else ()
    files = {f"{SUBMISSIONS_FOLDER}/{name}/{entry.file}": entry for entry in predictions}
    blobs = dict.fromkeys(files, NO_COMMIT)
    return Inspection(
        base=NO_COMMIT,
        head=NO_COMMIT,
        merge_base=None,
        kind="submission",
        submission=name,
        manifest=manifest,
        plans=tuple(
            plan_board(path, entry, blobs, installation.catalog) for path, entry in files.items()
        ),
        findings=findings,
    )
