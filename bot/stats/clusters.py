"""Clusters: studies that are not independent and are therefore drawn, or flipped, together.

245 of the 590 studies of IU X-ray share their findings word for word with another study. A model is
right or wrong on all of them at once, so that treating them as separate studies makes an interval
too narrow. With clusters, the text is what is drawn: 398 clusters instead of 590 studies.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
import numpy.typing as npt

from bot.stats.bootstrap import Table, resample_means

Clusters = npt.NDArray[np.int64]
"""Number of the cluster of each study: shape (n,), from 0, in the order of first appearance."""


def cluster_by_text(texts: Iterable[Hashable]) -> Clusters:
    """Return the clusters of studies whose reference texts are the same.

    Example:
        >>> cluster_by_text(["clear", "effusion", "clear"])
        array([0, 1, 0])
    """
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)


def sum_clusters(table: Table, clusters: Clusters) -> tuple[Table, Table]:
    """Return the sum of each column in each cluster, and the number of studies of each cluster.

    Args:
        table: float64 array of shape (n, m).
        clusters: Cluster of each row, shape (n,).

    Returns:
        float64 arrays of shape (c, m) and (c,).

    Raises:
        ValueError: There is not one cluster for each row, or one of them has no row.

    Example:
        >>> sum_clusters(np.array([[1.0], [2.0], [3.0]]), np.array([0, 1, 0]))
        (array([[4.],
               [2.]]), array([2., 1.]))
    """
    if clusters.shape != table.shape[:1]:
        raise ValueError(f"clusters of shape {clusters.shape} for a table of {table.shape}")
    sizes = np.bincount(clusters).astype(np.float64)
    if not sizes.all():
        raise ValueError("a cluster has no study")
    sums = np.empty((len(sizes), table.shape[1]))
    for number, column in enumerate(table.T):
        sums[:, number] = np.bincount(clusters, weights=column, minlength=len(sizes))
    return sums, sizes


def resample_cluster_means(table: Table, clusters: Clusters, *, resamples: int, seed: int) -> Table:
    """Return the mean of each column in each resample of the clusters.

    As many clusters are drawn as there are; a resample's mean is over the studies that it holds,
    whose number varies. With clusters of one study each it is `resample_means`.

    Args:
        table: float64 array of shape (n, m).
        clusters: Cluster of each row, shape (n,).
        resamples: How many times clusters are drawn with replacement.
        seed: Seed of the generator.

    Returns:
        float64 array of shape (resamples, m).

    Source: Field & Welsh 2007, Bootstrapping clustered data.
    """
    sums, sizes = sum_clusters(table, clusters)
    drawn = resample_means(
        np.concatenate([sums, sizes[:, np.newaxis]], axis=1), resamples=resamples, seed=seed
    )
    means: Table = drawn[:, :-1] / drawn[:, -1:]
    return means
