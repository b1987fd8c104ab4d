"""The metrics that need a model: described here, and run by a later release.

Each keeps its place among the columns. The module that brings a metric replaces its slot in
`bot.metrics.registry`.
"""

from __future__ import annotations

from bot.metrics.base import Metric, Needs, Slot

_API = (
    "off by default: it sends the texts to a language model behind an API, and never those of "
    "credentialed or private data; not in this release"
)
_PUBLISHED = "published values are imported"

FINERAD = Metric(
    id="finerad",
    title="FineRadScore",
    name="FineRadScore",
    definition=(
        "Line-by-line corrections that turn the prediction into the reference, each with a "
        "severity, as a language model lists them."
    ),
    citation="Huang et al., FineRadScore, MLHC 2024",
    high=None,
    direction="lower",
    needs=Needs(service="a language model behind an API"),
    method=Slot(reason=_API, remedy=_PUBLISHED),
)
CRIMSON = Metric(
    id="crimson",
    title="CRIMSON",
    name="CRIMSON",
    definition=(
        "False and missing findings and errors in attributes, weighed by clinical significance, "
        "as a language model finds them."
    ),
    citation="Baharoon et al., CRIMSON, arXiv 2603.06183, 2026",
    low=None,
    needs=Needs(service="a language model behind an API"),
    method=Slot(reason=_API, remedy=_PUBLISHED),
)
