"""Scores over CheXbert: the cosine of two reports' embeddings, and the F1 of their labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.metrics.base import Corpus, Equipment, Metric, Needs, PerStudy, Scores, Texts, check_pairs
from bot.metrics.embedding.chexbert import LABELS, WEIGHTS, Chexbert, find_chexbert
from bot.metrics.embedding.encoder import LIBRARIES

FIVE = ("Cardiomegaly", "Edema", "Consolidation", "Atelectasis", "Pleural Effusion")
"""The labels of the CheXpert competition."""
POSITIVE = (1, 3)
"""The classes that F1 counts as positive, as the package f1chexbert does."""
NEEDS = Needs(packages=LIBRARIES, weights=(WEIGHTS,))


def semb(predictions: Texts, references: Texts, chexbert: Chexbert) -> Scores:
    """Return the cosine of the embeddings of each prediction and its reference.

    Args:
        predictions: n report texts.
        references: n report texts, aligned with `predictions`.
        chexbert: The labeller.

    Returns:
        float64 array of shape (n,), each in [-1, 1]; higher is better.

    Raises:
        ValueError: The two differ in length.

    Source: Smit et al. 2020; CXR-Report-Metric's SembScore.
    """
    check_pairs(predictions, references)
    ours, theirs = (side.astype(np.float64) for side in chexbert.embed(predictions, references))
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    cosines: Scores = np.clip((ours * theirs).sum(axis=1) / lengths, -1.0, 1.0)
    return cosines


def count_labels(predictions: Texts, references: Texts, chexbert: Chexbert) -> Scores:
    """Return true positives, false positives and false negatives: shape (n, 14, 3), of 0 and 1.

    Raises:
        ValueError: The two differ in length.
    """
    check_pairs(predictions, references)
    ours, theirs = (
        np.isin(chexbert.label(side), POSITIVE) for side in chexbert.embed(predictions, references)
    )
    return np.stack([ours & theirs, ours & ~theirs, ~ours & theirs], axis=2).astype(np.float64)


def f1(counts: Scores) -> Scores:
    """Return the F1 of counts of shape (..., 3); 0 where there is no positive, as scikit-learn.

    Example:
        >>> f1(np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])).round(3)
        array([0.667, 0.   ])
    """
    hits = 2 * counts[..., 0]
    all_ = hits + counts[..., 1] + counts[..., 2]
    ratio: Scores = np.divide(hits, all_, out=np.zeros_like(hits), where=all_ > 0)
    return ratio


def macro_f1(counts: Scores) -> Scores:
    """Return the mean of the labels' F1, for counts of shape (..., labels, 3)."""
    mean: Scores = f1(counts).mean(axis=-1)
    return mean


def micro_f1(counts: Scores) -> Scores:
    """Return the F1 of all decisions together, for counts of shape (..., labels, 3)."""
    return f1(counts.sum(axis=-2))


@dataclass(frozen=True)
class LabelScore:
    """How well one label agrees."""

    label: str
    """Its name."""
    support: int
    """References that have it."""
    precision: float
    """Share of the predictions with it whose reference has it; 0 without any."""
    recall: float
    """Share of the references with it whose prediction has it; 0 without any."""
    f1: float
    """Harmonic mean of the two."""


def label_table(
    predictions: Texts, references: Texts, chexbert: Chexbert
) -> tuple[LabelScore, ...]:
    """Return the agreement on each of the 14 labels, over all studies."""
    totals = count_labels(predictions, references, chexbert).sum(axis=0)
    rows = []
    for label, counts in zip(LABELS, totals, strict=True):
        hits, extra, missed = (int(count) for count in counts)
        precision, recall = hits / max(1, hits + extra), hits / max(1, hits + missed)
        rows.append(LabelScore(label, hits + missed, precision, recall, float(f1(counts))))
    return tuple(rows)


def _score_semb(predictions: Texts, references: Texts, equipment: Equipment) -> Scores:
    return semb(predictions, references, find_chexbert(equipment))


SEMB = Metric(
    id="semb",
    title="SembScore",
    name="CheXbert embedding similarity",
    definition=(
        "Cosine of CheXbert's [CLS] embeddings of the two texts: newlines to spaces, runs of "
        "spaces to one, bert-base-uncased tokens, cut at 512."
    ),
    citation="Smit et al., CheXbert, EMNLP 2020; Yu et al., Patterns 2023",
    low=-1.0,
    needs=NEEDS,
    libraries=LIBRARIES,
    method=PerStudy(_score_semb),
)


def _describe_f1(labels: tuple[str, ...], average: str) -> Metric:
    size, rows = len(labels), [LABELS.index(label) for label in labels]
    five = f" ({', '.join(FIVE).lower()})" if labels == FIVE else ""
    over = "over all decisions together" if average == "micro" else "averaged over the labels"
    combine = micro_f1 if average == "micro" else macro_f1

    def count(predictions: Texts, references: Texts, equipment: Equipment) -> Scores:
        counts = count_labels(predictions, references, find_chexbert(equipment))
        return counts[:, rows].reshape(len(counts), 3 * size)

    def value(counts: Scores) -> Scores:
        return combine(counts.reshape(*counts.shape[:-1], size, 3))

    return Metric(
        id=f"chexbert_f1_{size}_{average}",
        title=f"CheXbert F1-{size} {average}",
        name=f"F1 of {size} CheXbert labels, {average} average",
        definition=(
            f"F1 of the {size} labels{five} that CheXbert gives to both texts, {over}; 0 for a "
            "label that is positive in neither. Positive are the classes 1 (positive) and 3 "
            "(uncertain), as in the package f1chexbert."
        ),
        citation="Smit et al., CheXbert, EMNLP 2020",
        needs=NEEDS,
        libraries=LIBRARIES,
        method=Corpus(count, value),
    )


CHEXBERT_F1_14_MICRO = _describe_f1(LABELS, "micro")
CHEXBERT_F1_14_MACRO = _describe_f1(LABELS, "macro")
CHEXBERT_F1_5_MICRO = _describe_f1(FIVE, "micro")
CHEXBERT_F1_5_MACRO = _describe_f1(FIVE, "macro")
