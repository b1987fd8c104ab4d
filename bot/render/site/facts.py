"""What the site is made from, and the addresses of its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.domain.column import Column
from bot.domain.dataset import DatasetCard
from bot.domain.leaderboard import Board, Leaderboard, LeaderboardCard, Row
from bot.domain.published import PublishedChange
from bot.render.board.board_page import SECTION_WORDS
from bot.render.reference.metrics_page import DescribedMetric


@dataclass(frozen=True)
class SiteFacts:
    """Everything that a page can show."""

    leaderboard: Leaderboard
    """Boards and rows."""
    card: LeaderboardCard
    """What this leaderboard is."""
    metrics: Mapping[str, DescribedMetric]
    """What each metric says about itself, by its id."""
    address: str | None = None
    """Where the site is served, without a slash at its end; None when nobody said."""

    @cached_property
    def datasets(self) -> dict[str, DatasetCard]:
        """Card of each dataset by its id."""
        return {card.id: card for card in self.leaderboard.datasets}

    @cached_property
    def boards(self) -> tuple[Board, ...]:
        """Boards that somebody takes part in, in their order."""
        return tuple(board for board in self.leaderboard.boards if board.all_rows)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Every column of a board, by its id."""
        return {column.id: column for board in self.boards for column in board.columns}

    @cached_property
    def entries(self) -> tuple[ModelRows, ...]:
        """Every entry with its places, best ranks first."""
        places: dict[str, list[Placing]] = {}
        for board in self.boards:
            for row in board.all_rows:
                places.setdefault(row.submission, []).append(Placing(board, row))
        entries = [ModelRows(name, tuple(found)) for name, found in places.items()]
        last = max((entry.best_rank or 0 for entry in entries), default=0) + 1
        return tuple(sorted(entries, key=lambda entry: (entry.best_rank or last, entry.id)))

    def board_title(self, board: Board) -> str:
        """Return a board's name in words."""
        return f"{self.datasets[board.dataset].title}: {SECTION_WORDS[board.section]}"

    def changes_of(self, entry: ModelRows) -> tuple[PublishedChange, ...]:
        """Return what changed about an entry between published states, the latest first."""
        if not any(place.row.badge == "published" for place in entry.places):
            return ()
        names = {place.row.model for place in entry.places}
        return tuple(
            change
            for change in self.leaderboard.changes
            if change.model in names or names & set(change.now)
        )


@dataclass(frozen=True)
class Placing:
    """An entry's row on one board."""

    board: Board
    """The board."""
    row: Row
    """The row."""


@dataclass(frozen=True)
class ModelRows:
    """A model with its rows on all boards."""

    id: str
    """Entry's id, as in addresses."""
    places: tuple[Placing, ...]
    """Its rows, at least one, in the order of the boards."""

    @property
    def row(self) -> Row:
        """The first of its rows, which tells its name and makers."""
        return self.places[0].row

    @property
    def best_rank(self) -> int | None:
        """Its best rank on any board, None when it is ranked nowhere."""
        ranks = [place.row.rank for place in self.places if place.row.rank is not None]
        return min(ranks, default=None)

    def on(self, board: Board) -> Row | None:
        """Return its row on a board, None when it does not take part."""
        return next((place.row for place in self.places if place.board is board), None)


def board_path(board: Board) -> str:
    """Return the address of a board's page, from the site's root."""
    return f"boards/{board.id}/"


def model_path(submission: str) -> str:
    """Return the address of a model's page, from the site's root.

    Example:
        >>> model_path("published.maira-2")
        'models/published.maira-2/'
    """
    return f"models/{submission}/"


def metric_path(metric: str) -> str:
    """Return the address of a metric's page, from the site's root.

    Example:
        >>> metric_path("bleu2")
        'metrics/bleu2/'
    """
    return f"metrics/{metric}/"


def matrix_path(board: Board) -> str:
    """Return the address of a board's head-to-head table, from the site's root."""
    return f"compare/{board.id}/"
