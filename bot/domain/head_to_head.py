"""Two entries on one board: by how much they differ, and whether that is more than chance."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.board import BoardId
from bot.domain.column import Column
from bot.domain.leaderboard import Badge


@dataclass(frozen=True)
class ComparedEntry:
    """One of two entries."""

    submission: str
    """Its id."""
    model: str
    """Its model's name."""
    badge: Badge
    """Where its scores come from."""
    value: float | None
    """Its value, unrounded."""


@dataclass(frozen=True)
class PairedTest:
    """What the scores of each study say about two entries."""

    interval: tuple[float, float]
    """95 % interval of the difference, from a paired bootstrap."""
    p: float
    """P-value of a paired permutation test, two-sided."""
    p_adjusted: float
    """The same, adjusted by Holm over all tests of the answer."""
    wins: int
    """Number of studies on which the one is better."""
    ties: int
    """Number of studies on which both have the same score."""
    losses: int
    """Number of studies on which the other is better."""
    clusters: int | None = None
    """Number of different reference texts, where those with the same count as one."""
    separated: bool = False
    """Whether the two are told apart at the 5 % level."""
    comparisons: int = 1
    """Number of tests of the answer."""


@dataclass(frozen=True)
class HeadToHead:
    """Two entries on one board."""

    board: BoardId
    """The board."""
    n: int
    """Number of its studies."""
    column: Column
    """Metric."""
    one: ComparedEntry
    """The entry that was named first."""
    other: ComparedEntry
    """The entry that was named after it."""
    difference: float | None = None
    """Value of the one minus value of the other; None when they cannot be compared."""
    verdict: PairedTest | None = None
    """What the scores of each study say, None without them."""
    untested: str | None = None
    """Why there is no test; None when there is one."""
