"""Whether a pull request may be merged, and the merge itself."""

from __future__ import annotations

from functools import partial

from bot.jobs.upstream import Upstream
from bot.pipeline.merging.gate import Repository
from bot.pipeline.merging.merge import Gate, MergeOutcome, judge_pull, merge_judged
from bot.pipeline.merging.merge_queue import judge_queue, parse_queue_ref
from bot.ports import CodeHost, PullRequest
from bot.render.pull_request.check_run import render_queue_check


def make_gate(upstream: Upstream, host: CodeHost, app_id: int) -> Gate:
    """Return what the gate judges and merges with."""
    return Gate(
        pulls=host,
        open_repository=partial(fetch_repository, upstream),
        read_tip=upstream.tip,
        catalog=upstream.installation.catalog,
        read_texts=upstream.installation.public_texts,
        branch=upstream.branch,
        app_id=app_id,
    )


def fetch_repository(upstream: Upstream, pull: PullRequest) -> Repository:
    """Return the target branch, a pull request and the ledger as they are now."""
    upstream.git.fetch(upstream.remote, f"+refs/pull/{pull.number}/head:refs/rexrank/pull")
    return Repository(
        git=upstream.git,
        target=upstream.tip(),
        scorecards=upstream.ledger.scorecards(),
        withdrawn=frozenset(each.submission for each in upstream.tombstones.read()),
        owners=upstream.owners.read(),
    )


def judge_number(
    upstream: Upstream, number: int, app_id: int, *, merge: bool, squash: bool
) -> MergeOutcome:
    """Return the verdict on a pull request, which is merged if it may be and that was asked for.

    Args:
        upstream: The leaderboard's repository.
        number: The pull request.
        app_id: App whose check counts.
        merge: Merge exactly what was judged.
        squash: Make one commit of it.
    """
    gate = make_gate(upstream, upstream.installation.host(), app_id)
    return merge_judged(number, gate, squash=squash) if merge else judge_pull(number, gate)


def judge_queued(
    upstream: Upstream, ref: str, commit: str, app_id: int, *, check: bool
) -> tuple[int, MergeOutcome]:
    """Return which pull request a branch of the merge queue ends with, and the verdict.

    Args:
        upstream: The leaderboard's repository.
        ref: Branch of the queue.
        commit: The queue's commit on it.
        app_id: App whose check counts.
        check: Write the check on that commit.
    """
    host = upstream.installation.host()
    number = parse_queue_ref(ref, upstream.branch)
    upstream.git.fetch(upstream.remote, f"+{ref}:refs/rexrank/queue")
    found = upstream.git.resolve(commit)
    verdict = judge_queue(number, found, host, make_gate(upstream, host, app_id))
    if check:
        host.write_check(found, render_queue_check(verdict))
    return number, MergeOutcome(verdict.head, None, verdict.reasons)


def describe_merge(outcome: MergeOutcome) -> str:
    """Return the outcome in a few words."""
    if outcome.commit is None:
        return "may not be merged" if outcome.reasons else "may be merged"
    if outcome.reasons:
        return f"MERGED as {outcome.commit[:12]}, which is not what was judged: revert it"
    return f"merged as {outcome.commit[:12]}"
