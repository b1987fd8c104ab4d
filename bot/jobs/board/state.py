"""The leaderboard, and everything that it follows from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.domain.catalog import Catalog
from bot.domain.leaderboard import Leaderboard
from bot.domain.manifest import Manifest
from bot.domain.scorecard import Scorecard
from bot.jobs.scoring.scorer import present_scorer, shown_columns
from bot.jobs.upstream import Upstream
from bot.pipeline.board.build import build_leaderboard
from bot.pipeline.board.evidence import Tables
from bot.pipeline.board.ranks import compare_boards, compared_scorecards
from bot.pipeline.pull_request.entries import read_entries, shown_entries

Entries = Sequence[tuple[str, Manifest]]
"""Folder name and manifest of each entry."""


@dataclass(frozen=True)
class BoardState:
    """Entries and their scores, and the leaderboard that is made of both when it is asked for."""

    catalog: Catalog
    """What this leaderboard is."""
    entries: Entries
    """Entries that were not withdrawn."""
    scorecards: Sequence[Scorecard]
    """Every scorecard that is known."""
    read_tables: Callable[[Iterable[tuple[str, str]]], Tables]
    """Takes dataset and key of scorecards and returns their per-study scores, by the key."""

    @cached_property
    def by_value(self) -> Leaderboard:
        """Return the leaderboard with its rows in the order of their values."""
        return build_leaderboard(
            self.catalog,
            shown_columns(self.catalog),
            self.entries,
            self.scorecards,
            present_scorer(self.scorecards),
        )

    @cached_property
    def tables(self) -> Tables:
        """Return the per-study scores of the rows that are compared."""
        return self.read_tables(compared_scorecards(self.by_value, self.catalog))

    @cached_property
    def leaderboard(self) -> Leaderboard:
        """Return the leaderboard with ranks that rest on the per-study scores."""
        return compare_boards(self.by_value, self.tables, self.catalog)


def read_board_state(upstream: Upstream, tip: str) -> BoardState:
    """Return what a commit of the branch and the ledger say now.

    Args:
        upstream: The leaderboard's repository.
        tip: Commit with the entries, fetched.
    """
    scorecards = upstream.ledger.scorecards()
    return BoardState(
        catalog=upstream.installation.catalog,
        entries=shown_entries(read_entries(upstream.git, tip), upstream.tombstones.read()),
        scorecards=scorecards,
        read_tables=upstream.ledger.tables,
    )
