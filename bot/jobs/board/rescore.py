"""What today's scorer has not scored yet: planned, recorded and compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from bot.adapters.disk.files import read_bytes, write_atomic
from bot.adapters.disk.score_failures import read_failures
from bot.adapters.github.actions import write_outputs
from bot.checks.submission.manifest import parse_manifest
from bot.domain.inspection import Inspection
from bot.domain.manifest import MANIFEST_FILE
from bot.domain.rescore_plan import Batch, RescorePlan
from bot.domain.scorecard import Scorecard, StoredTable
from bot.errors import Misconfigured, RexrankError
from bot.jobs.board.local import describe_local
from bot.jobs.board.state import BoardState, read_board_state
from bot.jobs.console import say
from bot.jobs.installation import Installation
from bot.jobs.pull_request.handover import read_scored
from bot.jobs.scoring.scorer import reported_columns
from bot.jobs.upstream import pushing_upstream, reading_upstream
from bot.pipeline.board.rescore import list_rescored, plan_rescoring, share_out
from bot.render.board.rescore import render_comparison


def plan_batches(
    installation: Installation, remote: str, branch: str, jobs: int, output: Path | None
) -> tuple[RescorePlan, Sequence[Batch]]:
    """Return what is to be scored, shared out among jobs; a workflow is told, and the file written.

    Args:
        installation: Has the catalog.
        remote: Address of the leaderboard's repository.
        branch: Branch with the entries.
        jobs: Most jobs of the workflow.
        output: File that gets the plan.
    """
    with reading_upstream(installation, remote, branch) as upstream:
        tip = upstream.tip()
        planned = make_plan(read_board_state(upstream, tip), tip)
    batches = share_out(planned, jobs)
    if output:
        write_atomic(output, planned.to_json())
    matrix = {"include": [batch.model_dump(mode="json") for batch in batches]}
    write_outputs({"matrix": json.dumps(matrix), "any": "true" if batches else "false"})
    return planned, batches


def make_plan(state: BoardState, tip: str) -> RescorePlan:
    """Return what today's scorer has not scored of a commit's entries."""
    sealed = frozenset(
        (name, entry.board)
        for name, manifest in state.entries
        for entry in manifest.predictions
        if entry.is_sealed
    )
    return plan_rescoring(state.by_value, state.catalog, sealed, tip)


def record_rescored(
    installation: Installation, scores: Path, submissions: Path, remote: str, *, dry_run: bool
) -> int:
    """Record what can be used of new scores, and return the highest exit status of what cannot."""
    scored: list[tuple[Scorecard, StoredTable]] = []
    status = 0
    for folder in sorted(path for path in scores.iterdir() if path.is_dir()):
        if folder.name.startswith("."):
            say(f"{folder}: left by a run that was killed; not recorded")
            continue
        try:
            entry = describe_entry(installation, submissions / folder.name)
            scored += read_scored(scores, entry, installation.catalog)
        except RexrankError as error:
            say(f"{folder.name}: not recorded: {error}")
            status = max(status, error.exit_status)
    for name, why in read_failures(scores).items():
        if not (scores / name).is_dir():
            say(f"{name}: nothing to record: {why}")
    if dry_run:
        say(f"would record {len(scored)} scorecards")
        return status
    with pushing_upstream(installation, remote) as upstream:
        added = upstream.ledger.append(scored)
    say(f"recorded {added} scorecards; {len(scored) - added} were there")
    return status


def describe_entry(installation: Installation, folder: Path) -> Inspection:
    """Return a merged entry as an inspection describes one, to hold its scores against.

    Raises:
        Misconfigured: There is no such entry.
    """
    path = folder / MANIFEST_FILE
    if not path.is_file():
        raise Misconfigured(f"{path}: there are scores of this entry, and the entry is not there")
    return describe_local(
        installation, folder.name, parse_manifest(read_bytes(path), path=str(path))
    )


def show_rescored(
    installation: Installation, plan_file: Path, scores: Path | None, remote: str, branch: str
) -> str:
    """Return every score of a plan before and after, and what is missing, as Markdown.

    Raises:
        Misconfigured: The file is no plan.
    """
    try:
        planned = RescorePlan.from_json(read_bytes(plan_file))
    except ValidationError as error:
        raise Misconfigured(f"{plan_file}: not a plan; run `rexrank rescore plan`") from error
    with reading_upstream(installation, remote, branch) as upstream:
        state = read_board_state(upstream, upstream.tip())
    reasons = find_missing(planned, scores) if scores else {}
    rescored = list_rescored(planned, state.scorecards, state.by_value, reasons)
    return render_comparison(rescored, reported_columns(state.scorecards))


def find_missing(planned: RescorePlan, scores: Path) -> dict[str, str]:
    """Return why an entry that the workflow can score would have no new score."""
    failures = read_failures(scores)
    return {
        name: "scored, but not recorded"
        if (scores / name).is_dir()
        else f"not scored: {failures[name]}"
        if name in failures
        else "no result: its job ended first"
        for name in planned.submissions()
    }
