from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.column import Direction
from bot.stats.ranking import rank_values

VALUES = st.lists(st.none() | st.floats() | st.sampled_from([0.0, 1.0, -1.0]))
DIRECTIONS: st.SearchStrategy[Direction] = st.sampled_from(("higher", "lower"))


@given(VALUES, DIRECTIONS)
def test_only_finite_values_are_ranked_and_a_rank_counts_the_better_ones(
    values: list[float | None], direction: Direction
) -> None:
    ranks = rank_values(values, direction)
    finite = [value for value in values if value is not None and math.isfinite(value)]
    for value, rank in zip(values, ranks, strict=True):
        if value is None or not math.isfinite(value):
            assert rank is None
        else:
            better = [v for v in finite if (v > value if direction == "higher" else v < value)]
            assert rank == 1 + len(better)


def test_nothing_has_no_ranks() -> None:
    assert rank_values([], "lower") == []
    assert rank_values([None, math.nan, math.inf, -math.inf], "higher") == [None] * 4
    assert rank_values([0.0, -0.0], "higher") == [1, 1]
