"""A rescoring as people read it: what is planned, and every score before and after."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.column import Column
from bot.domain.rescore_plan import Rescored, RescorePlan
from bot.domain.scorecard import MetricScore
from bot.domain.text import counted
from bot.render.words.markdown import code, table, text
from bot.render.words.numbers import MISSING, cell, heading

REASONS = {"stale": "scored by an earlier scorer", "unscored": "not scored yet"}


def render_plan(plan: RescorePlan) -> str:
    """Return what is to be scored, as Markdown."""
    if not plan.boards:
        return "Every entry has scores of today's scorer. Nothing is to be scored again.\n"
    rows = [
        [
            code(board.submission),
            text(board.model),
            code(str(board.board)),
            REASONS[board.reason],
            "the workflow" if board.open else "a maintainer, with the references and keys",
        ]
        for board in plan.boards
    ]
    boards = counted(len(plan.boards), "board")
    headings = ["entry", "model", "board", "why", "who scores it"]
    return f"{boards} to score again.\n\n{table(headings, rows)}\n"


def render_comparison(rescored: Sequence[Rescored], columns: Sequence[Column]) -> str:
    """Return every score before and after, as Markdown."""
    if not rescored:
        return "Nothing was to be scored again.\n"
    rows = []
    for each in rescored:
        board = each.planned
        names = [code(board.submission), code(str(board.board))]
        if not each.done:
            why = "still to be scored" if board.open else "waits for a maintainer"
            rows.append([*names, MISSING, MISSING, MISSING, text(each.why) or why])
            continue
        shown = [c for c in columns if c.id in each.before or c.id in each.after]
        for column in shown:
            before, after = each.before.get(column.id), each.after.get(column.id)
            values = [cell(before, column), cell(after, column)]
            rows.append([*names, heading(column), *values, difference(before, after, column)])
    done = sum(each.done for each in rescored)
    headings = ["entry", "board", "metric", "before", "after", "change"]
    return f"{done} of {len(rescored)} boards scored.\n\n{table(headings, rows, right=[3, 4])}\n"


def difference(before: MetricScore | None, after: MetricScore | None, column: Column) -> str:
    """Return how a score changed, with its sign.

    Example:
        >>> bleu = Column(id="bleu2", title="BLEU-2", direction="higher", digits=3)
        >>> old = MetricScore(status="scored", version="1", value=0.5)
        >>> difference(old, MetricScore(status="scored", version="2", value=0.525), bleu)
        '+0.025'
        >>> difference(old, old, bleu), difference(None, old, bleu)
        ('none', 'new')
    """
    one, other = (score.shown if score else None for score in (before, after))
    if one is None or other is None:
        return "new" if other is not None else "gone" if one is not None else MISSING
    return "none" if one == other else f"{other - one:+.{column.digits}f}"
