"""How a repository should be set up on the code host, and how it is, as the API tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ACTIONS_APP_ID = 15368
"""GitHub Actions' own app."""
LEDGER_BRANCH = "ledger"
DEPLOY_KEY_TITLE = "rexrank"

Writer = Literal["app", "deploy-key", "token"]
"""Who pushes to the branches: a GitHub App, a deploy key, or the run's own token."""
WRITER_SECRETS: Mapping[Writer, str] = {
    "app": "REXRANK_APP_KEY",
    "deploy-key": "REXRANK_DEPLOY_KEY",
}
"""Secret that each writer needs; the run's token needs none."""
Change = Literal["keep", "create", "change", "by hand"]
IDENTITY_SECRET = "REXRANK_AGE_IDENTITY"  # noqa: S105 - the name of a secret
VARIABLES: Mapping[str, str] = {
    "REXRANK_REGISTRY": "host of the container registry",
    "REXRANK_IMAGE": "image that the workflow scorer-image pushes",
    "REXRANK_SCORER_IMAGE": "image that scores, by its digest",
    "REXRANK_REFERENCES": "where the references of public datasets are",
    "REXRANK_SITE": "address of the web page",
    "REXRANK_APP_ID": "app that writes, and whose check counts",
    "REXRANK_BOT_LOGIN": "account that writes comments",
}
"""Every variable that the workflows read, and what it says."""


@dataclass(frozen=True)
class Unreadable:
    """A setting that the token may not read."""

    needs: str
    """Permission that it needs."""


Setting = Any | None | Unreadable
"""The document that GitHub gives; None for what is not there."""


@dataclass(frozen=True)
class SetupWish:
    """What the people who run a leaderboard have decided."""

    repository: str
    """`owner/name`."""
    branch: str = "main"
    """Branch with the entries."""
    writer: Writer = "deploy-key"
    """Who pushes to `branch` and to the ledger."""
    app_id: int = ACTIONS_APP_ID
    """App whose check counts; the writer, if that is an app."""
    maintainers: tuple[str, ...] = ()
    """People who review; empty when those that are set are right."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Values that are known; others are left as they are."""
    secrets: frozenset[str] = frozenset()
    """Names of the secrets whose values are given; one that is there is kept."""
    replaces_secrets: bool = False
    """Whether secrets that are given replace what is there."""
    through_bot: bool = False
    """Whether only the bot may merge."""
    squash: bool | None = None
    """Whether a pull request may be squashed; None when either is right."""
    prevent_self_review: bool = False
    """Whether who starts a sealed run must not approve it."""
    bot_login: str = "github-actions[bot]"
    """Account that writes comments, as the leaderboard's own file says."""
    named_repository: str = ""
    """Address of the repository in the leaderboard's own file."""
    named_maintainers: tuple[str, ...] = ()
    """Maintainers in the leaderboard's own file."""


@dataclass(frozen=True)
class RepositorySetup:
    """The settings of a repository as they are."""

    wish: SetupWish
    """What they are compared with."""
    settings: Mapping[str, Setting]
    """Answers of the API by the path below the repository, or from the root."""
    app: Setting = None
    """What the app's own key tells: `{"app": ..., "installation": ...}`; None without the key."""


@dataclass(frozen=True)
class ApiWrite:
    """A call of the API that repairs something."""

    method: str
    """Such as `PUT`."""
    path: str
    """Below the repository; empty for the repository itself."""
    body: Mapping[str, Any] = field(default_factory=dict)
    """What is sent."""
    needs: str = "administration: write"
    """Permission that it needs."""


@dataclass(frozen=True)
class SecretWrite:
    """A secret of an environment, encrypted for it."""

    environment: str
    """Environment that gets it."""
    name: str
    """Name of the secret; its value is never part of a plan."""


@dataclass(frozen=True)
class KeyWrite:
    """A new deploy key that may write: its private half into environments, its public half here."""

    environments: tuple[str, ...]
    """Environments that get the private half."""
    replaces: tuple[int, ...] = ()
    """Earlier deploy keys of this name."""


@dataclass(frozen=True)
class BranchWrite:
    """A new branch whose one commit is empty."""

    branch: str
    """Its name."""


Repair = ApiWrite | SecretWrite | KeyWrite | BranchWrite


@dataclass(frozen=True)
class SetupPoint:
    """One thing that was looked at."""

    name: str
    """What it is."""
    problem: str = ""
    """What is missing or wrong; empty when nothing is."""
    where: str = ""
    """Where a person clicks to set it."""
    needs: str = ""
    """Permission that setting it needs."""
    now: str = ""
    """Present value; empty when there is none."""
    wanted: str = ""
    """What it should be."""
    repairs: tuple[Repair, ...] = ()
    """What sets it; nothing where only a person can."""
    after: tuple[str, ...] = ()
    """Points that must be in order before this one may be set."""
    note: str = ""
    """What could not be found out, or is worth knowing though nothing is wrong."""

    @property
    def change(self) -> Change:
        """Return what setting it up means: nothing, something new, a change, work for a person."""
        if not self.problem:
            return "keep"
        if not self.repairs:
            return "by hand"
        return "change" if self.now else "create"


def unreadable(name: str, setting: Unreadable) -> SetupPoint:
    """Return the point of a setting that could not be read: it is not taken for one in order."""
    return SetupPoint(name, "the token may not read it", needs=setting.needs)


READS: Mapping[str, str] = {
    "": "metadata: read",
    "labels": "issues: read",
    "actions/variables": "variables: read",
    "environments/sealed": "actions: read",
    "environments/sealed/deployment-branch-policies": "actions: read",
    "environments/sealed/secrets": "environments: read",
    "environments/bot": "actions: read",
    "environments/bot/deployment-branch-policies": "actions: read",
    "environments/bot/secrets": "environments: read",
    "environments/github-pages": "actions: read",
    "environments/github-pages/deployment-branch-policies": "actions: read",
    "branches/{branch}": "contents: read",
    "branches/ledger": "contents: read",
    "contents/.github/CODEOWNERS?ref={branch}": "contents: read",
    "codeowners/errors?ref={branch}": "contents: read",
    "actions/permissions": "administration: read",
    "actions/permissions/workflow": "administration: read",
    "actions/permissions/fork-pr-contributor-approval": "administration: read",
    "pages": "pages: read",
    "keys": "administration: read",
    "rulesets": "metadata: read",
    "rules/branches/{branch}": "metadata: read",
    "branches/{branch}/protection": "administration: read",
    "rules/branches/ledger": "metadata: read",
    "branches/ledger/protection": "administration: read",
}
"""Path below the repository, and the permission that reading it needs.

Besides these the rulesets themselves (`rulesets/{id}`) and the people who are named
(`/users/{login}`, `collaborators/{login}/permission`) are read.
"""
