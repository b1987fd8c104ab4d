"""Where an entry would stand on a board if it were merged now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.column import Column
from bot.domain.leaderboard import Board, Pair, Row
from bot.domain.manifest import board_id
from bot.domain.scorecard import PerStudyTable, Scorecard
from bot.pipeline.leaderboard import NO_TABLES, main_column
from bot.pipeline.ranks import rank_rows
from bot.render.numbers import value_of
from bot.render.rank_preview import Neighbour, RankPreview

UNNAMED = "this-entry"


def preview_rank(
    board: Board,
    scorecard: Scorecard,
    submission: str | None = None,
    tables: Mapping[str, PerStudyTable] = NO_TABLES,
) -> RankPreview:
    """Return where a scorecard would stand on a board if its entry were merged.

    Args:
        board: The board as it is on main.
        scorecard: Scores of the entry.
        submission: The entry's folder name: its own present row is not a neighbour.
        tables: Per-study scores by the key of their scorecard; without the entry's own, and that
            of another, the rank is by value alone.
    """
    column = main_column(board.dataset, board.main_metric, board.columns)
    name = submission or UNNAMED
    others = [row for row in board.rows if row.submission != name]
    own = value_of(scorecard.metrics.get(column.id))
    if own is None:
        return RankPreview(
            board=board_id(board.dataset, board.section),
            column=column,
            rank=None,
            of=len(others),
            value=None,
        )
    rows, pairs = rank_rows([*others, _own_row(name, scorecard)], column, tables)
    mine = next(row for row in rows if row.submission == name)
    names = {row.submission: row.model for row in rows}
    return RankPreview(
        board=board_id(board.dataset, board.section),
        column=column,
        rank=mine.rank,
        of=len(rows),
        value=own,
        tied=sum(row.rank == mine.rank for row in rows) - 1,
        above=_neighbour([row for row in others if _is_better(row, own, column)][-1:], column),
        below=_neighbour([row for row in others if _is_worse(row, own, column)][:1], column),
        interval=mine.rank_interval,
        separated=_partners(pairs, name, names, separated=True),
        not_separated=_partners(pairs, name, names, separated=False),
    )


def _own_row(name: str, scorecard: Scorecard) -> Row:
    """Return the entry's row: nothing but what ranks it."""
    return Row(
        submission=name,
        model=name,
        institution=name,
        year=0,
        badge="scored",
        scores=scorecard.metrics,
        scorecard=scorecard.key,
    )


def _partners(
    pairs: Sequence[Pair], name: str, names: Mapping[str, str], *, separated: bool
) -> tuple[str, ...]:
    """Return the models that the entry was compared with and is, or is not, told apart from."""
    return tuple(
        names[pair.other if pair.one == name else pair.one]
        for pair in pairs
        if name in {pair.one, pair.other} and pair.separated == separated
    )


def _is_better(row: Row, own: float, column: Column) -> bool:
    value = value_of(row.scores.get(column.id))
    return value is not None and (value > own if column.direction == "higher" else value < own)


def _is_worse(row: Row, own: float, column: Column) -> bool:
    value = value_of(row.scores.get(column.id))
    return value is not None and (value < own if column.direction == "higher" else value > own)


def _neighbour(rows: Sequence[Row], column: Column) -> Neighbour | None:
    """Return the only row given as a neighbour, None when none is."""
    value = value_of(rows[0].scores.get(column.id)) if rows else None
    return None if value is None else Neighbour(model=rows[0].model, value=value)
