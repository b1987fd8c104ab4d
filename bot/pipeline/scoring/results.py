"""The result of one metric, from its scores or from why there are none."""

from __future__ import annotations

import numpy as np

from bot.domain.scorecard import MetricScore, Status
from bot.errors import RexrankError
from bot.metrics.base import Derived, Metric, Scores
from bot.metrics.registry import explain_components


def check_scores(metric: Metric, scores: Scores, shape: tuple[int, ...]) -> Scores:
    """Return the scores as they are; raises RexrankError when a metric broke its promise."""
    if scores.shape != shape or not np.isfinite(scores).all():
        raise RexrankError(f"{metric.id} gave no finite number for some study; this is a bug in it")
    return scores


def report_value(metric: Metric, value: float, interval: tuple[float, float] | None) -> MetricScore:
    """Return the result of a metric that ran."""
    return MetricScore(status="scored", version=metric.version, value=value, interval=interval)


def report_absence(metric: Metric, reason: str, *, pending: bool = False) -> MetricScore:
    """Return the result of a metric that did not run; pending when another machine will run it."""
    line = " ".join(reason.split())[:300]
    status: Status = "pending" if pending else "unavailable"
    return MetricScore(status=status, version=metric.version, reason=line)


def derive(metric: Metric, method: Derived, source: MetricScore) -> MetricScore:
    """Return the result of a metric that is a monotone function of another's value."""
    if source.value is None:
        return report_absence(metric, explain_components([method.source]))
    value = method.transform(source.value)
    if value is None:
        return report_absence(metric, f"undefined where {method.source} is {source.value:.3f}")
    ends = [method.transform(end) for end in source.interval or ()]
    known = sorted(end for end in ends if end is not None)
    return report_value(metric, value, (known[0], known[1]) if len(known) == 2 else None)
