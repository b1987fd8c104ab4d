"""What came to a halt, or does not follow from its sources any longer: one thing each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TroubleKind = Literal["stuck", "stale", "ledger", "drift", "unscored", "rescore", "reserved"]
"""A head without a verdict; a pull request that nobody moves; a fault in the ledger; a leaderboard
that does not follow from main and the ledger; an entry without a score; one with an old score; a
quota that was reserved and not charged."""


@dataclass(frozen=True)
class Trouble:
    """One thing that needs a person."""

    kind: TroubleKind
    """What is wrong."""
    where: str
    """Pull request, file or board."""
    what: str
    """What was seen, in the bot's own words."""
