"""How a repository is set up on the code host, as its API tells it, and what that should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SEALED_ENVIRONMENT = "sealed"
LEDGER_BRANCH = "ledger"
ACTIONS_APP_ID = 15368
"""GitHub Actions' own app."""


@dataclass(frozen=True)
class Unreadable:
    """A setting that the token may not read."""

    needs: str
    """Permission that it needs."""


Setting = Any | None | Unreadable
"""The document that GitHub gives; None for what is not there."""


@dataclass(frozen=True)
class RepositorySetup:
    """The settings of a repository."""

    repository: str
    """`owner/name`."""
    branch: str
    """Branch with the entries."""
    app_id: int
    """App whose check counts."""
    settings: Mapping[str, Setting]
    """Answers of the API by the path below the repository."""


@dataclass(frozen=True)
class SetupPoint:
    """One thing that was looked at."""

    name: str
    """What it is."""
    problem: str = ""
    """What is missing or wrong; empty when nothing is."""
    fix: str = ""
    """Where to click, and which call of the API does the same."""


SETTINGS: Mapping[str, str] = {
    "rules/branches/{branch}": "metadata: read",
    "branches/{branch}/protection": "administration: read",
    "rules/branches/ledger": "metadata: read",
    "branches/ledger/protection": "administration: read",
    "environments/sealed": "actions: read",
    "environments/sealed/secrets": "environments: read",
    "actions/variables": "variables: read",
    "actions/permissions": "administration: read",
    "actions/permissions/workflow": "administration: read",
    "actions/permissions/fork-pr-contributor-approval": "administration: read",
    "pages": "pages: read",
}
"""Path below the repository, and the permission that reading it needs."""
