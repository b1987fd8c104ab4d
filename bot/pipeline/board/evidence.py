"""What per-study scores say about entries: aligned by study, compared pair by pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from bot.domain.leaderboard import Pair
from bot.domain.scorecard import PerStudyTable
from bot.stats.bootstrap import Table, percentile_interval, resample_means
from bot.stats.clusters import Clusters, cluster_by_text, resample_cluster_means
from bot.stats.significance import ALPHA, permutation_p_values, separate_pairs, trials_for

RESAMPLES = 10_000
SEED = 0

Tables = Mapping[str, PerStudyTable]
"""Per-study scores by the key of their scorecard."""

NO_TABLES: Tables = MappingProxyType({})


@dataclass(frozen=True)
class Evidence:
    """The per-study scores of several entries on one metric, study by study."""

    study_ids: tuple[str, ...]
    """The n studies."""
    table: Table
    """Scores, shape (n, m)."""
    clusters: Clusters | None = None
    """Cluster of each study, None when each is its own."""


@dataclass(frozen=True)
class Comparison:
    """What resampling and flipping say about several entries, all pairs at once."""

    means: Table
    """Mean of each entry in each resample of the studies, shape (resamples, m)."""
    p_values: Table
    """P-value of each pair, shape (m, m)."""
    adjusted: Table
    """The same, adjusted by Holm over all pairs, shape (m, m)."""


def align(
    tables: Sequence[PerStudyTable | None],
    metric: str,
    clusters: Mapping[str, int] | None = None,
) -> tuple[Evidence | None, list[int]]:
    """Return the scores of those that can be compared study by study, and which they are.

    Studies are in the order of the first table. A table without the metric, or of other studies
    than the first's, takes no part.

    Args:
        tables: Scores of each entry, None where they are not kept.
        metric: Metric that is compared.
        clusters: Cluster of each study; a study that it does not name is its own.
    """
    first = next((t for t in tables if t is not None and metric in t.columns), None)
    if first is None:
        return None, []
    columns: list[npt.NDArray[np.float64]] = []
    places = []
    for place, table in enumerate(tables):
        if table is None or metric not in table.columns:
            continue
        column = table.columns[metric]
        if table.study_ids != first.study_ids:
            if sorted(table.study_ids) != sorted(first.study_ids):
                continue
            number = {study: i for i, study in enumerate(table.study_ids)}
            column = column[[number[study] for study in first.study_ids]]
        columns.append(column)
        places.append(place)
    drawn = None
    if clusters is not None:
        drawn = cluster_by_text(clusters.get(study, study) for study in first.study_ids)
    return Evidence(first.study_ids, np.stack(columns, axis=1), drawn), places


def compare_entries(
    evidence: Evidence, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Comparison:
    """Return what the scores say about every pair of entries."""
    table, clusters = evidence.table, evidence.clusters
    entries = table.shape[1]
    trials = trials_for(entries * (entries - 1) // 2)
    if clusters is None:
        means = resample_means(table, resamples=resamples, seed=seed)
    else:
        means = resample_cluster_means(table, clusters, resamples=resamples, seed=seed)
    p_values = permutation_p_values(table, trials=trials, seed=seed, clusters=clusters)
    return Comparison(means, p_values, separate_pairs(p_values))


def describe_pair(
    comparison: Comparison, evidence: Evidence, names: Sequence[str], one: int, other: int
) -> Pair:
    """Return two entries' comparison in words and numbers; the first is named first."""
    low, high = percentile_interval(comparison.means[:, one] - comparison.means[:, other])
    adjusted = float(comparison.adjusted[one, other])
    return Pair(
        one=names[one],
        other=names[other],
        difference=float(np.mean(evidence.table[:, one] - evidence.table[:, other])),
        interval=(float(low), float(high)),
        p=float(comparison.p_values[one, other]),
        p_adjusted=adjusted,
        separated=adjusted <= ALPHA,
    )


def head_to_head(
    one: tuple[str, PerStudyTable | None],
    other: tuple[str, PerStudyTable | None],
    metric: str,
    clusters: Mapping[str, int] | None = None,
) -> Pair | None:
    """Return the comparison of two named tables, None when they cannot be compared by study."""
    evidence, places = align([one[1], other[1]], metric, clusters)
    if evidence is None or len(places) < 2:
        return None
    return describe_pair(compare_entries(evidence), evidence, (one[0], other[0]), 0, 1)
