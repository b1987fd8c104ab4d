"""RadCliQ: radiologists' error counts, predicted from four other metrics by a linear model.

The constants are those of the official models (CXR-Report-Metric's normalizer,
composite_metric_model and radcliq-v1), with the scaler and the regression folded into one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.metrics.base import Composite, Derived, Metric, Scores

COMPONENTS = ("radgraph", "bertscore", "semb", "bleu2")
CITATION = (
    "Yu et al., Evaluating progress in automatic chest X-ray radiology report generation, "
    "Patterns 2023; CXR-Report-Metric"
)


@dataclass(frozen=True)
class LinearModel:
    """Intercept and the weight of each component, on raw scores."""

    intercept: float
    radgraph: float
    bertscore: float
    semb: float
    bleu2: float

    def apply(self, radgraph: Scores, bertscore: Scores, semb: Scores, bleu2: Scores) -> Scores:
        """Return the model's value for each study."""
        columns = [
            np.asarray(part, dtype=np.float64) for part in (radgraph, bertscore, semb, bleu2)
        ]
        if len({column.shape for column in columns}) > 1:
            raise ValueError(f"shapes differ: {[column.shape for column in columns]}")
        weights = (self.radgraph, self.bertscore, self.semb, self.bleu2)
        total = np.full(columns[0].shape, self.intercept)
        for weight, column in zip(weights, columns, strict=True):
            total += weight * column
        return total


V0 = LinearModel(
    intercept=5.516160804054496,
    radgraph=-1.5890342336062262,
    bertscore=-3.0098301361749296,
    semb=-1.873371709917809,
    bleu2=0.7139418527003757,
)
V1 = LinearModel(
    intercept=2.4501430833271307,
    radgraph=-1.24521633021832,
    bertscore=-1.6508453287258653,
    semb=-0.9947717072020826,
    bleu2=1.4435116241946824e-11,
)


def radcliq_v0(radgraph: Scores, bertscore: Scores, semb: Scores, bleu2: Scores) -> Scores:
    """Return RadCliQ-v0 of each study; lower is better.

    Args:
        radgraph: Mean of entity and relation F1, shape (n,).
        bertscore: BERTScore F1, rescaled with the English baseline, shape (n,).
        semb: Cosine of the CheXbert embeddings, shape (n,).
        bleu2: BLEU-2, shape (n,).

    Raises:
        ValueError: The shapes differ.
    """
    return V0.apply(radgraph, bertscore, semb, bleu2)


def radcliq_v1(radgraph: Scores, bertscore: Scores, semb: Scores, bleu2: Scores) -> Scores:
    """Return RadCliQ-v1 of each study; lower is better. Arguments as those of `radcliq_v0`.

    Example:
        >>> one, zero = np.ones(1), np.zeros(1)
        >>> radcliq_v1(one, one, one, one).round(6), radcliq_v1(zero, zero, zero, zero).round(6)
        (array([-1.44069]), array([2.450143]))
    """
    return V1.apply(radgraph, bertscore, semb, bleu2)


def inv_radcliq_v1(mean: float) -> float | None:
    """Return the reciprocal of the mean RadCliQ-v1, None where that mean is not positive.

    Example:
        >>> inv_radcliq_v1(0.8), inv_radcliq_v1(0.0), inv_radcliq_v1(-0.1)
        (1.25, None, None)
    """
    # A subnormal mean has no finite reciprocal.
    return 1 / mean if mean > 1e-300 else None


def _spell(model: LinearModel) -> str:
    terms = ((getattr(model, name), name) for name in COMPONENTS)
    weights = "".join(f" {'-' if w < 0 else '+'} {abs(w):.10g} {name}" for w, name in terms)
    return f"{model.intercept:.10g}{weights}"


RADCLIQ_V1 = Metric(
    id="radcliq_v1",
    title="RadCliQ-v1",
    name="Radiology report clinical quality, version 1",
    definition=f"Linear in raw scores of the same study: {_spell(V1)}.",
    citation=CITATION,
    low=V1.intercept + V1.radgraph + V1.bertscore + V1.semb,
    high=None,
    direction="lower",
    method=Composite(COMPONENTS, radcliq_v1),
)
RADCLIQ_V0 = Metric(
    id="radcliq_v0",
    title="RadCliQ-v0",
    name="Radiology report clinical quality, version 0",
    definition=f"Linear in raw scores of the same study: {_spell(V0)}.",
    citation=CITATION,
    low=V0.intercept + V0.radgraph + V0.bertscore + V0.semb,
    high=None,
    direction="lower",
    method=Composite(COMPONENTS, radcliq_v0),
)
INV_RADCLIQ_V1 = Metric(
    id="inv_radcliq_v1",
    title="1/RadCliQ-v1",
    name="Reciprocal of RadCliQ-v1",
    definition=(
        "1 / mean of RadCliQ-v1, the number ReXrank publishes. Undefined where that mean is 0 or "
        "below. Not used for ranking: it has no bound near 0."
    ),
    citation=CITATION,
    high=None,
    method=Derived("radcliq_v1", inv_radcliq_v1),
)
