"""Whether a metric that asks a language model says what the other metrics lead one to expect.

A report can hold instructions to the model that judges it; it then scores well there and nowhere
else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.domain.finding import Finding
from bot.domain.inspection import Inspection
from bot.domain.leaderboard import Board, Leaderboard
from bot.domain.rules import RULES
from bot.domain.scorecard import Scorecard

JUDGE = "green"
"""The metric that asks a language model."""
OTHER = "inv_radcliq_v1"
"""What the others say in one number: BLEU-2, BERTScore, SembScore and RadGraph F1."""
LEAST_ROWS = 8
"""Fewer entries on a board predict nothing."""
MOST_DEVIATIONS = 4.0
LEAST_EXCESS = 0.1


def expected_judgement(
    board: Board, other: float, *, without: str | None = None
) -> tuple[float, float] | None:
    """Return the GREEN score that a board's entries predict, and their standard deviation from it.

    Args:
        board: Rows that have both values, scored here or published, make a line.
        other: 1/RadCliQ-v1 of the entry.
        without: Entry that is left out.

    Returns:
        None when fewer than `LEAST_ROWS` rows have both values.
    """
    import numpy as np  # noqa: PLC0415 - loads numpy

    rows = [row for row in board.all_rows if row.submission != without]
    pairs = [
        (x, y)
        for row in rows
        if (x := row.shown(OTHER)) is not None and (y := row.shown(JUDGE)) is not None
    ]
    if len(pairs) < LEAST_ROWS or len({x for x, _ in pairs}) == 1:
        return None
    x, y = np.array(pairs).T
    slope, start = np.polyfit(x, y, 1)
    deviation = float(np.sqrt(np.sum((y - start - slope * x) ** 2) / (len(pairs) - 2)))
    return float(start + slope * other), deviation


def check_judgements(
    inspection: Inspection, scorecards: Sequence[Scorecard], leaderboard: Leaderboard | None
) -> Iterator[Finding]:
    """Yield a warning for each scorecard whose GREEN is far above what its other scores predict."""
    boards = {} if leaderboard is None else {b.id: b for b in leaderboard.boards}
    paths = {plan.board: plan.path for plan in inspection.plans}
    for card in scorecards:
        green, other = (card.shown(name) for name in (JUDGE, OTHER))
        if card.board not in boards or card.board not in paths or green is None or other is None:
            continue
        expected = expected_judgement(boards[card.board], other, without=inspection.submission)
        if expected is None:
            continue
        usual, deviation = expected
        if green > usual + max(MOST_DEVIATIONS * deviation, LEAST_EXCESS):
            message = (
                f"GREEN on {card.board} is {green:.3f}; a 1/RadCliQ-v1 of {other:.3f} goes "
                f"with {usual:.3f} (standard deviation {deviation:.3f})"
            )
            yield RULES["content.judge-disagrees"].finding(paths[card.board], message=message)
