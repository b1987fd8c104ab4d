"""Two entries, board by board: by how much they differ, and whether that is more than chance."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from bot.domain.catalog import Catalog
from bot.domain.column import Column
from bot.domain.head_to_head import ComparedEntry, HeadToHead, PairedTest
from bot.domain.leaderboard import Board, Leaderboard, Row
from bot.domain.scorecard import PerStudyTable
from bot.errors import SubmissionRejected, WrongUsage
from bot.pipeline.board.evidence import Tables, align, compare_entries, describe_pair
from bot.stats.significance import ALPHA, adjust_holm

NOT_AT_HAND = (
    "per-study scores of {metric} are not at hand for both; name their place with --remote or "
    "--scores"
)


@dataclass(frozen=True)
class Question:
    """Who is compared, where, and by what."""

    names: tuple[str, ...]
    """Ids of two entries or more."""
    boards: tuple[str, ...] = ()
    """Ids of boards; every board that two of them share when empty."""
    column: Column | None = None
    """Metric; each board's main metric when None."""


def answer(
    question: Question, leaderboard: Leaderboard, tables: Tables, catalog: Catalog
) -> tuple[HeadToHead, ...]:
    """Return the comparison of every two entries on every board that they share.

    P-values are adjusted by Holm over all tests of the answer.

    Args:
        question: Who is compared, where, and by what.
        leaderboard: Holds the rows.
        tables: Per-study scores by the key of their scorecard, as far as they are at hand.
        catalog: Says which studies count as one.

    Raises:
        WrongUsage: There is no such entry or board.
        SubmissionRejected: No two of the entries share a board.
    """
    boards = _chosen_boards(question, leaderboard)
    _check_names(question.names, leaderboard)
    found = [
        _compare(board, one, other, question.column, tables, catalog)
        for board in boards
        for one, other in combinations(_rows_of(board, question.names), 2)
    ]
    if not found:
        where = f" among {', '.join(question.boards)}" if question.boards else ""
        raise SubmissionRejected(f"{' and '.join(question.names)} share no board{where}")
    return tuple(_adjust(found))


def wanted_scorecards(question: Question, leaderboard: Leaderboard) -> list[tuple[str, str]]:
    """Return dataset and key of the scorecards that an answer rests on."""
    return [
        (board.dataset, row.scorecard)
        for board in _chosen_boards(question, leaderboard)
        for row in _rows_of(board, question.names)
        if row.scorecard is not None
    ]


def _chosen_boards(question: Question, leaderboard: Leaderboard) -> list[Board]:
    """Return the boards that are asked about."""
    by_id = {str(board.id): board for board in leaderboard.boards}
    for name in question.boards:
        _check(name, by_id, "board")
    return [by_id[name] for name in question.boards or by_id]


def _check_names(names: Sequence[str], leaderboard: Leaderboard) -> None:
    """Raise WrongUsage when an entry is on no board, or is named twice."""
    known = {row.submission for board in leaderboard.boards for row in board.all_rows}
    for name in names:
        _check(name, known, "entry")
    if len(set(names)) < len(names):
        raise WrongUsage("an entry is named twice; give two entries or more")


def _check(name: str, known: Collection[str], what: str) -> None:
    """Raise WrongUsage when a name is not known, with those nearest to it."""
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "the leaderboard's tables list them"
    raise WrongUsage(f"no {what} {name!r} on the leaderboard; {hint}")


def _rows_of(board: Board, names: Sequence[str]) -> list[Row]:
    """Return the rows of some entries, in the order of their names."""
    by_name = {row.submission: row for row in board.all_rows}
    return [by_name[name] for name in names if name in by_name]


def _compare(
    board: Board, one: Row, other: Row, column: Column | None, tables: Tables, catalog: Catalog
) -> HeadToHead:
    """Return what is known about two rows of a board."""
    shown = column or board.main
    known = [tables.get(row.scorecard or "") for row in (one, other)]
    values = [_value(row, table, shown.id) for row, table in zip((one, other), known, strict=True)]
    plain = HeadToHead(
        board=board.id,
        n=board.n,
        column=shown,
        one=_side(one, values[0]),
        other=_side(other, values[1]),
    )
    if None in values:
        return replace(plain, untested=f"not both have a value of {shown.title}")
    if (one.badge == "stale") != (other.badge == "stale"):
        return replace(plain, untested="they were scored by different scorers")
    difference = (values[0] or 0.0) - (values[1] or 0.0)
    plain = replace(plain, difference=difference)
    published = [row.submission for row in (one, other) if row.badge == "published"]
    if published:
        verb = "was" if len(published) == 1 else "were"
        why = f"{' and '.join(published)} {verb} published without per-study scores"
        return replace(plain, untested=why)
    verdict = _test(known, shown, board, catalog)
    if verdict is None:
        return replace(plain, untested=NOT_AT_HAND.format(metric=shown.title))
    return replace(plain, verdict=verdict)


def _value(row: Row, table: PerStudyTable | None, metric: str) -> float | None:
    """Return a row's value of a metric; of one that the leaderboard does not show, the mean."""
    if metric in row.scores or table is None or metric not in table.columns:
        return row.shown(metric)
    return float(np.mean(table.columns[metric]))


def _side(row: Row, value: float | None) -> ComparedEntry:
    """Return one of two rows as it is shown."""
    return ComparedEntry(row.submission, row.model, row.badge, value)


def _test(
    tables: Sequence[PerStudyTable | None], column: Column, board: Board, catalog: Catalog
) -> PairedTest | None:
    """Return what two tables say, None when they cannot be compared study by study."""
    in_catalog = board.dataset in catalog.datasets
    clusters = catalog.clusters(board.id) if in_catalog else None
    evidence, places = align(tables, column.id, clusters)
    if evidence is None or len(places) < 2:
        return None
    pair = describe_pair(compare_entries(evidence), evidence, ("one", "other"), 0, 1)
    gap = evidence.table[:, 0] - evidence.table[:, 1]
    gain = gap if column.direction == "higher" else -gap
    return PairedTest(
        interval=pair.interval,
        p=pair.p,
        p_adjusted=pair.p_adjusted,
        wins=int(np.sum(gain > 0)),
        ties=int(np.sum(gain == 0)),
        losses=int(np.sum(gain < 0)),
        clusters=None if evidence.clusters is None else int(evidence.clusters.max()) + 1,
    )


def _adjust(found: Sequence[HeadToHead]) -> Iterator[HeadToHead]:
    """Yield comparisons with their p-values adjusted over all of them."""
    tested = [each.verdict.p for each in found if each.verdict is not None]
    adjusted = iter(adjust_holm(tested).tolist())
    for each in found:
        if each.verdict is None:
            yield each
            continue
        p = next(adjusted)
        verdict = replace(each.verdict, p_adjusted=p, separated=p <= ALPHA, comparisons=len(tested))
        yield replace(each, verdict=verdict)
