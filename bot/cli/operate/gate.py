"""`rexrank gate`: whether a pull request may be merged, and the merge itself."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.options import (
    app_option,
    branch_option,
    catalog_option,
    exit_status,
    output_format,
    remote_option,
)
from bot.errors import WrongUsage
from bot.jobs.console import say
from bot.jobs.installation import Installation
from bot.jobs.pull_request.gate import describe_merge, judge_number, judge_queued
from bot.jobs.upstream import pushing_upstream
from bot.pipeline.merging.merge import MergeOutcome


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
    in_queue = queue_ref is not None and queue_commit is not None
    if (number is None) != in_queue or (queue_ref is None) != (queue_commit is None):
        raise WrongUsage("give NUMBER, or both --queue-ref and --queue-commit")
    if (merge and in_queue) or (check and not in_queue) or (squash and not merge):
        raise WrongUsage("--merge needs NUMBER, --check needs --queue-ref, --squash needs --merge")
    with pushing_upstream(Installation(catalog_folder), remote, branch) as upstream:
        if number is None:
            place = (queue_ref or "", queue_commit or "")
            number, outcome = judge_queued(upstream, *place, app_id, check=check)
        else:
            outcome = judge_number(upstream, number, app_id, merge=merge, squash=squash)
    show(outcome, format_)
    say(f"pull request {number} at {outcome.head[:12]}: {describe_merge(outcome)}")
    return exit_status(bool(outcome.reasons))


def show(outcome: MergeOutcome, format_: str) -> None:
    """Print the reasons."""
    if format_ == "json":
        merged = outcome.commit is not None
        document = {"head": outcome.head, "merged": merged, "reasons": outcome.reasons}
        click.echo(json.dumps(document, sort_keys=True, indent=2))
        return
    for reason in outcome.reasons:
        click.echo(reason)
