"""Every metric, in the order of the columns, and which of them can run."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.column import Column
from bot.errors import WrongUsage
from bot.metrics import published_only
from bot.metrics.base import Equipment, Metric, MetricUnavailable, Slot
from bot.metrics.embedding.bertscore import BERTSCORE
from bot.metrics.embedding.chexbert_scores import (
    CHEXBERT_F1_5_MACRO,
    CHEXBERT_F1_5_MICRO,
    CHEXBERT_F1_14_MACRO,
    CHEXBERT_F1_14_MICRO,
    SEMB,
)
from bot.metrics.graph.radgraph import RADGRAPH, RADGRAPH_XL
from bot.metrics.judged.green import GREEN
from bot.metrics.judged.ratescore import RATESCORE
from bot.metrics.lexical.bleu import BLEU1, BLEU2, BLEU4
from bot.metrics.lexical.cider import CIDER
from bot.metrics.lexical.meteor import METEOR
from bot.metrics.lexical.rouge import ROUGE_L
from bot.metrics.radcliq import INV_RADCLIQ_V1, RADCLIQ_V0, RADCLIQ_V1

METRICS: tuple[Metric, ...] = (
    RADCLIQ_V1,
    INV_RADCLIQ_V1,
    RADCLIQ_V0,
    BERTSCORE,
    SEMB,
    RADGRAPH,
    RATESCORE,
    GREEN,
    CHEXBERT_F1_14_MICRO,
    CHEXBERT_F1_14_MACRO,
    CHEXBERT_F1_5_MICRO,
    CHEXBERT_F1_5_MACRO,
    BLEU2,
    BLEU1,
    BLEU4,
    ROUGE_L,
    METEOR,
    CIDER,
    RADGRAPH_XL,
    published_only.FINERAD,
    published_only.CRIMSON,
)
"""Every metric, in the order of the columns."""

BY_ID = {metric.id: metric for metric in METRICS}
"""Every metric by its id."""


def order_by_dependency(metrics: Iterable[Metric]) -> tuple[Metric, ...]:
    """Return these metrics and what they are made of, each after its components.

    Example:
        >>> [metric.id for metric in order_by_dependency([BY_ID["inv_radcliq_v1"]])]
        ['radgraph', 'bertscore', 'semb', 'bleu2', 'radcliq_v1', 'inv_radcliq_v1']
    """
    ordered: dict[str, Metric] = {}
    for metric in metrics:
        components = (BY_ID[name] for name in metric.components)
        for part in (*order_by_dependency(components), metric):
            ordered.setdefault(part.id, part)
    return tuple(ordered.values())


def find(name: str) -> Metric:
    """Return the metric of an id; raises WrongUsage when there is none."""
    if name not in BY_ID:
        raise WrongUsage(f"no metric {name}; choose from {', '.join(BY_ID)}")
    return BY_ID[name]


def availability(metric: Metric, equipment: Equipment) -> str | None:
    """Return why a metric, or one it is made of, cannot run here; None when it can."""
    own = metric.availability(equipment)
    if own is not None:
        return own
    lacking = [name for name in metric.components if availability(BY_ID[name], equipment)]
    return explain_components(lacking) if lacking else None


def explain_components(names: Iterable[str]) -> str:
    """Return why a metric cannot run that is made of these, which cannot."""
    return f"made of {', '.join(names)}, which could not be scored; see there"


def select(names: Iterable[str] | None, equipment: Equipment | None = None) -> tuple[Metric, ...]:
    """Return the metrics to report, in the order of the columns.

    Args:
        names: Ids that were asked for; what a composite is made of comes with it. None stands for
            all metrics, available or not.
        equipment: What this installation has.

    Raises:
        WrongUsage: There is no metric of a name.
        MetricUnavailable: One that was asked for by name cannot run here.

    Example:
        >>> [metric.id for metric in select(["rougeL", "bleu2"])]
        ['bleu2', 'rougeL']
    """
    if names is None:
        return METRICS
    asked = list(dict.fromkeys(names))
    unknown = [name for name in asked if name not in BY_ID]
    if unknown or not asked:
        what = f"no metric {', '.join(unknown)}" if unknown else "no metric was named"
        raise WrongUsage(f"{what}; choose from {', '.join(BY_ID)}")
    chosen = order_by_dependency(BY_ID[name] for name in asked)
    here = equipment or Equipment()
    refusals = [
        f"{metric.id} is unavailable: {reason}"
        for metric in chosen
        if (reason := availability(metric, here)) is not None
    ]
    if refusals:
        raise MetricUnavailable("\n".join(refusals))
    return tuple(metric for metric in METRICS if metric in chosen)


def columns_for(names: Iterable[str]) -> tuple[Column, ...]:
    """Return metrics as tables show them, in the order of the names.

    Raises:
        WrongUsage: There is no metric of a name.

    Example:
        >>> [column.title for column in columns_for(["bleu2"])]
        ['BLEU-2']
    """
    return tuple(
        Column(id=m.id, title=m.title, direction=m.direction, digits=m.digits)
        for m in map(find, names)
    )


def explain_release(name: str) -> str | None:
    """Return why this release cannot run a metric, however it is equipped; None when it can."""
    metric = BY_ID[name]
    if isinstance(metric.method, Slot):
        return f"{metric.method.reason}; {metric.method.remedy}"
    lacking = [part for part in metric.components if explain_release(part)]
    return f"made of {', '.join(lacking)}, not in this release" if lacking else None
