"""Boards as CSV: values unrounded, a status for every metric, no formula for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from bot.domain.column import Column
from bot.domain.leaderboard import Board, Row

_LEAD = (
    *("rank", "rank_low", "rank_high", "submission", "model", "version", "institution", "year"),
    *("license", "images", "context", "trained_on", "badge", "as_of", "n"),
)
_PARTS = ("", "_low", "_high", "_status")
_TRAIL = (
    *("paper", "code", "weights", "url", "remarks", "replaced_by"),
    *("scorecard", "predictions_sha256"),
)
_PAIRS = ("one", "other", "difference", "low", "high", "p", "p_adjusted", "separated")
# What a spreadsheet takes for the start of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render_board_csv(board: Board) -> str:
    """Return a board as CSV, ranked rows first.

    Text that a spreadsheet would run as a formula is preceded by an apostrophe.
    """
    header = [
        *_LEAD,
        *(f"{column.id}{part}" for column in board.columns for part in _PARTS),
        *_TRAIL,
    ]
    return to_csv(header, (_record(row, board.columns) for row in board.all_rows))


def render_pairs_csv(board: Board) -> str:
    """Return the comparison of every two entries of a board as CSV."""
    records = (
        (
            *(pair.one, pair.other, pair.difference, *pair.interval),
            *(pair.p, pair.p_adjusted, pair.separated),
        )
        for pair in board.pairs
    )
    return to_csv(_PAIRS, records)


def to_csv(header: Sequence[str], records: Iterable[Sequence[object]]) -> str:
    """Return records as CSV in which no cell is a formula."""
    target = StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_without_formula(value) for value in record] for record in records)
    return target.getvalue()


def _record(row: Row, columns: Sequence[Column]) -> list[object]:
    """Return a row's values in the order of the CSV header."""
    low, high = row.rank_interval or (None, None)
    values: list[object] = [row.rank, low, high, row.submission, row.model, row.version]
    values += [row.institution, row.year, row.license]
    values += [row.inputs.images, row.inputs.context] if row.inputs else [None, None]
    values += [row.trained_on, row.badge, row.as_of, row.n]
    for column in columns:
        score = row.scores.get(column.id)
        ends = (score.interval if score else None) or (None, None)
        values += [row.shown(column.id), *ends, score.status if score else "missing"]
    values += [row.links.paper, row.links.code, row.links.weights, row.url]
    values += ["; ".join(row.remarks) or None, row.replaced_by]
    return [*values, row.scorecard, row.predictions_sha256]


def _without_formula(value: object) -> object:
    """Return a value that no spreadsheet runs: text that starts a formula gets an apostrophe.

    Example:
        >>> _without_formula("=1+1"), _without_formula(-0.5)
        ("'=1+1", -0.5)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
