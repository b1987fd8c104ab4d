"""What is concluded about a pull request: what its comment, check and labels say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.domain.column import Column
from bot.domain.inspection import Inspection
from bot.domain.quota import Allowance
from bot.domain.rank_preview import RankPreview
from bot.domain.scorecard import Scorecard

CHECK_NAME = "rexrank"
"""Name of the check."""

Outcome = Literal["needs-work", "our-fault", "waiting", "scored", "withdrawal"]
"""Errors in the submission; a failure on our side; a person must start the scoring; scored, a
person must review; a removal, a person must review."""


@dataclass(frozen=True)
class Report:
    """Everything that the comment, the check and the labels say."""

    inspection: Inspection | None
    """What was found in the pull request; None when it could not be read, which is our fault."""
    outcome: Outcome | None
    """The verdict; None is no business of the bot's."""
    maintainers: tuple[str, ...]
    """Logins of those who review and merge. Named, not notified."""
    since: str
    """Date from which they have been waited for, as 2026-11-25."""
    repository: str | None = None
    """Address of the repository, for links to files and rules."""
    run_url: str | None = None
    """Address of the run."""
    scorecards: tuple[Scorecard, ...] = ()
    """What was scored."""
    columns: tuple[Column, ...] = ()
    """Metrics that are shown, in order."""
    previews: tuple[RankPreview, ...] = ()
    """Where the entry would stand."""
    failure: str = ""
    """What failed on our side, in the bot's own words; never a log."""
    allowances: tuple[Allowance, ...] = ()
    """How much of the quotas that count is used."""
    unwritten: str = ""
    """Which other part of the answer could not be written and why; empty when all could."""


@dataclass(frozen=True)
class QueueVerdict:
    """Whether a commit of the queue may become the tip of the target branch."""

    number: int
    """The pull request at its end."""
    head: str
    """The head of that pull request."""
    entries: bool
    """Whether any of its pull requests touches an entry."""
    reasons: tuple[str, ...]
    """Why not; empty when it may."""
