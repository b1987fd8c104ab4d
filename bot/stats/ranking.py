"""Ranks from values and tests: what is equal, or not told apart, shares one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from bot.stats.bootstrap import LEVEL


def rank_intervals(
    means: npt.NDArray[np.float64],
    direction: Literal["higher", "lower"],
    fixed: Sequence[float] = (),
) -> npt.NDArray[np.int64]:
    """Return the 95 % interval of each column's rank among all columns and some fixed values.

    Args:
        means: float64 array of shape (resamples, m): the same resample for every column of a row.
        direction: Which values are better.
        fixed: Values that are the same in every resample.

    Returns:
        int64 array of shape (m, 2): the ranks that hold the middle 95 % of the resamples' ranks,
        rounded outwards.

    Example:
        >>> rank_intervals(np.array([[0.1, 0.2, 0.9], [0.2, 0.1, 0.9]]), "lower").tolist()
        [[1, 2], [1, 2], [3, 3]]
        >>> rank_intervals(np.array([[0.1], [0.3]]), "lower", fixed=[0.2]).tolist()
        [[1, 2]]

    Source: Goldstein & Spiegelhalter 1996, on the uncertainty of league tables.
    """
    sign = 1 if direction == "lower" else -1
    signed, standing = sign * means, np.sort(sign * np.asarray(fixed, dtype=np.float64))
    tail = 50 * (1 - LEVEL)
    intervals = np.empty((means.shape[1], 2), dtype=np.int64)
    for number in range(means.shape[1]):
        own = signed[:, number]
        ranks = 1 + (signed < own[:, np.newaxis]).sum(axis=1) + np.searchsorted(standing, own)
        intervals[number, 0] = np.percentile(ranks, tail, method="lower")
        intervals[number, 1] = np.percentile(ranks, 100 - tail, method="higher")
    return intervals


def share_ranks(
    values: Sequence[float], separated: Callable[[int, int], bool | None], tested: int
) -> list[int]:
    """Return the ranks of entries in order of value: those not separated from a first share its.

    From the best entry down, an entry shares the rank of its group's first until one is separated
    from it; that one is the first of the next group. An entry that cannot be tested opens a group
    of its own, unless it stands between two members of a group. Equal values share a rank.

    Args:
        values: n values, best first.
        separated: Takes the places of a group's first and of a later entry; whether a test tells
            them apart, None when there is none.
        tested: Place from which on there is no test of any entry.

    Returns:
        n ranks: one plus the number of entries in better groups.

    Example:
        >>> share_ranks([0.1, 0.2, 0.3], lambda first, other: other - first > 1, 3)
        [1, 1, 3]
        >>> share_ranks([0.1, 0.2, 0.2], lambda first, other: None, 0)
        [1, 2, 2]
    """
    ranks: list[int] = []
    while len(ranks) < len(values):
        first = last = len(ranks)
        for place in range(first + 1, min(tested, len(values))):
            verdict = separated(first, place)
            if verdict:
                break
            if verdict is False:
                last = place
        while last + 1 < len(values) and values[last + 1] == values[last]:
            last += 1
        ranks += [first + 1] * (last + 1 - first)
    return ranks
