"""A scorecard that says no more than aggregates: rounded, in known words, about the sealed file."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from bot.domain.scorecard import MetricScore, Scorecard

REASON = "did not run in the sealed scorer; the operator's log says why"
"""Stands for every reason: a metric's own words could quote what it read."""

_VERSION = re.compile(r"\d{1,4}(\.\d{1,8}){0,4}(\.?(a|b|rc|post|dev)\d{1,8})?(\+[a-z0-9.]{1,10})?")


def round_value(value: float, decimals: int) -> float:
    """Return a value to so many decimals, without the sign of zero.

    Example:
        >>> round_value(0.12349, 3), round_value(-0.0001, 3)
        (0.123, 0.0)
    """
    return round(value, decimals) + 0.0


def round_score(score: MetricScore, decimals: int) -> MetricScore:
    """Return the result of a metric, rounded; why there is none is not repeated."""
    if score.value is None:
        return score.model_copy(update={"reason": REASON, "interval": None})
    ends = score.interval
    interval = (round_value(ends[0], decimals), round_value(ends[1], decimals)) if ends else None
    value = round_value(score.value, decimals)
    return score.model_copy(update={"value": value, "interval": interval, "reason": None})


def round_scorecard(card: Scorecard, decimals: int, predictions_sha256: str) -> Scorecard:
    """Return a scorecard that may be published of a dataset that is not public.

    Args:
        card: What the scorer wrote.
        decimals: Decimals that values and intervals keep.
        predictions_sha256: SHA-256 of the file as it is committed, by which it is looked up; that
            of the opened file would let anybody confirm a guess of its content.
    """
    metrics = {name: round_score(score, decimals) for name, score in card.metrics.items()}
    changes = {"metrics": metrics, "decimals": decimals, "predictions_sha256": predictions_sha256}
    return card.model_copy(update=changes)


def is_rounded(card: Scorecard) -> bool:
    """Return whether a scorecard says no more than `round_scorecard` lets it say."""
    decimals = card.decimals
    return decimals is not None and all(
        round_score(score, decimals) == score for score in card.metrics.values()
    )


def is_plain(card: Scorecard, versions: Mapping[str, str], parts: Collection[str]) -> bool:
    """Return whether names and versions in a scorecard are such, and no room for a text.

    Args:
        card: What a scorer wrote.
        versions: Version of each metric that there is.
        parts: Names of libraries and weights that scores can depend on.
    """
    made = card.fingerprint
    named = {name: score.version for name, score in card.metrics.items()}
    return (
        all(versions.get(name) == version for name, version in (named | made.metrics).items())
        and named.items() >= made.metrics.items()
        and {*made.libraries, *made.weights} <= set(parts)
        and all(_VERSION.fullmatch(version) for version in made.libraries.values())
    )
