"""Where an entry would stand on a board if it were merged now."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.board import BoardId
from bot.domain.column import Column
from bot.domain.leaderboard import Badge


@dataclass(frozen=True)
class Neighbour:
    """The row next to an entry's place on a board."""

    model: str
    """Model's name."""
    value: float
    """Its value of the main metric."""


@dataclass(frozen=True)
class Previous:
    """The same team's previous version, and how much the entry differs from it."""

    model: str
    """Its model's name and version."""
    badge: Badge
    """Where its scores come from."""
    value: float
    """Its value of the main metric."""
    difference: float
    """The entry's value minus this one."""
    interval: tuple[float, float] | None = None
    """95 % interval of the difference, None without per-study scores of both."""
    p: float | None = None
    """P-value of a paired test, None without per-study scores of both."""


@dataclass(frozen=True)
class RankPreview:
    """Where an entry would stand on a board if it were merged now."""

    board: BoardId
    """The board."""
    column: Column
    """The main metric."""
    rank: int | None
    """Rank, None without a value of the main metric."""
    of: int
    """Number of ranked rows, the entry's own among them."""
    value: float | None
    """The entry's value of the main metric, unrounded."""
    tied: int = 0
    """Number of other rows with the same rank."""
    above: Neighbour | None = None
    """The nearest better row."""
    below: Neighbour | None = None
    """The nearest worse row."""
    interval: tuple[int, int] | None = None
    """95 % interval of the rank, None without per-study scores."""
    separated: tuple[str, ...] = ()
    """Models that a paired test tells the entry apart from."""
    not_separated: tuple[str, ...] = ()
    """Models that it does not tell the entry apart from."""
    previous: Previous | None = None
    """The same team's previous version, None when there is none."""
