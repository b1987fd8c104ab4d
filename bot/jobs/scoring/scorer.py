"""The scorer of this machine: what the metrics can use here, and what it shows and would report."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.adapters.scorer.models import ModelFolder, VerifiedWeights, WeightFaults, find_cache
from bot.domain.catalog import Catalog
from bot.domain.column import Column
from bot.domain.scorecard import Fingerprint, Scorecard
from bot.errors import Misconfigured
from bot.jobs.environment import DEVICE_VARIABLE, IMAGE_VARIABLE, MODELS_VARIABLE
from bot.metrics.base import Equipment
from bot.metrics.registry import METRICS, columns_for
from bot.pipeline.scoring.fingerprint import describe_scorer


def equipment() -> Equipment:
    """Return what this installation has for the metrics."""
    named = os.environ.get(MODELS_VARIABLE)
    models = Path(named) if named else None
    weights = VerifiedWeights(models) if models else None
    device = os.environ.get(DEVICE_VARIABLE)
    if device not in {None, "", "cpu", "cuda"}:
        raise Misconfigured(f"{DEVICE_VARIABLE} is {device!r}; it can be cpu or cuda")
    return Equipment(
        models=models,
        weights=weights if weights is not None else {},
        faults=WeightFaults(models, weights) if models and weights is not None else {},
        cache=find_cache(),
        device=device or "cpu",
        device_forced=bool(device),
    )


def recorded_weights() -> dict[str, str]:
    """Return the SHA-256 of each model that is recorded on this machine, without hashing again."""
    named = os.environ.get(MODELS_VARIABLE)
    return {one.id: one.sha256 for one in ModelFolder(Path(named)).read().weights} if named else {}


def present_scorer(scorecards: Iterable[Scorecard] = ()) -> Fingerprint:
    """Return the fingerprint of today's scorer; older scorecards that contradict it are stale.

    Args:
        scorecards: Known ones. Those of the image that scores now tell what is in it.
    """
    named = os.environ.get(IMAGE_VARIABLE, "")
    return describe_scorer(
        METRICS,
        recorded_weights(),
        image=named.rpartition("@")[2] or None,
        seen=[card.fingerprint for card in scorecards],
    )


def shown_columns(catalog: Catalog) -> tuple[Column, ...]:
    """Return the metrics that the leaderboard shows, the main metrics among them."""
    mains = [catalog.main_metric(name) for name in catalog.datasets]
    return columns_for(dict.fromkeys((*catalog.card.columns, *mains)))


def reported_columns(scorecards: Sequence[Scorecard]) -> tuple[Column, ...]:
    """Return every metric that some scorecards report."""
    reported = {name for card in scorecards for name in card.metrics}
    return columns_for([metric.id for metric in METRICS if metric.id in reported])
