"""Texts in, a scorecard and per-study scores out. Nothing here knows whose texts they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.domain.board import BoardId
from bot.domain.dataset import commit_texts
from bot.domain.scorecard import Bootstrap, MetricScore, PerStudyTable, Scorecard
from bot.metrics.base import (
    Composite,
    Corpus,
    Derived,
    Equipment,
    Metric,
    MetricUnavailable,
    PerStudy,
    Scores,
)
from bot.metrics.registry import availability, explain_components, order_by_dependency, select
from bot.pipeline.scoring.fingerprint import build_fingerprint
from bot.pipeline.scoring.results import check_scores, derive, report_absence, report_value
from bot.pipeline.scoring.shards import Compute, Computed, score_elsewhere
from bot.ports import Executor
from bot.stats.bootstrap import bootstrap_means, percentile_interval, resample_means

Progress = Callable[[str, int, int], None]
"""Called with a metric's id, how many metrics were dealt with before it, and how many there are."""

MIN_STUDIES = 2
"""Fewer studies have no interval."""


@dataclass
class ScoringRun:
    """What is known while the metrics run, one after the other."""

    predictions: Sequence[str]
    """Texts of the n studies."""
    references: Sequence[str]
    """Texts of the n studies, in the same order."""
    equipment: Equipment
    """What this installation has."""
    bootstrap: Bootstrap
    """How intervals are made."""
    columns: dict[str, Scores] = field(default_factory=dict)
    """Per-study scores of the metrics that ran."""
    counts: dict[str, Scores] = field(default_factory=dict)
    """Counts of the corpus metrics that ran."""
    reasons: dict[str, str] = field(default_factory=dict)
    """Why the others did not."""
    elsewhere: dict[str, Computed] = field(default_factory=dict)
    """What other processes have computed already."""

    def score(self, metric: Metric) -> None:
        """Run one metric, after those it is made of; keep its scores or why there are none.

        Raises:
            RexrankError: It returned something else than a finite number for each study.
        """
        reason = availability(metric, self.equipment)
        lacking = [name for name in metric.components if name in self.reasons]
        if reason is None and lacking:
            reason = explain_components(lacking)
        if reason is None:
            try:
                self._keep(metric)
            except MetricUnavailable as error:
                reason = str(error)
        if reason is not None:
            self.reasons[metric.id] = reason

    def _keep(self, metric: Metric) -> None:
        method, n = metric.method, len(self.references)
        if isinstance(method, PerStudy):
            column = self._compute(metric, method.score)
            self.columns[metric.id] = check_scores(metric, column, (n,))
        elif isinstance(method, Composite):
            column = method.combine(*(self.columns[name] for name in method.components))
            self.columns[metric.id] = check_scores(metric, column, (n,))
        elif isinstance(method, Corpus):
            counts = self._compute(metric, method.count)
            self.counts[metric.id] = check_scores(metric, counts, (n, *counts.shape[1:]))

    def _compute(self, metric: Metric, compute: Compute) -> Scores:
        outcome = self.elsewhere.get(metric.id)
        if isinstance(outcome, MetricUnavailable):
            raise outcome
        if outcome is None:
            return compute(self.predictions, self.references, self.equipment)
        return outcome

    def mean_intervals(self) -> dict[str, tuple[float, float] | None]:
        """Return the interval of each per-study metric, from the same resamples of the studies."""
        if len(self.references) < MIN_STUDIES or not self.columns:
            return dict.fromkeys(self.columns)
        intervals = bootstrap_means(
            np.stack(list(self.columns.values()), axis=1),
            resamples=self.bootstrap.resamples,
            seed=self.bootstrap.seed,
        )
        pairs = zip(self.columns, intervals, strict=True)
        return {name: (float(low), float(high)) for name, (low, high) in pairs}

    def results(self, metrics: Iterable[Metric]) -> dict[str, MetricScore]:
        """Return the result of each metric; each comes after those it is made of."""
        intervals = self.mean_intervals()
        results: dict[str, MetricScore] = {}
        for metric in metrics:
            method = metric.method
            if metric.id in self.reasons:
                pending = metric.is_pending(self.equipment)
                reason = self.reasons[metric.id]
                results[metric.id] = report_absence(metric, reason, pending=pending)
            elif isinstance(method, Derived):
                results[metric.id] = derive(metric, method, results[method.source])
            elif isinstance(method, Corpus):
                results[metric.id] = self._corpus_result(metric, method)
            else:
                column, interval = self.columns[metric.id], intervals[metric.id]
                # The exact sum: the order of the studies has no influence.
                value = math.fsum(column) / len(column)
                results[metric.id] = report_value(metric, value, interval)
        return results

    def _corpus_result(self, metric: Metric, method: Corpus) -> MetricScore:
        counts, interval = self.counts[metric.id], None
        if len(counts) >= MIN_STUDIES:
            settings = self.bootstrap
            means = resample_means(counts, resamples=settings.resamples, seed=settings.seed)
            resampled = method.value(means)
            if np.isfinite(resampled).all():
                low, high = percentile_interval(resampled)
                interval = (float(low), float(high))
        return report_value(metric, float(method.value(counts.mean(axis=0))), interval)


