"""What the server remembers beside git: repositories, issues, pull requests, checks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .accounts import Account, App
from .bare import BareRepository

Json = dict[str, Any]


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
    settings: dict[str, Any] = field(default_factory=dict)
    """What the settings endpoints answer, by the path below the repository."""

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

    def rename(self, old: Account, new: Account) -> None:
        """Show somebody's new login on everything that they wrote."""
        written: list[Any] = []
        for issue in self.issues.values():
            written += [issue, *issue.comments, *(issue.pull.reviews if issue.pull else ())]
        for each in written:
            if each.user.id == old.id:
                each.user = new
        if old.login in self.collaborators:
            self.collaborators[new.login] = self.collaborators.pop(old.login)

    def sync_pulls(self) -> None:
        """Bring refs/pull/N/head and the open pull requests up to the branches they follow."""
        for issue in self.issues.values():
            pull = issue.pull
            if pull is None or issue.state != "open":
                continue
            pull.base_sha = self.git.resolve(f"refs/heads/{pull.base_ref}") or pull.base_sha
            tip = pull.head.git.resolve(f"refs/heads/{pull.head_ref}")
            if tip is not None and tip != self.git.resolve(f"refs/pull/{issue.number}/head"):
                self.git.take(pull.head.git, tip, f"refs/pull/{issue.number}/head")
                pull.head_sha = tip
