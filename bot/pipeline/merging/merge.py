"""The merge itself: exactly what was judged, on the tip of that moment, and verified after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.domain.catalog import Catalog
from bot.domain.submission import SUBMISSIONS_FOLDER
from bot.errors import Misconfigured
from bot.pipeline.merging.gate import Facts, Repository, gather_facts, judge, judge_content
from bot.pipeline.pull_request.validate import ReadTexts
from bot.ports import CodeHost, GitObjects, MergeMessage, PullRequest

MAX_TRIES = 3
MAX_REBASED = 100
"""Commits of a pull request that GitHub rebases, at most."""
BASE_MOVED = "Base branch was modified"
"""How GitHub's answer begins when the target branch moved during a merge."""


@dataclass(frozen=True)
class Gate:
    """What the gate judges and merges with."""

    pulls: CodeHost
    """The code host."""
    open_repository: Callable[[PullRequest], Repository]
    """Fetches the target branch, a pull request and the ledger as they are now."""
    read_tip: Callable[[], str]
    """Fetches the tip of the target branch as it is now."""
    catalog: Catalog
    """What this leaderboard is."""
    read_texts: ReadTexts
    """Reference texts that may be used here."""
    branch: str
    """Branch with the entries."""
    app_id: int
    """App whose check counts."""


@dataclass(frozen=True)
class MergeOutcome:
    """What came of a merge."""

    head: str
    """The head that was judged."""
    commit: str | None
    """What it was merged as; None when it was not merged."""
    reasons: tuple[str, ...]
    """Why it was not merged; or, where it was, what is wrong with the merge."""


def judge_pull(number: int, gate: Gate) -> MergeOutcome:
    """Return why a pull request may not be merged; nothing is merged."""
    pull = gate.pulls.read(number)
    repository = gate.open_repository(pull)
    facts = gather_facts(gate.pulls, pull, repository, gate.catalog, gate.read_texts)
    verdict = judge(facts, gate.catalog, branch=gate.branch, app_id=gate.app_id)
    return MergeOutcome(verdict.head, None, verdict.reasons)


def merge_judged(number: int, gate: Gate, *, squash: bool = False) -> MergeOutcome:
    """Merge a pull request if it may be, and return what came of it.

    GitHub merges into whatever the tip of the target branch is when it does so; it can be told
    the head, not the target. So the tip is compared with the judged one at the last moment, and
    what was merged is judged again afterwards, against the commit that it was really merged into.
    """
    head = ""
    for _ in range(MAX_TRIES):
        pull = gate.pulls.read(number)
        head = pull.head
        repository = gate.open_repository(pull)
        facts = gather_facts(gate.pulls, pull, repository, gate.catalog, gate.read_texts)
        verdict = judge(facts, gate.catalog, branch=gate.branch, app_id=gate.app_id)
        if verdict.reasons:
            return MergeOutcome(head, None, verdict.reasons)
        if gate.read_tip() != repository.target:
            continue
        message = describe_merge(facts, repository)
        refusal = gate.pulls.merge(number, head, message, squash=squash)
        if refusal.startswith(BASE_MOVED):
            continue
        if refusal:
            reason = f"GitHub refused to merge {head[:12]}: {refusal}"
            return MergeOutcome(head, None, (reason,))
        return verify_merge(pull, gate)
    reason = f"{gate.branch} moved {MAX_TRIES} times while this was judged; try again"
    return MergeOutcome(head, None, (reason,))


def describe_merge(facts: Facts, repository: Repository) -> MergeMessage:
    """Return what the merge's commit says: nothing that a submitter wrote."""
    pull, inspection = facts.pull, facts.inspection
    submission = (inspection and inspection.submission) or "an entry"
    verb = "Add"
    if inspection and inspection.kind == "withdrawal":
        verb = "Remove"
    elif repository.git.entries(repository.target, f"{SUBMISSIONS_FOLDER}/{submission}"):
        verb = "Change"
    body = f"rexrank judged and merged {pull.head}."
    return MergeMessage(f"{verb} {submission} (#{pull.number})", body)


def verify_merge(pull: PullRequest, gate: Gate) -> MergeOutcome:
    """Return what a merged pull request was merged as, and what is wrong with that."""
    commit = gate.pulls.merge_commit(pull.number)
    if commit is None:
        reason = f"GitHub says that {pull.head[:12]} was merged, and does not say as what"
        return MergeOutcome(pull.head, None, (reason,))
    repository = gate.open_repository(pull)
    try:
        parents = repository.git.parents(commit)
    except Misconfigured:
        reason = f"the merge {commit[:12]} is not on {gate.branch}; look at that branch's history"
        return MergeOutcome(pull.head, commit, (reason,))
    before = replace(repository, target=parents[0]) if parents else repository
    facts = gather_facts(gate.pulls, pull, before, gate.catalog, gate.read_texts)
    if parents and is_rebased(repository.git, parents, pull.head):
        reason = f"{commit[:12]} and commits before it are a rebase, which cannot be judged"
        return MergeOutcome(pull.head, commit, (reason,))
    reasons = [
        *judge_content(facts, gate.catalog),
        *check_commit(repository.git, commit, pull.head, tree_of(facts)),
    ]
    if reasons:
        reasons.append(f"to take it back: git revert {'-m 1 ' if len(parents) > 1 else ''}{commit}")
    return MergeOutcome(pull.head, commit, tuple(reasons))


def is_rebased(git: GitObjects, parents: tuple[str, ...], head: str) -> bool:
    """Return whether what a commit was put upon looks like a commit of the same pull request.

    The last commit of a rebase holds the whole tree, and changes only what the last one changed.
    """
    own = git.commits(parents[0], head)[:MAX_REBASED] if len(parents) == 1 else ()
    return len(own) > 1 and git.title(parents[0]) in {git.title(commit) for commit in own}


def tree_of(facts: Facts) -> str | None:
    """Return the tree that merging the judged head makes, None when there is none."""
    return facts.inspection.merged_tree if facts.inspection else None


def check_commit(git: GitObjects, commit: str, head: str, tree: str | None) -> list[str]:
    """Return why a commit is not the merge of a head, with a merge commit or without one."""
    if git.parents(commit)[1:] not in {(), (head,)}:
        return [f"{commit[:12]} merges something else than {head[:12]}"]
    if git.tree(commit) != tree:
        return [f"{commit[:12]} holds something else than merging {head[:12]} makes"]
    return []
