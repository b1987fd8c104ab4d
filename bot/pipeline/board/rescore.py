"""Rescore: which merged entries today's scorer has to score, shared out, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.board import BoardId
from bot.domain.catalog import Catalog
from bot.domain.leaderboard import Board, Leaderboard, Row
from bot.domain.rescore_plan import Batch, PlannedBoard, Rescored, RescorePlan
from bot.domain.scorecard import Scorecard
from bot.domain.submission import SUBMISSIONS_FOLDER

MAX_JOBS = 256
"""Jobs that a matrix may have on GitHub."""


def plan_rescoring(
    leaderboard: Leaderboard,
    catalog: Catalog,
    sealed: frozenset[tuple[str, BoardId]],
    tip: str,
) -> RescorePlan:
    """Return what today's scorer has not scored.

    Args:
        leaderboard: Made of the entries and the ledger of now.
        catalog: What this leaderboard is.
        sealed: Entry and board of each file that is encrypted.
        tip: Commit with the entries.
    """
    boards = [*_stale_boards(leaderboard), *_waiting_boards(leaderboard)]
    planned = [
        board.model_copy(
            update={
                "open": catalog.datasets[board.dataset].access == "public"
                and (board.submission, board.board) not in sealed
            }
        )
        for board in boards
    ]
    order = {card.id: number for number, card in enumerate(catalog.datasets.values())}
    planned.sort(key=lambda each: (each.submission, order[each.dataset], each.section))
    return RescorePlan(commit=tip, boards=tuple(planned))


def share_out(plan: RescorePlan, jobs: int) -> tuple[Batch, ...]:
    """Return the matrix: every entry in exactly one of at most so many jobs."""
    names = plan.submissions()
    size = min(jobs, MAX_JOBS, len(names))
    return tuple(
        Batch(
            name=str(number + 1),
            submissions=" ".join(f"{SUBMISSIONS_FOLDER}/{name}" for name in names[number::size]),
        )
        for number in range(size)
    )


def list_rescored(
    plan: RescorePlan,
    scorecards: Sequence[Scorecard],
    leaderboard: Leaderboard,
    reasons: Mapping[str, str] | None = None,
) -> tuple[Rescored, ...]:
    """Return the planned boards as they were and as they are.

    Args:
        plan: What was planned.
        scorecards: The ledger as it is now, which still has what counted before.
        leaderboard: Made of the entries and the ledger of now.
        reasons: Why an entry that the workflow can score would have no new score, by its name.
    """
    by_key = {card.key: card for card in scorecards}
    rows = {(row.submission, board.id): row for board, row in _own_rows(leaderboard)}
    rescored = []
    for planned in plan.boards:
        card = by_key.get(planned.before) if planned.before else None
        row = rows.get((planned.submission, planned.board))
        done = row is not None and row.badge == "scored"
        after = row.scores if row is not None and done else {}
        why = (reasons or {}).get(planned.submission, "") if planned.open and not done else ""
        rescored.append(Rescored(planned, card.metrics if card else {}, after, done, why))
    return tuple(rescored)


def _own_rows(leaderboard: Leaderboard) -> Iterator[tuple[Board, Row]]:
    """Yield the rows of entries, of which none was only published elsewhere."""
    for board in leaderboard.boards:
        for row in board.all_rows:
            if row.badge != "published":
                yield board, row


def _stale_boards(leaderboard: Leaderboard) -> Iterator[PlannedBoard]:
    """Yield what an earlier scorer scored."""
    for board, row in _own_rows(leaderboard):
        if row.badge == "stale":
            yield PlannedBoard(
                submission=row.submission,
                model=row.model,
                dataset=board.dataset,
                section=board.section,
                reason="stale",
                open=False,
                before=row.scorecard,
            )


def _waiting_boards(leaderboard: Leaderboard) -> Iterator[PlannedBoard]:
    """Yield what was merged and has no score."""
    for waiting in leaderboard.waiting:
        yield PlannedBoard(
            submission=waiting.submission,
            model=waiting.model,
            dataset=waiting.dataset,
            section=waiting.section,
            reason="unscored",
            open=False,
        )
