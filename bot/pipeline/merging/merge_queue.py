"""The merge queue: whether a commit that it made is the merge of judged pull requests."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain.finding import has_errors
from bot.domain.outcome import QueueVerdict
from bot.errors import WrongUsage
from bot.pipeline.merging.gate import Repository, gather_facts, judge
from bot.pipeline.merging.merge import Gate, check_commit, tree_of
from bot.ports import CodeHost, GitObjects

MAX_LINKS = 100
"""Pull requests in one group of a queue, which is GitHub's own limit."""
_REF = re.compile(
    r"refs/heads/gh-readonly-queue/(?P<branch>.+)/pr-(?P<number>[1-9][0-9]{0,9})-[0-9a-f]{40,64}"
)
_SQUASHED = re.compile(r"\(#([1-9][0-9]{0,9})\)$")


def parse_queue_ref(ref: str, branch: str) -> int:
    """Return the number of the pull request that a branch of the queue ends with.

    Raises:
        WrongUsage: It is no branch of the target branch's queue.

    Example:
        >>> parse_queue_ref("refs/heads/gh-readonly-queue/main/pr-7-" + "a" * 40, "main")
        7
    """
    found = _REF.fullmatch(ref)
    if found is None or found["branch"] != branch:
        raise WrongUsage(f"--queue-ref {ref!r}: not a branch of the merge queue of {branch}")
    return int(found["number"])


def judge_queue(number: int, commit: str, pulls: CodeHost, gate: Gate) -> QueueVerdict:
    """Return the verdict on a commit of the queue, and on each one that it was built upon.

    A queue builds the merge of one pull request upon that of the next, and can take several of
    them at once when the last one passes: so each is judged, against the commit before it, until
    one is reached that the target branch has.
    """
    pull = pulls.read(number)
    repository = gate.open_repository(pull)
    links = read_links(repository.git, commit, repository.target)
    reasons: list[str] = []
    if not links:
        reasons.append(f"{commit[:12]} is on {gate.branch} already, or not built upon it")
    entries = False
    for link, before in links:
        own = number if link == commit else find_pull(repository.git, link, pulls, gate.branch)
        if own is None:
            reasons.append(f"{link[:12]} is the merge of no open pull request")
            continue
        touches, why = judge_link(own, link, before, gate)
        entries |= touches
        reasons += why if own == number else [f"#{own}: {reason}" for reason in why]
    return QueueVerdict(number, pull.head, entries, tuple(reasons))


def read_links(git: GitObjects, commit: str, target: str) -> tuple[tuple[str, str], ...]:
    """Return each commit that the target branch lacks, with the one before it, oldest first."""
    links: list[tuple[str, str]] = []
    while git.merge_bases(commit, target) != (commit,):
        parents = git.parents(commit)
        if not parents or len(links) == MAX_LINKS:
            return ()
        links.append((commit, parents[0]))
        commit = parents[0]
    return tuple(reversed(links))


def judge_link(number: int, commit: str, before: str, gate: Gate) -> tuple[bool, list[str]]:
    """Return whether one commit of the queue touches an entry, and why it may not be merged."""
    pull = gate.pulls.read(number)
    repository: Repository = replace(gate.open_repository(pull), target=before)
    facts = gather_facts(gate.pulls, pull, repository, gate.catalog, gate.read_texts)
    wrong = check_commit(repository.git, commit, pull.head, tree_of(facts))
    inspection = facts.inspection
    if inspection and inspection.kind == "other" and not has_errors(inspection.findings):
        return False, wrong
    verdict = judge(facts, gate.catalog, branch=gate.branch, app_id=gate.app_id)
    return True, [*verdict.reasons, *wrong]


def find_pull(git: GitObjects, commit: str, pulls: CodeHost, branch: str) -> int | None:
    """Return which pull request a commit of the queue merges, or says that it merges.

    What a squashed commit says is not believed: it is the merge of that pull request, or refused.
    """
    heads = git.parents(commit)[1:]
    if heads:
        return next((o.number for o in pulls.open_pulls(branch) if o.head == heads[0]), None)
    found = _SQUASHED.search(git.title(commit))
    return int(found[1]) if found else None
