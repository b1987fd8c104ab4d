"""Merging a pull request: what GitHub asks before it does, and what it leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .accounts import ROLES, Token
from .bare import GitError
from .calls import Refusal
from .rulesets import (
    PLAIN_RULES,
    Binding,
    binding_rules,
    describe_violations,
    missing_checks,
)
from .state import Issue, Pull, Repository, Review

if TYPE_CHECKING:
    from .world import World

MODIFIED = "Head branch was modified. Review and try the merge again."
BASE_MODIFIED = "Base branch was modified. Review and try the merge again."
METHODS = {"merge": "merge_commit", "squash": "squash_merge", "rebase": "rebase_merge"}
TITLES = {"merge": "Merge", "squash": "Squash", "rebase": "Rebase"}


@dataclass(frozen=True)
class Wish:
    """How somebody wants a pull request to be merged."""

    method: str = "merge"
    sha: str | None = None
    """Head that must still be the head."""
    title: str | None = None
    message: str | None = None


def merge(world: World, repository: Repository, issue: Issue, token: Token, wish: Wish) -> str:
    """Merge a pull request and return the new commit on its base.

    Raises:
        Refusal: 405, it may not be merged, or not so; 409, the head is another one.
    """
    repository.sync_pulls()
    pull, git = issue.pull, repository.git
    assert pull is not None
    if issue.state != "open" or pull.merged_at or pull.draft:
        raise Refusal(405, "Pull Request is not mergeable")
    if (wish.sha or pull.head_sha) != pull.head_sha:
        raise Refusal(409, MODIFIED)
    if wish.method == "rebase" or not repository.merging[f"allow_{METHODS[wish.method]}"]:
        raise Refusal(405, f"{TITLES[wish.method]} merges are not allowed on this repository.")
    tree = git.merge_tree(pull.base_sha, pull.head_sha)
    if tree is None:
        raise Refusal(405, "Pull Request is not mergeable")
    _check_workflows(repository, pull, token)
    said = refuse_merge(repository, issue, token, wish.method)
    if said:
        raise Refusal(405, describe_violations(said))
    parents = [pull.base_sha] if wish.method == "squash" else [pull.base_sha, pull.head_sha]
    made = git.commit_tree(tree, parents, _message(issue, pull, wish), token.account.login)
    ref = f"refs/heads/{pull.base_ref}"
    try:
        git.run("update-ref", ref, made, pull.base_sha)
    except GitError:  # a push was faster
        raise Refusal(409, BASE_MODIFIED) from None
    repository.pushers[ref] = token.account.login
    pull.merged_at, pull.merged_by, pull.merge_commit_sha = world.time(), token.account, made
    issue.state, issue.closed_at, issue.updated_at = "closed", world.time(), world.time()
    before = pull.base_sha
    world.note("pull_request", repository, token, action="closed", number=issue.number)
    world.note("push", repository, token, ref=ref, before=before, head=made)
    if repository.merging["delete_branch_on_merge"] and pull.head is repository:
        git.run("update-ref", "-d", f"refs/heads/{pull.head_ref}")
    return made


def refuse_merge(repository: Repository, issue: Issue, token: Token, method: str) -> list[str]:
    """Return which rules of the base branch stand against merging; none when it may be."""
    pull = issue.pull
    assert pull is not None
    said: list[str] = []
    ref = f"refs/heads/{pull.base_ref}"
    for rule in binding_rules(repository, ref, token, by_merge=True):
        if rule.kind in ("update", "merge_queue"):
            said.append(PLAIN_RULES[rule.kind])
        elif rule.kind == "required_linear_history" and method == "merge":
            said.append("This branch must not contain merge commits.")
        elif rule.kind == "required_status_checks":
            said += missing_checks(repository, pull.head_sha, rule.parameters)
            behind = repository.git.commits(pull.head_sha, pull.base_sha)
            if rule.parameters.get("strict_required_status_checks_policy") and behind:
                said.append("Head branch is not up to date with the base branch.")
        elif rule.kind == "pull_request":
            said += _missing_reviews(repository, issue, pull, rule)
            if method not in rule.parameters.get("allowed_merge_methods", [method]):
                said.append(f"{TITLES[method]} merges are not allowed on this branch.")
    return list(dict.fromkeys(said))


def _missing_reviews(repository: Repository, issue: Issue, pull: Pull, rule: Binding) -> list[str]:
    latest: dict[int, Review] = {}
    for review in pull.reviews:
        if review.state != "COMMENTED" and not review.user.gone:
            latest[review.user.id] = review
    valid = [
        review
        for review in latest.values()
        if _writes(repository, review.user.login) and review.user != issue.user
    ]
    said = []
    approvals = [review for review in valid if review.state == "APPROVED"]
    if any(review.state == "CHANGES_REQUESTED" for review in valid):
        said.append("Changes requested by a reviewer with write access.")
    wished = int(rule.parameters.get("required_approving_review_count", 0))
    by_owners = int(bool(rule.parameters.get("require_code_owner_review")))
    if len(approvals) < wished:
        noun = "review is" if wished == 1 else "reviews are"
        said.append(f"At least {wished} approving {noun} required by reviewers with write access.")
    elif len(approvals) < by_owners:
        said.append("Waiting on code owner review.")
    last = [
        review
        for review in approvals
        if review.commit_id == pull.head_sha and review.user.login != pull.last_pusher
    ]
    if rule.parameters.get("require_last_push_approval") and not last:
        said.append("New changes require approval from someone other than the last pusher.")
    return said


def _writes(repository: Repository, login: str) -> bool:
    return ROLES.index(repository.role(login)) >= ROLES.index("write")


def _check_workflows(repository: Repository, pull: Pull, token: Token) -> None:
    """Stop an app that may not change workflows from merging a change of one."""
    if token.app is None or token.grants("write", ("workflows",)):
        return
    changed = repository.git.run(
        "diff", "--name-only", f"{pull.base_sha}...{pull.head_sha}", "--", ".github/workflows"
    ).split("\n")
    if changed[0]:
        raise Refusal(
            403,
            f"refusing to allow a GitHub App to create or update workflow `{changed[0]}` without "
            "`workflows` permission",
        )


def _message(issue: Issue, pull: Pull, wish: Wish) -> str:
    branch = f"{pull.head.owner.login}/{pull.head_ref}"
    title = f"Merge pull request #{issue.number} from {branch}"
    if wish.method == "squash":
        title = f"{issue.title} (#{issue.number})"
    return f"{wish.title or title}\n\n{wish.message or issue.title}\n"
