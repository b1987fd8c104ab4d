"""Numbers as people read them. "-" means that there is no value; 0 means zero."""

from __future__ import annotations

import math

from bot.domain.column import Column, Direction
from bot.domain.scorecard import MetricScore

MISSING = "-"


def number(value: float | None, digits: int) -> str:
    """Return a value with so many decimal places, "-" when there is none.

    Example:
        >>> number(0.12345, 3), number(0.0, 3), number(-0.0001, 3)
        ('0.123', '0.000', '0.000')
        >>> number(None, 3), number(float("nan"), 3), number(float("inf"), 3)
        ('-', '-', '-')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    shown = f"{value:.{digits}f}"
    return shown.removeprefix("-") if float(shown) == 0 else shown


def cell(score: MetricScore | None, column: Column) -> str:
    """Return a score as its column shows it.

    Example:
        >>> bleu = Column(id="bleu2", title="BLEU-2", direction="higher", digits=3)
        >>> cell(MetricScore(status="scored", version="1", value=0.5), bleu)
        '0.500'
        >>> cell(None, bleu)
        '-'
    """
    return number(score.shown if score else None, column.digits)


def interval(score: MetricScore | None, column: Column) -> str:
    """Return the 95 % interval of a score, "-" when there is none.

    Example:
        >>> bleu = Column(id="bleu2", title="BLEU-2", direction="higher", digits=3)
        >>> score = MetricScore(status="scored", version="1", value=0.5, interval=(0.4, 0.6))
        >>> interval(score, bleu)
        '[0.400, 0.600]'
    """
    if score is None or score.shown is None or score.interval is None:
        return MISSING
    low, high = (number(bound, column.digits) for bound in score.interval)
    return f"[{low}, {high}]"


def cell_with_interval(score: MetricScore | None, column: Column) -> str:
    """Return a score and, where there is one, its interval.

    Example:
        >>> bleu = Column(id="bleu2", title="BLEU-2", direction="higher", digits=3)
        >>> score = MetricScore(status="scored", version="1", value=0.1234, interval=(0.11, 0.135))
        >>> cell_with_interval(score, bleu)
        '0.123 [0.110, 0.135]'
    """
    bounds = interval(score, column)
    value = cell(score, column)
    return value if bounds == MISSING else f"{value} {bounds}"


def rank_span(interval: tuple[int, int]) -> str:
    r"""Return an interval of ranks.

    Example:
        >>> rank_span((1, 4)) == "1\N{EN DASH}4"
        True
    """
    low, high = interval
    return f"{low}\N{EN DASH}{high}"


def rank_with_interval(rank: int | None, interval: tuple[int, int] | None) -> str:
    r"""Return a rank and, where there is one, its interval.

    Example:
        >>> rank_with_interval(2, (1, 4)) == "2 (1\N{EN DASH}4)"
        True
        >>> rank_with_interval(2, None), rank_with_interval(None, None)
        ('2', '-')
    """
    if rank is None:
        return MISSING
    return f"{rank} ({rank_span(interval)})" if interval else str(rank)


def p_value(value: float) -> str:
    """Return a p-value, never as zero.

    Example:
        >>> p_value(0.0412), p_value(1.0), p_value(0.00002)
        ('0.041', '1.000', '<0.001')
    """
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def arrow(direction: Direction) -> str:
    """Return the arrow to the better values.

    Example:
        >>> arrow("higher"), arrow("lower")
        ('↑', '↓')
    """
    return "↑" if direction == "higher" else "↓"


def heading(column: Column) -> str:
    """Return a column's title with its arrow.

    Example:
        >>> heading(Column(id="radcliq_v1", title="RadCliQ-v1", direction="lower", digits=3))
        'RadCliQ-v1 ↓'
    """
    return f"{column.title} {arrow(column.direction)}"