def check_coverage(predictions: Mapping[str, str], references: Mapping[str, str]) -> None:
    """Raise ValueError unless both have the same studies, at least one."""
    missing = [name for name in references if name not in predictions]
    extra = [name for name in predictions if name not in references]
    if missing or extra or not references:
        problems = (
            *(
                [f"{len(missing)} studies have no prediction, first {missing[0]!r}"]
                if missing
                else ()
            ),
            *([f"{len(extra)} predictions have no study, first {extra[0]!r}"] if extra else ()),
        )
        raise ValueError("; ".join(problems) or "there is no study to score")


def score_predictions(
    predictions: Mapping[str, str],
    references: Mapping[str, str],
    *,
    board: BoardId,
    predictions_sha256: str,
    metrics: Iterable[str] | None = None,
    bootstrap: Bootstrap | None = None,
    image: str | None = None,
    official_none: bool = False,
    equipment: Equipment | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> tuple[Scorecard, PerStudyTable]:
    """Return the scorecard of one predictions file on one board, and the scores of each study.

    Args:
        predictions: Report text of each study id.
        references: Reference text of each study id; the table's rows are in this order.
        board: Board that it is for.
        predictions_sha256: SHA-256 of the predictions file.
        metrics: Ids of the metrics to score, and no others; None scores what can be scored and
            says of the rest why it cannot.
        bootstrap: How intervals are made; 1,000 resamples with seed 0 when None.
        image: Digest of the container image this runs in.
        official_none: Whether the references spell missing parts as the official formatter does.
        equipment: What this installation has.
        progress: Called before each metric; with an executor, after each part of the work.
        executor: Other processes that do the work; the result has the same bytes.

    Raises:
        ValueError: The two do not have the same studies, or there is none.
        WrongUsage: There is no metric of a name.
        Misconfigured: A metric that was asked for by name cannot run here.
    """
    check_coverage(predictions, references)
    names = None if metrics is None else tuple(metrics)
    here = equipment or Equipment()
    chosen = select(names, here)
    run = ScoringRun(
        predictions=[predictions[study_id] for study_id in references],
        references=list(references.values()),
        equipment=here,
        bootstrap=bootstrap or Bootstrap(resamples=1000, seed=0),
    )
    ordered = order_by_dependency(chosen)
    if executor is not None:
        texts = (run.predictions, run.references)
        run.elsewhere = score_elsewhere(executor, ordered, *texts, here, progress)
        progress = None
    for done, metric in enumerate(ordered):
        if progress is not None:
            progress(metric.id, done, len(ordered))
        run.score(metric)
        if names is not None and metric.id in run.reasons:
            raise MetricUnavailable(f"{metric.id} is unavailable: {run.reasons[metric.id]}")
    results = run.results(ordered)
    scored = [metric for metric in chosen if results[metric.id].status == "scored"]
    scorecard = Scorecard(
        dataset=board.dataset,
        section=board.section,
        n=len(references),
        metrics={metric.id: results[metric.id] for metric in chosen},
        predictions_sha256=predictions_sha256,
        references_commitment=commit_texts(references),
        official_none=official_none,
        bootstrap=run.bootstrap,
        fingerprint=build_fingerprint(scored, here, image),
    )
    columns = {metric.id: run.columns[metric.id] for metric in chosen if metric.id in run.columns}
    return scorecard, PerStudyTable(tuple(references), columns)
