"""The reference page of the metrics: Markdown made from what they say about themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol


class DescribedMetric(Protocol):
    """What the page shows of a metric."""

    @property
    def id(self) -> str:
        """Name in files."""

    @property
    def title(self) -> str:
        """Heading in tables."""

    @property
    def name(self) -> str:
        """Full name."""

    @property
    def definition(self) -> str:
        """What is computed."""

    @property
    def citation(self) -> str:
        """Where it comes from."""

    @property
    def version(self) -> str:
        """Version of the definition."""

    @property
    def low(self) -> float | None:
        """Least possible value."""

    @property
    def high(self) -> float | None:
        """Greatest possible value."""

    @property
    def direction(self) -> str:
        """Which values are better."""

    @property
    def kind(self) -> str:
        """Whether the value is a mean over studies, or belongs to all studies together."""

    @property
    def needs(self) -> object:
        """What it needs, readable as text."""

    @property
    def components(self) -> tuple[str, ...]:
        """Ids of the metrics it is made of."""


INTRODUCTION = """\
# Metrics

<!-- Made by bot.render.reference.metrics_page from bot.metrics; a test compares them. -->

Every value is computed over *all* studies of a board and never rounded before it is shown. A
per-study metric's value is the mean over the studies; a corpus metric's belongs to all of them
together. Intervals are 95 % percentile intervals of a bootstrap over studies, the same resamples
for every metric of a scorecard.

A metric that cannot run is `unavailable`, with the reason and what to run. It is never 0 and never
left out; asked for by name it ends the run with status 78. One that needs a GPU is `pending` where
there is none: a runner that has one is to score it.

"""


def render_metrics_page(
    metrics: Iterable[DescribedMetric], explain: Callable[[str], str | None]
) -> str:
    """Return the page.

    Args:
        metrics: Every metric, in the order of the columns.
        explain: Metric id to why this release cannot run it however it is equipped, None when it
            can.
    """
    described = tuple(metrics)
    rows = "".join(render_row(metric, runs=not explain(metric.id)) for metric in described)
    table = f"| Metric | Id | Better | Range | Runs |\n|---|---|---|---|---|\n{rows}"
    sections = (render_metric(metric, explain(metric.id)) for metric in described)
    return INTRODUCTION + table + "".join(f"\n{section}" for section in sections)


def render_row(metric: DescribedMetric, *, runs: bool) -> str:
    """Return a metric's row of the overview."""
    answer = "yes" if runs else "not in this release"
    cells = (metric.title, f"`{metric.id}`", metric.direction, render_range(metric), answer)
    return f"| {' | '.join(cells)} |\n"


def render_metric(metric: DescribedMetric, reason: str | None) -> str:
    """Return the section of one metric."""
    parts = f"- Made of: {', '.join(f'`{one}`' for one in metric.components)}\n"
    return (
        f"## {metric.title}\n\n"
        f"`{metric.id}`, version {metric.version}: {metric.name}.\n\n"
        f"{metric.definition}\n\n"
        f"- Range: {render_range(metric)}, {metric.direction} is better; {metric.kind}\n"
        f"{parts if metric.components else ''}"
        f"- Needs: {metric.needs}\n"
        f"- Runs: {f'no, {reason}' if reason else 'yes, where what it needs is present'}\n"
        f"- Source: {metric.citation}\n"
    )


def render_range(metric: DescribedMetric) -> str:
    """Return the range of a metric's values in words.

    A bound is cut to three decimals: it is shown, not computed with.
    """
    low, high = (
        None if bound is None else f"{bound:.3f}".rstrip("0").rstrip(".")
        for bound in (metric.low, metric.high)
    )
    if low is None and high is None:
        return "unbounded"
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"
