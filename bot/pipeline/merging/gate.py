"""The gate: whether exactly this head of a pull request may be merged, and every reason why not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.checks.merging.code_owners import (
    CODE_OWNERS_FILES,
    MAX_CODE_OWNERS_BYTES,
    may_approve,
    owners_of,
)
from bot.domain.catalog import Catalog
from bot.domain.inspection import BoardPlan, Inspection
from bot.domain.outcome import CHECK_NAME
from bot.domain.owners import EntryOwners
from bot.domain.scorecard import Scorecard
from bot.errors import Misconfigured
from bot.pipeline.board.build import is_about
from bot.pipeline.merging.ownership import Asker
from bot.pipeline.pull_request.inspect import inspect_pull_request
from bot.pipeline.pull_request.validate import ReadTexts
from bot.ports import CodeHost, GitObjects, Permission, PullRequest, Review, WrittenCheck

DECIDING = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})
WRITERS: frozenset[Permission] = frozenset({"write", "admin"})
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Repository:
    """What the gate reads of the repository, fetched after the pull request was read."""

    git: GitObjects
    """Objects of the target branch and of the pull request."""
    target: str
    """Commit at the tip of the target branch."""
    scorecards: tuple[Scorecard, ...]
    """The ledger's."""
    withdrawn: frozenset[str]
    """Entries with a tombstone in the ledger."""
    owners: Mapping[str, EntryOwners]
    """The ledger's records of owners, by the entry's name."""


@dataclass(frozen=True)
class Facts:
    """Everything the verdict depends on, all about one head."""

    pull: PullRequest
    """The pull request as it was read first: its head is the one that is judged."""
    branch: str
    """Branch that it asks to change."""
    checks: tuple[WrittenCheck, ...]
    """Checks of the bot's name on the head."""
    reviews: tuple[Review, ...]
    """Reviews, oldest first."""
    permissions: Mapping[str, Permission]
    """What each reviewer may do."""
    owners: tuple[tuple[str, ...], ...]
    """Code owners of each path that changes; the same ones stand once."""
    inspection: Inspection | None
    """What the head proposes; None when the repository does not have it."""
    scorecards: tuple[Scorecard, ...]
    """The ledger's."""
    withdrawn: frozenset[str]
    """Entries with a tombstone."""


@dataclass(frozen=True)
class Verdict:
    """Whether a head may be merged."""

    head: str
    """The head that was judged, and no other."""
    tree: str | None
    """Tree that merging it makes, None when there is none."""
    reasons: tuple[str, ...]
    """Why not; empty when it may."""


def gather_facts(
    pulls: CodeHost,
    pull: PullRequest,
    repository: Repository,
    catalog: Catalog,
    read_texts: ReadTexts,
) -> Facts:
    """Return what the verdict on a pull request's head depends on."""
    reviews = pulls.reviews(pull.number)
    logins = {last.login for last in last_reviews(reviews)}
    asker = read_asker(pulls, pull)
    inspection = inspect_head(pull, repository, catalog, read_texts, asker)
    tree = inspection.merged_tree if inspection else None
    return Facts(
        pull=pull,
        branch=pulls.target_branch(pull.number),
        checks=pulls.checks(pull.head, CHECK_NAME),
        reviews=reviews,
        permissions={login: pulls.permission(login) for login in sorted(logins)},
        owners=read_owners(repository, tree) if tree else (),
        inspection=inspection,
        scorecards=repository.scorecards,
        withdrawn=repository.withdrawn,
    )


def read_asker(pulls: CodeHost, pull: PullRequest) -> Asker:
    """Return who opened a pull request, what they may do, and who else takes part."""
    may_write = bool(pull.author) and pulls.permission(pull.author) in WRITERS
    return Asker(pull.author, pull.author_id, pulls.participants(pull.number), may_write)


def inspect_head(
    pull: PullRequest,
    repository: Repository,
    catalog: Catalog,
    read_texts: ReadTexts,
    asker: Asker,
) -> Inspection | None:
    """Return what the head proposes against the target branch of now, None when it is gone."""
    try:
        repository.git.resolve(pull.head)
    except Misconfigured:
        return None
    return inspect_pull_request(
        repository.git,
        repository.target,
        pull.head,
        catalog,
        read_texts,
        asker=asker,
        owners=repository.owners,
    ).inspection


def read_owners(repository: Repository, tree: str) -> tuple[tuple[str, ...], ...]:
    """Return the code owners of each path that a merge changes, as the target branch names them.

    Raises:
        Misconfigured: The file is so large that GitHub does not load it.
    """
    git, target = repository.git, repository.target
    found = next((f for path in CODE_OWNERS_FILES for f in git.entries(target, path)), None)
    if found is None:
        return ()
    if (found.size_bytes or 0) > MAX_CODE_OWNERS_BYTES:
        name = found.path.decode()
        raise Misconfigured(f"{name} is larger than 3 MB, so GitHub does not load it; shorten it")
    text = git.read([found.oid])[found.oid].decode(errors="replace")
    paths = [change.path.decode(errors="replace") for change in git.changes(target, tree)]
    return tuple(dict.fromkeys(owners_of(text, path) for path in paths))


