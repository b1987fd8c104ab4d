"""Where an entry would stand on a board if it were merged now."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.column import Column
from bot.domain.leaderboard import Board, Pair, Row
from bot.domain.rank_preview import Neighbour, Previous, RankPreview
from bot.domain.scorecard import Scorecard
from bot.pipeline.board.evidence import NO_TABLES, Tables, head_to_head
from bot.pipeline.board.published import slug_of
from bot.pipeline.board.ranks import rank_rows


@dataclass(frozen=True)
class Entrant:
    """Whose scores they are."""

    submission: str
    """Entry's folder name: its own present row is not a neighbour."""
    model: str
    """Model's name."""
    institution: str
    """Who made it."""


UNKNOWN = Entrant("this-entry", "", "")


def preview_rank(
    board: Board,
    scorecard: Scorecard,
    entrant: Entrant = UNKNOWN,
    tables: Tables = NO_TABLES,
    clusters: Mapping[str, int] | None = None,
) -> RankPreview:
    """Return where a scorecard would stand on a board if its entry were merged.

    Args:
        board: The board as it is on main.
        scorecard: Scores of the entry.
        entrant: Whose they are.
        tables: Per-study scores by the key of their scorecard; without the entry's own, and that
            of another, the rank is by value alone.
        clusters: Cluster of each study, None where each is its own.
    """
    column = board.main
    name = entrant.submission
    others = [row for row in board.rows if row.submission != name]
    own = scorecard.shown(column.id)
    if own is None:
        return RankPreview(
            board=board.id,
            column=column,
            rank=None,
            of=len(others),
            value=None,
        )
    rows, pairs = rank_rows([*others, _own_row(name, scorecard)], column, tables, clusters)
    mine = next(row for row in rows if row.submission == name)
    names = {row.submission: row.model for row in rows}
    return RankPreview(
        board=board.id,
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
        previous=_previous(board.rows, scorecard, entrant, column, tables, clusters),
    )


def _previous(
    rows: Sequence[Row],
    scorecard: Scorecard,
    entrant: Entrant,
    column: Column,
    tables: Tables,
    clusters: Mapping[str, int] | None,
) -> Previous | None:
    """Return how a scorecard differs from its team's previous version, None when there is none.

    That is the entry's own present row, else the latest row of the same model and institution.
    """
    present = [row for row in rows if row.submission == entrant.submission]
    model = (slug_of(entrant.model), slug_of(entrant.institution))
    earlier = [row for row in rows if (slug_of(row.model), slug_of(row.institution)) == model]
    found = present[0] if present else max(earlier, key=_age, default=None)
    before = found.shown(column.id) if found else None
    own = scorecard.shown(column.id)
    if found is None or before is None or own is None or found.scorecard == scorecard.key:
        return None
    pair = head_to_head(
        (entrant.submission, tables.get(scorecard.key)),
        (found.submission, tables.get(found.scorecard or "")),
        column.id,
        clusters,
    )
    return Previous(
        model=f"{found.model} {found.version}" if found.version else found.model,
        badge=found.badge,
        value=before,
        difference=pair.difference if pair else own - before,
        interval=pair.interval if pair else None,
        p=pair.p if pair else None,
    )


def _age(row: Row) -> tuple[bool, int, list[int]]:
    """Return what orders rows of one model: those scored here last, then by year and version."""
    numbers = [int(part) for part in re.findall(r"\d+", row.version or "")]
    return row.badge == "scored", row.year, numbers


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
    value = row.shown(column.id)
    return value is not None and (value > own if column.direction == "higher" else value < own)


def _is_worse(row: Row, own: float, column: Column) -> bool:
    value = row.shown(column.id)
    return value is not None and (value < own if column.direction == "higher" else value > own)


def _neighbour(rows: Sequence[Row], column: Column) -> Neighbour | None:
    """Return the only row given as a neighbour, None when none is."""
    value = rows[0].shown(column.id) if rows else None
    return None if value is None else Neighbour(model=rows[0].model, value=value)
