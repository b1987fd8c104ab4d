"""What the server remembers beside git: repositories, issues, pull requests, checks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .accounts import Account, App
from .bare import BareRepository

Json = dict[str, Any]
MERGING = {
    "allow_squash_merge": True,
    "allow_rebase_merge": True,
    "allow_auto_merge": False,
    "delete_branch_on_merge": False,
}


@dataclass
class Label:
    """A label of a repository."""

    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass
class Reaction:
    """An emoji somebody put under a comment or an issue."""

    id: int
    user: Account
    content: str
    created_at: str


@dataclass
class Comment:
    """A comment in the conversation of an issue or pull request."""

    id: int
    issue_number: int
    user: Account
    body: str
    created_at: str
    updated_at: str
    app: App | None = None
    reactions: list[Reaction] = field(default_factory=list)


@dataclass
class Review:
    """A verdict on one commit of a pull request."""

    id: int
    user: Account
    state: str
    body: str
    commit_id: str
    submitted_at: str


@dataclass
class Pull:
    """The half of a pull request that an issue does not have."""

    head: Repository
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    """The base branch's tip; frozen when the pull request is merged."""
    draft: bool = False
    merged_at: str | None = None
    merged_by: Account | None = None
    merge_commit_sha: str | None = None
    last_pusher: str = ""
    """Who pushed the head; whose fork it is where nobody was seen to."""
    reviews: list[Review] = field(default_factory=list)


@dataclass
class Issue:
    """An issue, or the conversation of a pull request."""

    id: int
    number: int
    user: Account
    title: str
    body: str | None
    created_at: str
    updated_at: str
    state: str = "open"
    closed_at: str | None = None
    labels: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    pull: Pull | None = None


@dataclass
class CheckRun:
    """A check on one commit, owned by the app that made it."""

    id: int
    app: App
    name: str
    head_sha: str
    started_at: str
    status: str = "queued"
    conclusion: str | None = None
    completed_at: str | None = None
    external_id: str = ""
    details_url: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[Json] = field(default_factory=list)


@dataclass
class Status:
    """A commit status, the older cousin of a check run."""

    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: Account
    created_at: str


@dataclass
class Repository:
    """A repository: a bare git folder and everything around it."""

    id: int
    owner: Account
    name: str
    git: BareRepository
    created_at: str
    private: bool = False
    parent: Repository | None = None
    default_branch: str = "main"
    collaborators: dict[str, str] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    statuses: list[Status] = field(default_factory=list)
    dispatches: list[Json] = field(default_factory=list)
    """Bodies of workflow and repository dispatches, in order; nothing is started by them."""
    rulesets: dict[int, Json] = field(default_factory=dict)
    """Rulesets as GitHub's own documents of them, by number; they are in force."""
    pushers: dict[str, str] = field(default_factory=dict)
    """Who pushed a ref last, by the ref's full name."""
    deleted: bool = False
    """Whether it was removed: a fork whose pull requests live on."""
    environments: dict[str, Json] = field(default_factory=dict)
    """By name: reviewers, branch policies, secrets, and the key those come sealed with."""
    variables: dict[str, str] = field(default_factory=dict)
    actions: dict[str, Json] = field(default_factory=dict)
    """What was set of actions/permissions and what is below it, by path."""
    merging: Json = field(default_factory=lambda: {"allow_merge_commit": True, **MERGING})
    pages: Json | None = None
    deploy_keys: dict[int, Json] = field(default_factory=dict)
    apps: dict[int, Any] = field(default_factory=dict)
    """Installations of apps that are here, by the app's number."""
    protections: dict[str, Json] = field(default_factory=dict)
    """The older protection by branch, as GET branches/{branch}/protection tells it."""

    @property
    def full_name(self) -> str:
        """Return owner/name."""
        return f"{self.owner.login}/{self.name}"

    def role(self, login: str) -> str:
        """Return what somebody is here: admin for the owner, read for strangers to a public one."""
        if login == self.owner.login:
            return "admin"
        return self.collaborators.get(login, "none" if self.private else "read")

    def comment(self, comment_id: int) -> Comment | None:
        """Return the comment with this id, or None."""
        comments = (comment for issue in self.issues.values() for comment in issue.comments)
        return next((comment for comment in comments if comment.id == comment_id), None)

    def sync_pulls(self) -> None:
        """Bring refs/pull/N/head and the open pull requests up to the branches they follow.

        Approvals of an older head are dismissed where a ruleset of the base branch says so.
        """
        for issue in self.issues.values():
            pull = issue.pull
            if pull is None or issue.state != "open":
                continue
            pull.base_sha = self.git.resolve(f"refs/heads/{pull.base_ref}") or pull.base_sha
            if pull.head.deleted:
                continue
            head_ref = f"refs/heads/{pull.head_ref}"
            tip = pull.head.git.resolve(head_ref)
            pull.last_pusher = pull.head.pushers.get(head_ref, pull.head.owner.login)
            before = self.git.resolve(f"refs/pull/{issue.number}/head")
            if tip is not None and tip != before:
                self.git.take(pull.head.git, tip, f"refs/pull/{issue.number}/head")
                pull.head_sha = tip
                if before is not None and self._dismisses(pull.base_ref):
                    for review in pull.reviews:
                        if review.state == "APPROVED":
                            review.state = "DISMISSED"

    def _dismisses(self, branch: str) -> bool:
        from .rulesets import applies

        return any(
            (rule.get("parameters") or {}).get("dismiss_stale_reviews_on_push")
            for ruleset in self.rulesets.values()
            if ruleset.get("enforcement") == "active"
            and applies(ruleset, self, f"refs/heads/{branch}")
            for rule in ruleset.get("rules", [])
        )
