"""ROUGE-L of each study: the values of the package rouge-score, on its tokens.

The package fills a table of m times n cells for a pair of texts; here a row of it is one integer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.metrics.base import Equipment, Metric, PerStudy, Scores, Texts, check_pairs


def longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest common subsequence of two lists of tokens.

    Example:
        >>> longest_common(["no", "large", "left", "effusion"], ["no", "effusion", "left"])
        2

    Source: Hyyro, Bit-parallel LCS-length computation revisited, AWOCA 2004.
    """
    places: dict[str, int] = {}
    for place, token in enumerate(one):
        places[token] = places.get(token, 0) | 1 << place
    full = (1 << len(one)) - 1
    # A bit is 0 where the length grows along `one`, at the present token of `other`.
    row = full
    for token in other:
        matches = row & places.get(token, 0)
        row = (row + matches | row - matches) & full
    return len(one) - row.bit_count()


def score_tokens(predicted: Sequence[str], expected: Sequence[str]) -> float:
    """Return the F-measure of one pair of token lists, by the package's steps of rounding."""
    common = longest_common(predicted, expected)
    if not common:
        return 0.0
    precision, recall = common / len(predicted), common / len(expected)
    return 2 * precision * recall / (precision + recall)


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
    from rouge_score.tokenize import tokenize

    n = check_pairs(predictions, references)
    tokens = {text: tokenize(text, None) for text in {*predictions, *references}}
    pairs = zip(predictions, references, strict=True)
    scores = (score_tokens(tokens[one], tokens[other]) for one, other in pairs)
    return np.fromiter(scores, dtype=np.float64, count=n)


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
