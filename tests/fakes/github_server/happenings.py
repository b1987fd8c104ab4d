"""What happened on the server that may start workflows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .state import Repository


@dataclass(frozen=True)
class Happening:
    """One thing that GitHub sends an event for."""

    name: str
    """Name of the event; `pull_request` stands for pull_request_target, too."""
    repository: Repository
    """Where."""
    login: str
    """Whose doing it was."""
    by_run: bool
    """Whether it was done with the token of a workflow's run."""
    action: str = ""
    """Such as "opened"; the workflow's file of a workflow_dispatch."""
    number: int = 0
    """Of the pull request or issue."""
    ref: str = ""
    """Full name of the ref that was pushed, or that a workflow was dispatched on."""
    before: str = ""
    """Commit before a push; "" for a new ref."""
    head: str = ""
    """Commit after a push; "" for a ref that was removed."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Of a workflow_dispatch."""
