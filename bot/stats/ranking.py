"""Ranks from values: ties share one, and what has no value has none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal


def rank_values(
    values: Sequence[float | None], direction: Literal["higher", "lower"]
) -> list[int | None]:
    """Return the competition rank of each value, from 1; equal values share the better rank.

    Args:
        values: n values of the metric that ranks, unrounded.
        direction: Which values are better.

    Returns:
        n ranks in the order of the values; None for a value that is missing, NaN or infinite.

    Example:
        >>> rank_values([0.5, None, 0.7, 0.5, float("inf"), 0.1], "higher")
        [2, None, 1, 2, None, 4]
        >>> rank_values([0.5, 0.7], "lower")
        [1, 2]
    """
    ranked = sorted(
        (value for value in values if value is not None and math.isfinite(value)),
        reverse=direction == "higher",
    )
    first: dict[float, int] = {}
    for place, value in enumerate(ranked, start=1):
        first.setdefault(value, place)
    return [None if value is None else first.get(value) for value in values]
