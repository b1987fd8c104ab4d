"""The comment, the check and the labels of a pull request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bot.adapters.github.actions import run_url
from bot.domain.leaderboard import Leaderboard
from bot.domain.outcome import Report
from bot.errors import Misconfigured, WrongUsage
from bot.jobs.board.leaderboard_file import read_leaderboard
from bot.jobs.console import say
from bot.jobs.installation import Installation
from bot.jobs.pull_request.handover import read_handover
from bot.jobs.pull_request.quota import read_allowances
from bot.jobs.pull_request.send_report import send_report
from bot.jobs.scoring.scorer import present_scorer, shown_columns
from bot.jobs.upstream import Upstream, reading_upstream
from bot.pipeline.board.ranks import compared_scorecards
from bot.pipeline.pull_request.report import (
    Handover,
    ReportContext,
    add_known,
    make_report,
    missing_plans,
)
from bot.ports import CodeHost, PullRequest
from bot.render.pull_request.comment import render_comment

STAGES = {
    "inspect": "reading the pull request",
    "score": "scoring in the container",
    "record": "recording the scores in the ledger",
}
FINE = {"success", "skipped"}


@dataclass(frozen=True)
class Stages:
    """What the earlier stages of a run left, and how they ended."""

    head: str
    """Commit that was inspected."""
    inspection: Path
    """Folder of the inspection; may be absent."""
    scores: Path
    """Folder of the scores; may be absent."""
    failed: tuple[str, ...]
    """What did not end well, in words."""


def failed_stages(stages: tuple[str, ...]) -> tuple[str, ...]:
    """Return in words which stages did not end well, each given as NAME=RESULT."""
    failed = []
    for stage in stages:
        name, equals, result = stage.partition("=")
        if not equals or name not in STAGES:
            raise WrongUsage(f"--stage {stage!r}: give one of {', '.join(STAGES)} and its result")
        if result not in FINE:
            failed.append(STAGES[name])
    return tuple(failed)


def answer_pull(
    installation: Installation,
    number: int,
    stages: Stages,
    leaderboard: Path,
    remote: str | None,
    *,
    dry_run: bool,
) -> str:
    """Answer a pull request, unless it has moved on; return the comment that a dry run would write.

    Args:
        installation: Has the catalog.
        number: The pull request.
        stages: What was handed over.
        leaderboard: File of the leaderboard as it is.
        remote: Address of the repository with the ledger; the preview is by value without one.
        dry_run: Write nothing.
    """
    host = installation.host()
    pull, unread = read_pull(host, number)
    if pull is not None and pull.head != stages.head:
        say(f"pull request {number} has moved on to {pull.head[:12]}; its own run answers")
        return ""
    data = describe_answer(installation, pull, stages, read_leaderboard(leaderboard), remote)
    if dry_run:
        return render_comment(data) or ""
    sent = send_report(host, number, stages.head, data)
    for part, what in sent.written.items():
        say(f"{part}: {what}")
    for part, why in sent.unwritten.items():
        say(f"{part}: not written: {why}")
    if error := sent.error or unread:
        raise error
    return ""


def read_pull(host: CodeHost, number: int) -> tuple[PullRequest | None, Misconfigured | None]:
    """Return a pull request, or why the token may not read it.

    The check belongs to a commit, not to a pull request: it is written all the same.
    """
    try:
        return host.read(number), None
    except Misconfigured as error:
        say(f"pull request {number}: not read: {error}")
        return None, error


def describe_answer(
    installation: Installation,
    pull: PullRequest | None,
    stages: Stages,
    board: Leaderboard | None,
    remote: str | None,
) -> Report:
    """Return what is answered; everything that was handed over is checked again."""
    catalog = installation.catalog
    handover = read_handover(stages.inspection, stages.scores, stages.head, stages.failed, catalog)
    context = ReportContext(catalog, shown_columns(catalog), board, run_url())
    if remote:
        with reading_upstream(installation, remote) as upstream:
            handover, context = ask_ledger(upstream, pull, handover, context)
    submission = handover.inspection.submission if handover.inspection else None
    since = pull.opened if pull else "a day that could not be read"
    return make_report(handover, context, submission, since)


def ask_ledger(
    upstream: Upstream, pull: PullRequest | None, handover: Handover, context: ReportContext
) -> tuple[Handover, ReportContext]:
    """Return both with what the ledger knows: scores of these very files, rows, and the quota."""
    catalog, board = context.catalog, context.leaderboard
    if missing_plans(handover):
        known = upstream.ledger.scorecards()
        handover = add_known(handover, known, catalog, present_scorer())
    wanted = compared_scorecards(board, catalog) if board else ()
    tables = upstream.ledger.tables(wanted)
    allowances = read_allowances(upstream, handover.inspection, pull) if pull is not None else ()
    return handover, replace(context, tables=tables, allowances=allowances)
