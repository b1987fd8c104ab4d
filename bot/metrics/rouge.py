"""ROUGE-L of each study, through the package rouge-score."""

from __future__ import annotations

import numpy as np

from bot.metrics.base import Equipment, Metric, PerStudy, Scores, Texts, check_pairs


def rouge_l(predictions: Texts, references: Texts) -> Scores:
    """Return the ROUGE-L F-measure of each prediction against its reference, without stemming.

    Args:
        predictions: n report texts.
        references: n report texts, aligned with `predictions`.

    Returns:
        float64 array of shape (n,), each in [0, 1]; higher is better.

    Raises:
        ValueError: The two differ in length.

    Example:
        >>> rouge_l(["no effusion", ""], ["No effusion.", "Clear."])
        array([1., 0.])

    Source: Lin 2004; rouge-score's `RougeScorer(["rougeL"], use_stemmer=False)`.
    """
    from rouge_score.rouge_scorer import RougeScorer  # slow to import

    n = check_pairs(predictions, references)
    scorer = RougeScorer(["rougeL"], use_stemmer=False)
    pairs = zip(predictions, references, strict=True)
    scores = (scorer.score(reference, prediction) for prediction, reference in pairs)
    return np.fromiter((score["rougeL"].fmeasure for score in scores), dtype=np.float64, count=n)


def _score(predictions: Texts, references: Texts, _: Equipment) -> Scores:
    return rouge_l(predictions, references)


ROUGE_L = Metric(
    id="rougeL",
    title="ROUGE-L",
    name="Longest common subsequence",
    definition=(
        "F-measure of the longest common subsequence of tokens, as the package rouge-score gives "
        "it: lower case, runs of the letters a-z and the digits are tokens, no stemming."
    ),
    citation="Lin, ROUGE, ACL workshop 2004",
    libraries=("rouge-score",),
    method=PerStudy(_score, independent=True),
)
