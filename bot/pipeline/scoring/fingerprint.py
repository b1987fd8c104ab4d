"""What decides a score besides the texts: metrics, libraries and weights, by version or hash."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Mapping

from bot.domain.scorecard import Fingerprint
from bot.metrics.base import Equipment, Metric

LIBRARIES = ("numpy",)
"""Distributions that every scorecard depends on."""


def build_fingerprint(
    metrics: Iterable[Metric], equipment: Equipment, image: str | None
) -> Fingerprint:
    """Return what decided the values of the metrics that were scored."""
    scored = tuple(metrics)
    libraries = {*LIBRARIES, *(name for metric in scored for name in metric.libraries)}
    weights = {name for metric in scored for name in metric.needs.weights}
    versions = {name: importlib.metadata.version(name) for name in sorted(libraries)}
    for metric in scored:
        versions |= metric.enforced
    return Fingerprint(
        metrics={metric.id: metric.version for metric in scored},
        libraries=versions,
        weights={name: equipment.weights[name] for name in sorted(weights)},
        image=image,
    )


def describe_scorer(
    metrics: Iterable[Metric],
    weights: Mapping[str, str],
    *,
    image: str | None = None,
    seen: Iterable[Fingerprint] = (),
) -> Fingerprint:
    """Return what today's numbers depend on, as far as that can be known here.

    Args:
        metrics: The metrics of this program.
        weights: SHA-256 of the models that are on this machine.
        image: Digest of the image that scores. Its libraries and weights are not on this machine.
        seen: Fingerprints of scorecards; those that were made in the image tell what it holds.
    """
    described = tuple(metrics)
    names = {*LIBRARIES, *(name for metric in described for name in metric.libraries)}
    installed = {name: installed_version(name) for name in sorted(names)}
    libraries = {name: version for name, version in installed.items() if version is not None}
    hashes = dict(weights)
    for metric in described:
        libraries |= metric.enforced
    for fingerprint in seen:
        if image is not None and fingerprint.image == image:
            libraries |= fingerprint.libraries
            hashes |= fingerprint.weights
    return Fingerprint(
        metrics={metric.id: metric.version for metric in described},
        libraries=libraries,
        weights=hashes,
    )


def installed_version(distribution: str) -> str | None:
    """Return the version of a distribution, None when it is not installed."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
