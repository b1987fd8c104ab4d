"""`rexrank rescore`: what today's scorer has not scored yet, recorded and compared."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import (
    branch_option,
    catalog_option,
    dry_run,
    output_format,
    remote_option,
    say,
)
from bot.errors import Misconfigured, RexrankError

if TYPE_CHECKING:
    from bot.adapters.git.repository import GitRepository
    from bot.domain.inspection import Inspection
    from bot.domain.leaderboard import Leaderboard
    from bot.domain.manifest import Manifest
    from bot.domain.rescore_plan import RescorePlan
    from bot.domain.scorecard import Scorecard, StoredTable
    from bot.jobs.installation import Installation


@dataclass(frozen=True)
class State:
    """The leaderboard's repository as it is now."""

    tip: str
    """Commit with the entries."""
    entries: tuple[tuple[str, Manifest], ...]
    """Entries that were not withdrawn."""
    scorecards: tuple[Scorecard, ...]
    """The ledger."""
    leaderboard: Leaderboard
    """Made of both."""


@click.group()
def rescore() -> None:
    """Score merged entries again when the scorer has changed."""


@rescore.command()
@remote_option
@branch_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that gets the plan, for `rexrank rescore table`.",
)
@click.option("--jobs", type=click.IntRange(1, 256), default=20, show_default=True)
@output_format("text", "json", "markdown")
@catalog_option
def plan(
    remote: str,
    branch: str,
    output: Path | None,
    jobs: int,
    format_: str,
    catalog_folder: Path | None,
) -> None:
    """List the boards of merged entries that today's scorer has not scored.

    In a job of a workflow the outputs `matrix` and `any` are set, for the jobs that score.
    """
    from bot.adapters.disk.files import write_atomic
    from bot.adapters.git.repository import scratch_repository
    from bot.adapters.github.actions import write_outputs
    from bot.jobs.installation import Installation, optional_token
    from bot.pipeline.board.rescore import share_out
    from bot.render.board.rescore import render_plan

    installation = Installation(catalog_folder)
    with scratch_repository(optional_token()) as repository:
        planned = make_plan(installation, read_state(installation, repository, remote, branch))
    batches = [batch.model_dump(mode="json") for batch in share_out(planned, jobs)]
    if output:
        write_atomic(output, planned.to_json())
    write_outputs(
        {"matrix": json.dumps({"include": batches}), "any": "true" if batches else "false"}
    )
    if format_ == "json":
        click.echo(planned.to_json(), nl=False)
    else:
        click.echo(render_plan(planned), nl=False)
    say(f"{len(planned.boards)} boards in {len(batches)} jobs")


@rescore.command()
@click.argument("scores", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option(
    "--submissions",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of the merged entries.",
)
@remote_option
@catalog_option
@dry_run
def record(
    scores: Path, submissions: Path, remote: str, catalog_folder: Path | None, dry_run: bool
) -> int:
    """Record the new scores of merged entries. Old ones stay; a second run adds nothing.

    What is there is recorded. An entry whose scores cannot be used is named and left out; the exit
    status at the end is the highest of theirs.
    """
    from bot.adapters.disk.score_failures import read_failures
    from bot.jobs.installation import Installation
    from bot.jobs.pull_request.handover import read_scored
    from bot.jobs.remotes import pushing_repository

    installation = Installation(catalog_folder)
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
    with pushing_repository(remote) as repository:
        added = installation.ledger(repository, remote).append(scored)
    say(f"recorded {added} scorecards; {len(scored) - added} were there")
    return status


@rescore.command()
@click.option(
    "--plan",
    "plan_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File that `rexrank rescore plan` wrote.",
)
@click.option(
    "--scores",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder that was recorded: says why an entry is missing.",
)
@remote_option
@branch_option
@catalog_option
def table(
    plan_file: Path, scores: Path | None, remote: str, branch: str, catalog_folder: Path | None
) -> None:
    """Show every score of a plan before and after, and what is missing, as Markdown."""
    from pydantic import ValidationError

    from bot.adapters.disk.files import read_bytes
    from bot.adapters.git.repository import scratch_repository
    from bot.domain.rescore_plan import RescorePlan
    from bot.jobs.installation import Installation, optional_token
    from bot.pipeline.board.rescore import compare
    from bot.render.board.rescore import render_comparison

    try:
        planned = RescorePlan.from_json(read_bytes(plan_file))
    except ValidationError as error:
        raise Misconfigured(f"{plan_file}: not a plan; run `rexrank rescore plan`") from error
    installation = Installation(catalog_folder)
    with scratch_repository(optional_token()) as repository:
        state = read_state(installation, repository, remote, branch)
    reasons = missing(planned, scores) if scores else {}
    rescored = compare(planned, state.scorecards, state.leaderboard, reasons)
    columns = installation.all_columns(state.scorecards)
    click.echo(render_comparison(rescored, columns), nl=False)


def missing(planned: RescorePlan, scores: Path) -> dict[str, str]:
    """Return why an entry that the workflow can score would have no new score."""
    from bot.adapters.disk.score_failures import read_failures

    failures = read_failures(scores)
    return {
        name: "scored, but not recorded"
        if (scores / name).is_dir()
        else f"not scored: {failures[name]}"
        if name in failures
        else "no result: its job ended first"
        for name in planned.submissions()
    }


def make_plan(installation: Installation, state: State) -> RescorePlan:
    """Return what today's scorer has not scored."""
    from bot.pipeline.board.rescore import plan_rescoring

    sealed = frozenset(
        (name, entry.board)
        for name, manifest in state.entries
        for entry in manifest.predictions
        if entry.is_sealed
    )
    return plan_rescoring(state.leaderboard, installation.catalog, sealed, state.tip)


def read_state(
    installation: Installation, repository: GitRepository, remote: str, branch: str
) -> State:
    """Return the leaderboard's repository as it is now, fetched into another.

    Raises:
        Misconfigured: It has no such branch.
    """
    from bot.adapters.ledger.withdrawals import BranchTombstones
    from bot.pipeline.board.build import build_leaderboard
    from bot.pipeline.pull_request.entries import read_entries, shown_entries

    tip = repository.remote_tip(remote, branch)
    if tip is None:
        raise Misconfigured(f"{remote}: no branch {branch}")
    scorecards = installation.ledger(repository, remote).scorecards()
    tombstones = BranchTombstones(repository, remote=remote, author=installation.author())
    entries = shown_entries(read_entries(repository, tip), tombstones.read())
    leaderboard = build_leaderboard(
        installation.catalog,
        installation.columns(),
        entries,
        scorecards,
        installation.scorer(scorecards),
    )
    return State(tip, entries, scorecards, leaderboard)


def describe_entry(installation: Installation, folder: Path) -> Inspection:
    """Return a merged entry as an inspection describes one, to hold its scores against.

    Raises:
        Misconfigured: There is no such entry.
    """
    from bot.adapters.disk.files import read_bytes
    from bot.checks.submission.manifest import parse_manifest
    from bot.domain.manifest import MANIFEST_FILE
    from bot.jobs.board.local import describe_local

    path = folder / MANIFEST_FILE
    if not path.is_file():
        raise Misconfigured(f"{path}: there are scores of this entry, and the entry is not there")
    return describe_local(
        installation, folder.name, parse_manifest(read_bytes(path), path=str(path))
    )
