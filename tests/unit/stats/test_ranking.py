from __future__ import annotations

import numpy as np

from bot.stats.ranking import rank_intervals, share_ranks


def test_rank_intervals_hold_what_counting_in_each_resample_gives() -> None:
    means = np.random.default_rng(0).normal([0.0, 0.1, 0.5, 3.0], 0.3, (400, 4))
    for direction in ("lower", "higher"):
        signed = means if direction == "lower" else -means
        ranks = 1.0 + (signed[:, None, :] < signed[:, :, None]).sum(axis=2)
        low = np.percentile(ranks, 2.5, axis=0, method="lower")
        high = np.percentile(ranks, 97.5, axis=0, method="higher")
        made = rank_intervals(means, direction)
        np.testing.assert_array_equal(made, np.stack([low, high], axis=1))


def test_entries_that_are_equal_in_every_resample_are_all_first() -> None:
    assert rank_intervals(np.ones((10, 3)), "higher").tolist() == [[1, 1]] * 3


def test_a_group_ends_at_the_first_entry_that_is_separated() -> None:
    apart = {(0, 2), (2, 4)}
    ranks = share_ranks([1, 2, 3, 4, 5], lambda first, other: (first, other) in apart, 5)
    assert ranks == [1, 1, 3, 3, 5]


def test_an_entry_without_a_test_shares_a_rank_only_between_members_of_a_group() -> None:
    def separated(first: int, other: int) -> bool | None:
        if 1 in (first, other) or 4 in (first, other):
            return None
        return other > 2

    assert share_ranks([1, 2, 3, 4, 5, 6], separated, 6) == [1, 1, 1, 4, 5, 6]


def test_equal_values_share_a_rank_whatever_a_test_says() -> None:
    assert share_ranks([1, 1, 2, 2, 3], lambda first, other: True, 5) == [1, 1, 3, 3, 5]
    assert share_ranks([1, 1, 2], lambda first, other: None, 3) == [1, 1, 3]
    assert share_ranks([], lambda first, other: None, 0) == []