def judge(facts: Facts, catalog: Catalog, *, branch: str, app_id: int) -> Verdict:
    """Return the verdict with every reason.

    Args:
        facts: What was gathered.
        catalog: What this leaderboard is.
        branch: The only branch that entries are merged into.
        app_id: App whose check counts.
    """
    pull = facts.pull
    reasons = []
    if pull.state != "open":
        reasons.append(f"the pull request is {pull.state}")
    if facts.branch != branch:
        reasons.append(f"it asks to change another branch than {branch}")
    reasons += [
        *judge_checks(facts.checks, app_id),
        *judge_reviews(facts),
        *judge_content(facts, catalog),
    ]
    tree = facts.inspection.merged_tree if facts.inspection else None
    return Verdict(pull.head, tree, tuple(reasons))


def own_checks(checks: Iterable[WrittenCheck], app_id: int) -> list[WrittenCheck]:
    """Return the checks that the bot wrote.

    A job of a workflow is a check too, by its name, and GitHub Actions writes it: besides the app,
    what the bot calls its check must be the digest that only the bot gives.
    """
    return [c for c in checks if c.app_id == app_id and _DIGEST.fullmatch(c.external_id)]


def judge_checks(checks: Sequence[WrittenCheck], app_id: int) -> list[str]:
    """Return why the bot's check on the head does not let a merge through."""
    own = own_checks(checks, app_id)
    if own:
        latest = max(own, key=lambda check: check.id)
        if latest.conclusion == "success":
            return []
        return [f"the check {CHECK_NAME} of this head says {latest.conclusion or 'not done yet'}"]
    if checks:
        return [f"the check {CHECK_NAME} of this head was not written by the bot (app {app_id})"]
    return [f"this head has no check {CHECK_NAME}"]


def judge_reviews(facts: Facts) -> list[str]:
    """Return why the reviews do not let a merge through."""
    pull = facts.pull
    counted = [
        review
        for review in last_reviews(facts.reviews)
        if facts.permissions.get(review.login) in WRITERS
    ]
    reasons = [f"{r.login} requested changes" for r in counted if r.state == "CHANGES_REQUESTED"]
    approvals = [
        review
        for review in counted
        if review.state == "APPROVED" and review.login.casefold() != pull.author.casefold()
    ]
    fresh = [review for review in approvals if review.commit == pull.head]
    waiting = [
        owners
        for owners in facts.owners or ((),)
        if not any(may_approve(review.login, owners) for review in fresh)
    ]
    if not waiting:
        return reasons
    stale = [r for r in approvals if any(may_approve(r.login, owners) for owners in waiting)]
    if stale:
        names = ", ".join(f"{r.login} approved {r.commit[:12]}" for r in stale)
        return [*reasons, f"pushed to after the review: {names}, the head is {pull.head[:12]}"]
    return [*reasons, "no code owner who may write has approved this head"]


def last_reviews(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """Return each reviewer's last review that decides something; a remark takes nothing back."""
    last: dict[str, Review] = {}
    for review in reviews:
        if review.login and review.state in DECIDING:
            last[review.login] = review
    return tuple(last.values())


def judge_content(facts: Facts, catalog: Catalog) -> list[str]:
    """Return why what the head proposes may not be merged."""
    inspection = facts.inspection
    if inspection is None:
        return ["the head was replaced while it was judged"]
    if inspection.kind == "other":
        return ["it touches no entry; people merge such changes"]
    codes = dict.fromkeys(f.code for f in inspection.findings if f.level == "error")
    if codes:
        return [f"the head has errors: {', '.join(codes)}"]
    if inspection.kind == "withdrawal":
        return []
    reasons = []
    if inspection.submission in facts.withdrawn:
        reasons.append(f"{inspection.submission} was withdrawn; submit under another name")
    if not inspection.plans:
        reasons.append("the head has no predictions file that can be scored")
    reasons += [
        f"{plan.board}: no scorecard in the ledger for {plan.sha256[:12]}"
        for plan in inspection.plans
        if not is_scored(plan, facts.scorecards, catalog)
    ]
    return reasons


def is_scored(plan: BoardPlan, scorecards: Iterable[Scorecard], catalog: Catalog) -> bool:
    """Return whether the ledger has a scorecard of exactly these bytes that counts on the board."""
    return any(
        card.predictions_sha256 == plan.sha256 and is_about(card, catalog, plan.board)
        for card in scorecards
    )
