"""Intervals and p-values agree with those of scipy, which is given the same scores."""

from __future__ import annotations

import time

import numpy as np
import pytest
import scipy.stats

from bot.stats.bootstrap import bootstrap_means, percentile_interval, resample_means
from bot.stats.clusters import cluster_by_text, resample_cluster_means, sum_clusters
from bot.stats.ranking import rank_intervals, share_ranks
from bot.stats.significance import permutation_p_values, separate_pairs

N = 590


def scores(entries: int, seed: int = 11) -> np.ndarray:
    """Return scores as boards have them: entries that share what is hard about a study."""
    generator = np.random.default_rng(seed)
    hardness = generator.normal(1, 0.5, (N, 1))
    return hardness + generator.normal(0, 0.3, (N, entries)) + np.linspace(0, 0.1, entries)


def mean_difference(one: np.ndarray, other: np.ndarray, axis: int = -1) -> np.ndarray:
    difference: np.ndarray = np.mean(one, axis=axis) - np.mean(other, axis=axis)
    return difference


@pytest.mark.parametrize(("one", "other"), [(0, 1), (0, 3), (2, 4), (0, 9)])
def test_a_p_value_is_that_of_scipys_paired_permutation_test(one: int, other: int) -> None:
    table = scores(10)
    trials = 20_000
    peer = scipy.stats.permutation_test(
        (table[:, one], table[:, other]),
        mean_difference,
        permutation_type="samples",
        n_resamples=trials,
        vectorized=True,
        batch=2000,
        rng=np.random.default_rng(5),
    )
    ours = float(permutation_p_values(table, trials=trials)[one, other])
    # Both count random flips; this is more than four standard errors of the difference.
    assert ours == pytest.approx(peer.pvalue, abs=4.5 * np.sqrt(2 * 0.25 / trials))


def test_every_flip_of_a_small_sample_gives_scipys_exact_p_value() -> None:
    table = scores(2)[:12]
    peer = scipy.stats.permutation_test(
        (table[:, 0], table[:, 1]), mean_difference, permutation_type="samples", n_resamples=np.inf
    )
    ours = permutation_p_values(table, trials=100_000)[0, 1]
    assert ours == pytest.approx(peer.pvalue, abs=0.008)


def test_the_interval_of_a_difference_is_that_of_scipys_paired_bootstrap() -> None:
    table = scores(2)
    peer = scipy.stats.bootstrap(
        (table[:, 0], table[:, 1]),
        mean_difference,
        paired=True,
        method="percentile",
        n_resamples=20_000,
        batch=2000,
        rng=np.random.default_rng(6),
    )
    means = resample_means(table, resamples=20_000, seed=0)
    ours = percentile_interval(means[:, 0] - means[:, 1])
    width = peer.confidence_interval.high - peer.confidence_interval.low
    np.testing.assert_allclose(ours, peer.confidence_interval, rtol=0, atol=0.03 * width)


def test_the_interval_of_a_mean_is_that_of_scipys_bootstrap() -> None:
    column = scores(1)[:, 0]
    peer = scipy.stats.bootstrap(
        (column,),
        np.mean,
        method="percentile",
        n_resamples=20_000,
        batch=2000,
        rng=np.random.default_rng(7),
    )
    (ours,) = bootstrap_means(column[:, np.newaxis], resamples=20_000, seed=0)
    width = peer.confidence_interval.high - peer.confidence_interval.low
    np.testing.assert_allclose(ours, peer.confidence_interval, rtol=0, atol=0.03 * width)


def clustered(n: int = 300, seed: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Return scores of two entries and clusters of one to four studies that share an error."""
    generator = np.random.default_rng(seed)
    clusters = cluster_by_text(np.sort(generator.integers(0, 120, n)).tolist())
    shared = generator.normal(0, 0.4, (clusters.max() + 1, 2))[clusters]
    return shared + generator.normal([0.0, 0.05], 0.1, (n, 2)), clusters


def test_a_clustered_interval_is_scipys_bootstrap_of_a_ratio_of_sums() -> None:
    table, clusters = clustered()
    sums, sizes = sum_clusters(table, clusters)

    def mean(one: np.ndarray, weights: np.ndarray, axis: int = -1) -> np.ndarray:
        ratio: np.ndarray = one.sum(axis=axis) / weights.sum(axis=axis)
        return ratio

    peer = scipy.stats.bootstrap(
        (sums[:, 0] - sums[:, 1], sizes),
        mean,
        paired=True,
        method="percentile",
        n_resamples=20_000,
        batch=2000,
        rng=np.random.default_rng(8),
    )
    means = resample_cluster_means(table, clusters, resamples=20_000, seed=0)
    ours = percentile_interval(means[:, 0] - means[:, 1])
    width = peer.confidence_interval.high - peer.confidence_interval.low
    np.testing.assert_allclose(ours, peer.confidence_interval, rtol=0, atol=0.03 * width)


def test_a_clustered_p_value_is_scipys_permutation_test_of_the_sums() -> None:
    table, clusters = clustered()
    sums, _ = sum_clusters(table, clusters)
    trials = 20_000
    peer = scipy.stats.permutation_test(
        (sums[:, 0], sums[:, 1]),
        mean_difference,
        permutation_type="samples",
        n_resamples=trials,
        vectorized=True,
        batch=2000,
        rng=np.random.default_rng(9),
    )
    ours = float(permutation_p_values(table, trials=trials, clusters=clusters)[0, 1])
    assert ours == pytest.approx(peer.pvalue, abs=4.5 * np.sqrt(2 * 0.25 / trials))


def test_ranks_are_scipys_competition_ranks() -> None:
    values = np.sort(np.round(np.random.default_rng(13).normal(size=200), 1))
    ranked = scipy.stats.rankdata(values, method="min").astype(int).tolist()
    assert share_ranks(values.tolist(), lambda first, other: None, 0) == ranked


def test_rank_intervals_are_percentiles_of_scipys_ranks() -> None:
    means = resample_means(scores(8), resamples=2000, seed=0)
    fixed = [1.02, 1.05]
    whole = np.concatenate([means, np.broadcast_to(fixed, (2000, 2))], axis=1)
    for direction, sign in (("lower", 1), ("higher", -1)):
        ranks = scipy.stats.rankdata(sign * whole, method="min", axis=1)[:, :8]
        low = np.percentile(ranks, 2.5, axis=0, method="lower")
        high = np.percentile(ranks, 97.5, axis=0, method="higher")
        ours = rank_intervals(means, direction, fixed)
        np.testing.assert_array_equal(ours, np.stack([low, high], axis=1))


def test_a_board_of_25_entries_takes_seconds() -> None:
    table = scores(25)
    start = time.perf_counter()
    intervals = rank_intervals(resample_means(table, resamples=10_000, seed=0), "lower")
    adjusted = separate_pairs(permutation_p_values(table, trials=10_000))
    spent_s = time.perf_counter() - start
    assert intervals.shape == (25, 2)
    assert adjusted[0, 24] < 0.05
    # About 0.8 s on two cores; the limit is for a machine that does other things too.
    assert spent_s < 10
