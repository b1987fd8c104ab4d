"""Scoring in parts: what can be computed elsewhere, and how the parts come together.

A metric that scores each study on its own is cut into shards of studies. One whose values depend on
the other studies, or on how a model batches them, is one part. What is put together again equals
the single run to the last bit; composites, intervals and the scorecard are made from it where the
run was started.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

import bot
from bot.errors import Misconfigured, RexrankError
from bot.metrics.base import (
    Corpus,
    Equipment,
    Metric,
    MetricUnavailable,
    PerStudy,
    Scores,
    Texts,
)
from bot.metrics.registry import availability, find
from bot.ports import Executor

SHARD_STUDIES = 250
"""Studies of a shard: some tenths of a second of work, and a few hundred kilobytes of text."""

Compute = Callable[[Texts, Texts, Equipment], Scores]
"""Predictions and references of n studies to an array with n rows."""

Computed = Scores | MetricUnavailable
"""What a metric gave, or why it gave nothing."""


@dataclass(frozen=True)
class Shard:
    """A part of the work that needs nothing else: it can be sent to another process."""

    metric: str
    """Id of the metric."""
    predictions: tuple[str, ...]
    """Texts of its studies."""
    references: tuple[str, ...]
    """Texts of its studies, in the same order."""
    equipment: Equipment
    """What was found where the run was started; a worker's folders must be the same."""
    versions: Mapping[str, str]
    """Versions that the worker must have too."""


def versions_behind(metric: Metric) -> dict[str, str]:
    """Return the versions here of all that can change a metric's value; "" where one is missing.

    Example:
        >>> sorted(versions_behind(find("rougeL")))
        ['numpy', 'rexrank-bot', 'rouge-score', 'rougeL']
    """
    versions = {"rexrank-bot": bot.__version__, metric.id: metric.version}
    for name in ("numpy", *metric.libraries):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = ""
    return versions


def plan_shards(
    metrics: Iterable[Metric],
    predictions: Sequence[str],
    references: Sequence[str],
    equipment: Equipment,
) -> list[Shard]:
    """Return the parts of the work, those that cannot be cut first: they take longest.

    Composites and derived metrics have no part: they are made of the others.
    """
    whole: list[Shard] = []
    cut: list[Shard] = []
    n = len(references)
    for metric in metrics:
        if not isinstance(metric.method, PerStudy | Corpus):
            continue
        independent = metric.method.independent
        versions = versions_behind(metric)
        size = SHARD_STUDIES if independent else n
        (cut if independent else whole).extend(
            Shard(
                metric.id,
                tuple(predictions[start : start + size]),
                tuple(references[start : start + size]),
                equipment,
                versions,
            )
            for start in range(0, n, size)
        )
    return whole + cut


def run_shard(shard: Shard) -> Computed:
    """Return what a metric gives for the studies of a shard.

    Raises:
        Misconfigured: The libraries here are not those of where the run was started.
        RexrankError: The metric broke its promise.
    """
    metric = find(shard.metric)
    here = versions_behind(metric)
    if here != shard.versions:
        pairs = (
            f"{name} {here.get(name) or 'missing'} instead of {version or 'none'}"
            for name, version in shard.versions.items()
            if here.get(name) != version
        )
        raise Misconfigured(f"a worker has {', '.join(pairs)}; install the same versions there")
    method = metric.method
    if isinstance(method, PerStudy):
        compute: Compute = method.score
    elif isinstance(method, Corpus):
        compute = method.count
    else:
        raise RexrankError(f"{metric.id} has no part that could be computed elsewhere")
    try:
        scores = compute(shard.predictions, shard.references, shard.equipment)
    except MetricUnavailable as error:
        return error
    if len(scores) != len(shard.references):
        raise RexrankError(f"{metric.id} gave {len(scores)} rows for {len(shard.references)}")
    return scores


def score_elsewhere(
    executor: Executor,
    metrics: Iterable[Metric],
    predictions: Sequence[str],
    references: Sequence[str],
    equipment: Equipment,
    progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, Computed]:
    """Return what each metric that can run here gives for all studies, computed in parts.

    Args:
        executor: Runs the parts, in any order.
        metrics: Metrics to run.
        predictions: Texts of the n studies.
        references: Texts of the n studies, in the same order.
        equipment: What this installation has.
        progress: Called with a metric's id, how many parts are finished, and how many there are.
    """
    able = [metric for metric in metrics if availability(metric, equipment) is None]
    shards = plan_shards(able, predictions, references, equipment)
    finished = 0

    def advance(index: int) -> None:
        nonlocal finished
        finished += 1
        if progress is not None:
            progress(shards[index].metric, finished, len(shards))

    parts: dict[str, list[Computed]] = {}
    for shard, outcome in zip(shards, executor.run(run_shard, shards, advance), strict=True):
        parts.setdefault(shard.metric, []).append(outcome)
    return {name: join_parts(outcomes) for name, outcomes in parts.items()}


def join_parts(outcomes: Sequence[Computed]) -> Computed:
    """Return the rows of all parts, or the first reason why some are missing.

    Example:
        >>> join_parts([np.array([0.5]), np.array([1.0, 0.0])])
        array([0.5, 1. , 0. ])
    """
    scores: list[Scores] = []
    for outcome in outcomes:
        if isinstance(outcome, MetricUnavailable):
            return outcome
        scores.append(outcome)
    return np.concatenate(scores)
