"""Every two entries of a board against each other, and all numbers that the compare page reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from bot.domain.leaderboard import Board, Pair, Row
from bot.render.board.board_page import BADGE_WORDS
from bot.render.site.facts import SiteFacts, board_path, matrix_path, model_path
from bot.render.words import numbers

MATRIX_SHOWN = 60
"""Most entries in a table of all pairs; the compare page and the CSV file have every one."""

MeetingResult = Literal["better", "worse", "even", "self"]


@dataclass(frozen=True)
class Meeting:
    """One entry against another."""

    outcome: MeetingResult
    """How the entry of the row did; `self` in the diagonal."""
    difference: str
    """Its value less the other's, with its sign."""
    pair: Pair | None
    """The test of the two, None where nobody stored per-study scores."""


def draw_matrix(board: Board) -> tuple[tuple[Row, tuple[Meeting, ...]], ...]:
    """Return each ranked entry with its meetings, in the order of the ranks: the first of them."""
    pairs = {frozenset((pair.one, pair.other)): pair for pair in board.pairs}
    rows = board.rows[:MATRIX_SHOWN]
    return tuple((row, tuple(_meet(board, row, other, pairs) for other in rows)) for row in rows)


def render_compare_data(facts: SiteFacts) -> bytes:
    """Return what the compare page reads: every entry's ranks and values, every tested pair."""
    document = {
        "models": [
            {
                "id": entry.id,
                "name": entry.row.model,
                "about": f"{entry.row.institution}, {entry.row.year}",
                "path": model_path(entry.id),
                "scores": _join(BADGE_WORDS[place.row.badge] for place in entry.places),
            }
            for entry in facts.entries
        ],
        "boards": [_board(facts, board) for board in facts.boards],
    }
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def _board(facts: SiteFacts, board: Board) -> dict[str, Any]:
    """Return a board's part of the compare page's numbers."""
    main = board.main
    pairs = {frozenset((pair.one, pair.other)): pair for pair in board.pairs}
    tested = list(dict.fromkeys(name for pair in board.pairs for name in (pair.one, pair.other)))
    columns = (main, *(column for column in board.columns if column != main))
    return {
        "title": facts.board_title(board),
        "path": board_path(board),
        "matrix": matrix_path(board),
        "id": str(board.id),
        "columns": [[c.title, c.direction, c.digits] for c in columns],
        "rows": {
            row.submission: [
                _rank(row),
                [row.shown(column.id) for column in columns],
            ]
            for row in board.all_rows
        },
        "tested": tested,
        "p": [_verdict(pairs.get(frozenset(two))) for two in combinations(tested, 2)],
    }


def _verdict(pair: Pair | None) -> str:
    """Return the p-value of a pair, with a star when the two are told apart; "" without a test."""
    if pair is None:
        return ""
    return numbers.p_value(pair.p_adjusted) + ("*" if pair.separated else "")


def _rank(row: Row) -> str:
    """Return a row's rank in words."""
    if row.rank is None:
        return "unranked"
    return numbers.rank_with_interval(row.rank, row.rank_interval)


def _meet(board: Board, row: Row, other: Row, pairs: dict[frozenset[str], Pair]) -> Meeting:
    """Return how one entry did against another."""
    if row is other:
        return Meeting("self", "", None)
    main = board.main
    ours, theirs = (each.shown(main.id) for each in (row, other))
    if ours is None or theirs is None:
        raise ValueError(f"{row.submission} or {other.submission} is ranked without a value")
    ahead = (ours > theirs) - (ours < theirs)
    if main.direction == "lower":
        ahead = -ahead
    outcome: MeetingResult = "better" if ahead > 0 else "worse" if ahead < 0 else "even"
    shown = numbers.number(ours - theirs, main.digits)
    sign = "+" if ours > theirs and float(shown) != 0 else ""
    return Meeting(
        outcome,
        f"{sign}{shown}".replace("-", "\N{MINUS SIGN}"),
        pairs.get(frozenset((row.submission, other.submission))),
    )


def _join(words: Iterable[str]) -> str:
    """Return different words once each, in their order."""
    return ", ".join(dict.fromkeys(words))
