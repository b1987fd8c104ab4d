"""Who is calling: accounts, apps, tokens and what each may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

LEVELS = ("none", "read", "write", "admin")
ROLES = ("none", "read", "triage", "write", "maintain", "admin")


@dataclass(unsafe_hash=True)
class Account:
    """A person, an organisation or an app's own user; the number is who they are."""

    login: str = field(compare=False)
    """Changes when they are renamed."""
    id: int
    type: Literal["User", "Bot", "Organization"] = field(default="User", compare=False)
    gone: bool = field(default=False, compare=False)
    """Whether they deleted themselves: what they wrote stays, without a name."""


GHOST = Account("ghost", 10137)
"""Whom GitHub shows where the description demands somebody and there is nobody any more."""


@dataclass(frozen=True)
class App:
    """A GitHub App, the only kind of caller that may write check runs."""

    id: int
    slug: str
    name: str


ACTIONS_APP = App(15368, "github-actions", "GitHub Actions")
ACTIONS_BOT = Account("github-actions[bot]", 41898282, "Bot")


@dataclass(frozen=True)
class Token:
    """A secret and what it opens."""

    secret: str
    account: Account
    permissions: Mapping[str, str] | None = None
    """Scope -> level for an app's token; None for a person, whose role in a repository decides."""
    app: App | None = None
    repository: str | None = None
    """owner/name of the only repository that it is for; None for every one that is no fork."""
    deploy_key: bool = False
    """Whether it stands for a deploy key, which GitHub takes over ssh only: it opens git and
    nothing else, and is the bypass actor `DeployKey`."""
    is_jwt: bool = False
    """Whether it is an app's own signed statement of who it is, good for /app alone."""

    @property
    def of_a_run(self) -> bool:
        """Return whether it is the GITHUB_TOKEN of a workflow's job."""
        return self.app == ACTIONS_APP

    def level(self, scope: str) -> str:
        """Return the level this app token was given for a scope such as "pull-requests".

        Every app token may read metadata, whatever else it may.
        """
        permissions = {canonical(name): level for name, level in (self.permissions or {}).items()}
        return permissions.get(canonical(scope), "read" if scope == "metadata" else "none")

    def grants(self, level: str, scopes: tuple[str, ...]) -> bool:
        """Return whether one of the scopes has at least this level."""
        return any(LEVELS.index(self.level(scope)) >= LEVELS.index(level) for scope in scopes)

    def covers(self, full_name: str) -> bool:
        """Return whether it was made for this repository."""
        return self.repository is None or self.repository.lower() == full_name.lower()


def canonical(scope: str) -> str:
    """Return a permission's name as the API spells it; pages and workflows have others.

    Example:
        >>> canonical("pull-requests"), canonical("variables")
        ('pull_requests', 'actions_variables')
    """
    name = scope.replace("-", "_")
    return "actions_variables" if name == "variables" else name


def role_grants(role: str, level: str) -> bool:
    """Return whether a person's role in a repository is enough for a level of access."""
    needed = {"read": "read", "triage": "triage", "write": "write", "admin": "admin"}[level]
    return ROLES.index(role) >= ROLES.index(needed)


def legacy_permission(role: str) -> str:
    """Return the four-valued `permission` that GitHub reports for a role.

    Example:
        >>> legacy_permission("maintain")
        'write'
    """
    return {"maintain": "write", "triage": "read"}.get(role, role)
