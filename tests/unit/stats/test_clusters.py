from __future__ import annotations

import numpy as np
import pytest

from bot.stats.bootstrap import percentile_interval, resample_means
from bot.stats.clusters import cluster_by_text, resample_cluster_means, sum_clusters


def test_clusters_of_one_study_each_change_nothing() -> None:
    table = np.random.default_rng(1).normal(0.3, 0.2, (50, 3))
    alone = resample_cluster_means(table, np.arange(50), resamples=200, seed=4)
    np.testing.assert_allclose(
        alone, resample_means(table, resamples=200, seed=4), rtol=0, atol=1e-14
    )


def test_copies_of_a_study_do_not_make_an_interval_narrower() -> None:
    table = np.random.default_rng(2).normal(0.3, 0.2, (60, 1))
    copies = np.repeat(table, 4, axis=0)
    clusters = cluster_by_text(np.repeat(np.arange(60), 4).tolist())

    def width(means: np.ndarray) -> float:
        low, high = percentile_interval(means)[:, 0]
        return float(high - low)

    single = width(resample_means(table, resamples=2000, seed=0))
    naive = width(resample_means(copies, resamples=2000, seed=0))
    together = width(resample_cluster_means(copies, clusters, resamples=2000, seed=0))
    assert together == pytest.approx(single, rel=1e-9)
    assert naive == pytest.approx(single / 2, rel=0.1)


def test_a_resample_has_the_mean_of_the_studies_it_holds() -> None:
    table = np.array([[1.0], [1.0], [1.0], [7.0]])
    means = resample_cluster_means(table, np.array([0, 0, 0, 1]), resamples=300, seed=0)
    assert set(np.round(means[:, 0], 12)) == {1.0, 2.5, 7.0}


def test_a_cluster_for_every_study_and_a_study_in_every_cluster() -> None:
    table = np.ones((3, 1))
    with pytest.raises(ValueError, match="clusters of shape"):
        sum_clusters(table, np.array([0, 1]))
    with pytest.raises(ValueError, match="no study"):
        sum_clusters(table, np.array([0, 2, 2]))
