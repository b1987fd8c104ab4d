"""Ranks of a board's rows: by value, with an interval and shared where no test tells them apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.domain.column import Column
from bot.domain.leaderboard import Pair, Row
from bot.domain.scorecard import PerStudyTable
from bot.render.numbers import value_of
from bot.stats.bootstrap import Table, percentile_interval, resample_means
from bot.stats.clusters import Clusters, resample_cluster_means
from bot.stats.ranking import rank_intervals, share_ranks
from bot.stats.significance import ALPHA, permutation_p_values, separate_pairs, trials_for

RESAMPLES = 10_000
SEED = 0


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


def align(tables: Sequence[PerStudyTable | None], metric: str) -> tuple[Evidence | None, list[int]]:
    """Return the scores of those that can be compared study by study, and which they are.

    Studies are in the order of the first table. A table without the metric, or of other studies
    than the first's, takes no part.

    Args:
        tables: Scores of each entry, None where they are not kept.
        metric: Metric that is compared.
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
    return Evidence(first.study_ids, np.stack(columns, axis=1)), places


def compare(evidence: Evidence, *, resamples: int = RESAMPLES, seed: int = SEED) -> Comparison:
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


def rank_rows(
    rows: Sequence[Row], column: Column, tables: Mapping[str, PerStudyTable]
) -> tuple[tuple[Row, ...], tuple[Pair, ...]]:
    """Return rows in the order of their values with ranks and rank intervals, and their pairs.

    A row without per-study scores ranks by its value alone: in every resample it stays where it
    is, and it has no interval.

    Args:
        rows: Rows that have a value of the main metric.
        column: The main metric.
        tables: Per-study scores by the key of their scorecard.
    """
    sign = -1 if column.direction == "higher" else 1
    valued = sorted(
        (
            (sign * value, row.submission, row)
            for row in rows
            if (value := value_of(row.scores.get(column.id))) is not None
        ),
        key=lambda item: item[:2],
    )
    ordered = [row for _, _, row in valued]
    values = [value for value, _, _ in valued]
    kept = [None if row.scorecard is None else tables.get(row.scorecard) for row in ordered]
    evidence, places = align(kept, column.id)
    if evidence is None:
        ranks = share_ranks(values, _untested)
        return _ranked(ordered, ranks, {}), ()
    comparison = compare(evidence)
    return (
        _ranked(
            ordered,
            share_ranks(values, _judge(comparison, places)),
            _intervals(comparison, places, [sign * value for value in values], column),
        ),
        tuple(
            describe_pair(comparison, evidence, [ordered[p].submission for p in places], i, j)
            for i in range(len(places))
            for j in range(i + 1, len(places))
        ),
    )


def _untested(first: int, other: int) -> None:
    """Return None: there is no test of any two rows."""


def _judge(comparison: Comparison, places: Sequence[int]) -> Callable[[int, int], bool | None]:
    """Return the function that says whether two rows are told apart, None without a test."""
    number = {place: i for i, place in enumerate(places)}

    def separated(first: int, other: int) -> bool | None:
        if first not in number or other not in number:
            return None
        return bool(comparison.adjusted[number[first], number[other]] <= ALPHA)

    return separated


def _intervals(
    comparison: Comparison, places: Sequence[int], values: Sequence[float], column: Column
) -> dict[int, tuple[int, int]]:
    """Return the rank interval of each row that has per-study scores, among all rows."""
    others = [place for place in range(len(values)) if place not in set(places)]
    fixed = np.broadcast_to(
        np.array([values[place] for place in others]), (len(comparison.means), len(others))
    )
    means = np.concatenate([comparison.means, fixed], axis=1)
    intervals = rank_intervals(means, column.direction)[: len(places)]
    return {
        place: (int(low), int(high)) for place, (low, high) in zip(places, intervals, strict=True)
    }


def _ranked(
    rows: Sequence[Row], ranks: Sequence[int], intervals: Mapping[int, tuple[int, int]]
) -> tuple[Row, ...]:
    return tuple(
        row.model_copy(update={"rank": rank, "rank_interval": intervals.get(place)})
        for place, (row, rank) in enumerate(zip(rows, ranks, strict=True))
    )
