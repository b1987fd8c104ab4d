"""Ranks of a board's rows: by value, with an interval and shared where no test tells them apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.domain.catalog import Catalog
from bot.domain.column import Column
from bot.domain.leaderboard import Board, Leaderboard, Pair, Row
from bot.pipeline.board.evidence import Comparison, Tables, align, compare_entries, describe_pair
from bot.stats.ranking import rank_intervals, share_ranks
from bot.stats.significance import ALPHA

COMPARED = 50
"""Most entries of a board that are compared with each other, the best by value. Pairs grow with the
square of the entries, and the flips that Holm needs with the pairs."""


def compare_boards(leaderboard: Leaderboard, tables: Tables, catalog: Catalog) -> Leaderboard:
    """Return a leaderboard with the rank intervals, shared ranks and pairs that tables give.

    Args:
        leaderboard: Rows that are ranked by value.
        tables: Per-study scores by the key of their scorecard.
        catalog: Says which studies count as one.
    """
    boards = tuple(
        _compare_board(board, tables, catalog)
        if any(row.scorecard in tables for row in board.rows)
        else board
        for board in leaderboard.boards
    )
    return leaderboard.model_copy(update={"boards": boards})


def compared_scorecards(leaderboard: Leaderboard, catalog: Catalog) -> list[tuple[str, str]]:
    """Return dataset and key of the scorecards whose per-study scores are to be compared.

    They are those of the best rows of each board whose scores of single studies are open.
    """
    return [
        (board.dataset, row.scorecard)
        for board in leaderboard.boards
        if board.dataset in catalog.datasets and catalog.is_open(board.dataset)
        for row in [row for row in board.rows if row.scorecard is not None][:COMPARED]
        if row.scorecard is not None
    ]


def _compare_board(board: Board, tables: Tables, catalog: Catalog) -> Board:
    """Return a board ranked anew, with what its rows' per-study scores say."""
    clusters = catalog.clusters(board.id)
    rows, pairs = rank_rows(board.rows, board.main, tables, clusters)
    drawn = len(set(clusters.values())) if clusters else None
    return board.model_copy(update={"rows": rows, "pairs": pairs, "clusters": drawn})


def rank_rows(
    rows: Sequence[Row],
    column: Column,
    tables: Tables,
    clusters: Mapping[str, int] | None = None,
) -> tuple[tuple[Row, ...], tuple[Pair, ...]]:
    """Return rows in the order of their values with ranks and rank intervals, and their pairs.

    A row without per-study scores ranks by its value alone: in every resample it stays where it
    is, and it has no interval. So do those behind the best COMPARED.

    Args:
        rows: Rows that have a value of the main metric.
        column: The main metric.
        tables: Per-study scores by the key of their scorecard.
        clusters: Cluster of each study, None where each is its own.
    """
    sign = -1 if column.direction == "higher" else 1
    valued = sorted(
        (
            (sign * value, row.submission, row)
            for row in rows
            if (value := row.shown(column.id)) is not None
        ),
        key=lambda item: item[:2],
    )
    ordered = [row for _, _, row in valued]
    values = [value for value, _, _ in valued]
    with_table = [
        place
        for place, row in enumerate(ordered)
        if row.scorecard is not None and row.scorecard in tables
    ][:COMPARED]
    kept = [tables[ordered[place].scorecard or ""] for place in with_table]
    evidence, chosen = align(kept, column.id, clusters)
    if evidence is None:
        return _ranked(ordered, share_ranks(values, _untested, 0), {}), ()
    places = [with_table[number] for number in chosen]
    comparison = compare_entries(evidence)
    names = [ordered[place].submission for place in places]
    pairs = tuple(
        describe_pair(comparison, evidence, names, i, j)
        for i in range(len(places))
        for j in range(i + 1, len(places))
    )
    taken = set(places)
    fixed = [sign * value for place, value in enumerate(values) if place not in taken]
    spans = rank_intervals(comparison.means, column.direction, fixed)
    intervals = {
        place: (int(low), int(high)) for place, (low, high) in zip(places, spans, strict=True)
    }
    ranks = share_ranks(values, _judge(comparison, places), max(places) + 1)
    return _ranked(ordered, ranks, intervals), pairs


def _untested(first: int, other: int) -> None:
    """Return None: there is no test of any two rows."""


def _judge(comparison: Comparison, places: Sequence[int]) -> Callable[[int, int], bool | None]:
    """Return the function that says whether two rows are told apart, None without a test."""
    number = {place: i for i, place in enumerate(places)}

    def separated(first: int, other: int) -> bool | None:
        if first not in number or other not in number:
            return None
        return bool(comparison.adjusted[number[first], number[other]] <= ALPHA)

    return separated


def _ranked(
    rows: Sequence[Row], ranks: Sequence[int], intervals: Mapping[int, tuple[int, int]]
) -> tuple[Row, ...]:
    """Return rows with their ranks and rank intervals."""
    return tuple(
        row.model_copy(update={"rank": rank, "rank_interval": intervals.get(place)})
        for place, (row, rank) in enumerate(zip(rows, ranks, strict=True))
    )
