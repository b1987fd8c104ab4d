"""`rexrank gate`: whether a pull request may be merged, and the merge itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import (
    branch_option,
    catalog_option,
    exit_status,
    output_format,
    remote_option,
    say,
)
from bot.errors import WrongUsage
from bot.jobs.upstream import app_option

if TYPE_CHECKING:
    from bot.jobs.upstream import Upstream
    from bot.pipeline.merging.merge import Gate, MergeOutcome
    from bot.ports import CodeHost


@click.command()
@click.argument("number", type=int, required=False)
@click.option("--merge", is_flag=True, help="Merge exactly what was judged, if it may be.")
@click.option("--squash", is_flag=True, help="With --merge: make one commit of it.")
@click.option("--queue-ref", metavar="REF", help="Branch of the merge queue, in place of NUMBER.")
@click.option("--queue-commit", metavar="SHA", help="The queue's commit on that branch.")
@click.option("--check", is_flag=True, help="Write the check on the queue's commit.")
@remote_option
@branch_option
@app_option
@output_format("text", "json")
@catalog_option
def gate(
    number: int | None,
    merge: bool,
    squash: bool,
    queue_ref: str | None,
    queue_commit: str | None,
    check: bool,
    remote: str,
    branch: str,
    app_id: int,
    format_: str,
    catalog_folder: Path | None,
) -> int:
    """Say whether a pull request may be merged, with every reason why not.

    Its head must have the bot's check, scorecards in the ledger for exactly its files, and the
    approval of a code owner who may write, given on exactly this head. What merging would change
    on the tip of the target branch is judged again; what was merged is verified, and exit status 1
    with `merged` says that it must be reverted.

    With --queue-ref and --queue-commit a commit of GitHub's merge queue is judged, and each one
    that it was built upon.
    """
    from bot.jobs.installation import Installation
    from bot.jobs.upstream import make_gate, open_pulls, open_upstream
    from bot.pipeline.merging.merge import judge_pull, merge_judged

    in_queue = queue_ref is not None and queue_commit is not None
    if (number is None) != in_queue or (queue_ref is None) != (queue_commit is None):
        raise WrongUsage("give NUMBER, or both --queue-ref and --queue-commit")
    if (merge and in_queue) or (check and not in_queue) or (squash and not merge):
        raise WrongUsage("--merge needs NUMBER, --check needs --queue-ref, --squash needs --merge")
    installation = Installation(catalog_folder)
    pulls = open_pulls(installation)
    with open_upstream(installation, remote, branch) as upstream:
        made = make_gate(installation, pulls, upstream, branch, app_id)
        if number is None:
            place = (queue_ref or "", queue_commit or "")
            number, outcome = judge_queued(place, pulls, upstream, made, check=check)
        elif merge:
            outcome = merge_judged(number, made, squash=squash)
        else:
            outcome = judge_pull(number, made)
    show(outcome, format_)
    say(f"pull request {number} at {outcome.head[:12]}: {describe(outcome)}")
    return exit_status(bool(outcome.reasons))


def judge_queued(
    place: tuple[str, str], pulls: CodeHost, upstream: Upstream, gate: Gate, *, check: bool
) -> tuple[int, MergeOutcome]:
    """Return which pull request a branch and commit of the queue end with, and the verdict."""
    from bot.pipeline.merging.merge import MergeOutcome
    from bot.pipeline.merging.merge_queue import judge_queue, parse_queue_ref
    from bot.render.pull_request.check_run import render_queue_check

    ref, commit = place
    number = parse_queue_ref(ref, gate.branch)
    commit = upstream.fetch_queue(ref, commit)
    verdict = judge_queue(number, commit, pulls, gate)
    if check:
        pulls.write_check(commit, render_queue_check(verdict))
    return number, MergeOutcome(verdict.head, None, verdict.reasons)


def show(outcome: MergeOutcome, format_: str) -> None:
    """Print the reasons."""
    if format_ == "json":
        merged = outcome.commit is not None
        document = {"head": outcome.head, "merged": merged, "reasons": outcome.reasons}
        click.echo(json.dumps(document, sort_keys=True, indent=2))
        return
    for reason in outcome.reasons:
        click.echo(reason)


def describe(outcome: MergeOutcome) -> str:
    """Return the outcome in a few words."""
    if outcome.commit is None:
        return "may not be merged" if outcome.reasons else "may be merged"
    if outcome.reasons:
        return f"MERGED as {outcome.commit[:12]}, which is not what was judged: revert it"
    return f"merged as {outcome.commit[:12]}"
