"""Who is calling: accounts, apps, tokens and what each may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

LEVELS = ("none", "read", "write", "admin")
ROLES = ("none", "read", "triage", "write", "maintain", "admin")


@dataclass(frozen=True)
class Account:
    """A person, an organisation or an app's own user."""

    login: str
    id: int
    type: Literal["User", "Bot", "Organization"] = "User"


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

    def level(self, scope: str) -> str:
        """Return the level this app token was given for a scope such as "pull-requests"."""
        permissions = self.permissions or {}
        return permissions.get(scope, permissions.get(scope.replace("-", "_"), "none"))

    def grants(self, level: str, scopes: tuple[str, ...]) -> bool:
        """Return whether one of the scopes has at least this level."""
        return any(LEVELS.index(self.level(scope)) >= LEVELS.index(level) for scope in scopes)


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
