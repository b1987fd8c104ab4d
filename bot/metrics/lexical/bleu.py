"""BLEU-1, BLEU-2 and BLEU-4 of each study, in the spelling of ReXrank's official scorer.

BLEU-2 equals the official one (CXR-Report-Metric's run_eval with fast_bleu). The other two are the
same definition with another longest n-gram; all three equal nltk's `sentence_bleu` with equal
weights and smoothing method 1 on the same tokens.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from functools import partial

import numpy as np

from bot.metrics.base import Equipment, Metric, PerStudy, Scores, Texts, check_pairs

SMOOTHING = 0.1
"""What stands for a count of 0 of n-grams longer than one token (method 1 of Chen & Cherry)."""

BLOCK = 64
"""Pairs whose tokens are in memory at once: few enough for the processor's cache."""

DEFINITION = (
    'Tokens: lower case, every "." becomes " .", split on the space character only. Geometric mean '
    "of the clipped precisions of {grams}, where a precision of 0 beyond the first counts as "
    "0.1 / max(1, number of n-grams); 0 when no token matches. Brevity penalty "
    "exp(1 - reference length / prediction length) unless the prediction is longer."
)
CITATION = "Papineni et al., BLEU, ACL 2002; tokens as in CXR-Report-Metric's run_eval"


def tokenise(text: str) -> list[str]:
    r"""Return the tokens of a text as the official scorer splits them.

    Only the space separates: tab, newline and no-break space do not.

    Example:
        >>> tokenise("No  effusion.\nHeart 1.2 cm.")
        ['no', 'effusion', '.\nheart', '1', '.2', 'cm', '.']
    """
    return list(filter(None, text.lower().replace(".", " .").split(" ")))


def count_matches(predicted: Sequence[Hashable], expected: Sequence[Hashable]) -> int:
    """Return how many of the predicted n-grams are expected, each at most as often as expected.

    Example:
        >>> count_matches(["no", "no", "no", "clear"], ["no", "no", "clear", "lungs"])
        3
    """
    available = Counter(expected).get
    matches = 0
    for gram, count in Counter(predicted).items():
        limit = available(gram)
        if limit is not None:
            matches += count if count < limit else limit
    return matches


def count_gram_matches(predicted: list[str], expected: list[str], n: int) -> int:
    """Return how many of the predicted n-grams are expected, for n-grams of two tokens or more."""
    # The spelling for pairs is the faster one, and without the keyword it is faster still.
    if n == 2:
        ours, theirs = list(zip(predicted, predicted[1:])), zip(expected, expected[1:])  # noqa: B905, RUF007
    else:
        ours = list(zip(*[predicted[start:] for start in range(n)]))  # noqa: B905
        theirs = zip(*[expected[start:] for start in range(n)])  # noqa: B905
    distinct = set(ours)
    # In most reports no n-gram comes twice: then there is nothing to clip.
    if len(distinct) == len(ours):
        return len(distinct.intersection(theirs))
    return count_matches(ours, list(theirs))


def score_pair(predicted: list[str], expected: list[str], order: int) -> float:
    """Return the BLEU of one pair of token lists, n-grams of 1 to `order` tokens."""
    length = len(predicted)
    if not length or not expected:
        return 0.0
    matches = count_matches(predicted, expected)
    if not matches:
        return 0.0
    logarithms = math.log(matches / length)
    for n in range(2, order + 1):
        matches = count_gram_matches(predicted, expected, n)
        logarithms += math.log((matches or SMOOTHING) / max(1, length - n + 1))
    penalty = 0.0 if length > len(expected) else 1 - len(expected) / length
    return math.exp(penalty + logarithms / order)


def bleu(predictions: Texts, references: Texts, order: int) -> Scores:
    """Return the BLEU of each prediction against its reference.

    Args:
        predictions: n report texts.
        references: n report texts, aligned with `predictions`.
        order: Longest n-gram, at least 1.

    Returns:
        float64 array of shape (n,), each in [0, 1]; higher is better.

    Raises:
        ValueError: The two differ in length.
    """
    n = check_pairs(predictions, references)
    return np.fromiter(score_all(predictions, references, order), dtype=np.float64, count=n)


def score_all(predictions: Texts, references: Texts, order: int) -> Iterator[float]:
    """Yield the BLEU of each pair, tokenising a block of pairs at a time."""
    for start in range(0, len(references), BLOCK):
        ours, theirs = predictions[start : start + BLOCK], references[start : start + BLOCK]
        # Many studies share a report word for word.
        tokens = {text: tokenise(text) for text in {*ours, *theirs}}
        for one, other in zip(ours, theirs, strict=True):
            yield score_pair(tokens[one], tokens[other], order)


def bleu2(predictions: Texts, references: Texts) -> Scores:
    """Return BLEU-2 of each prediction against its reference.

    Args:
        predictions: n report texts.
        references: n report texts, aligned with `predictions`.

    Returns:
        float64 array of shape (n,), each in [0, 1]; higher is better. Identical texts of a single
        token give the square root of 0.1, as the official scorer does.

    Raises:
        ValueError: The two differ in length.

    Example:
        >>> bleu2(["no effusion", "normal"], ["no effusion", "normal"])
        array([1.        , 0.31622777])

    Source: Papineni et al. 2002; the tokenisation of CXR-Report-Metric's run_eval.
    """
    return bleu(predictions, references, 2)


def _score(predictions: Texts, references: Texts, _: Equipment, *, order: int) -> Scores:
    return bleu(predictions, references, order)


def _describe(order: int, grams: str) -> Metric:
    return Metric(
        id=f"bleu{order}",
        title=f"BLEU-{order}",
        name=f"Bilingual evaluation understudy, up to {order} tokens" if order > 1 else "BLEU-1",
        definition=DEFINITION.format(grams=grams),
        citation=CITATION,
        method=PerStudy(partial(_score, order=order), independent=True),
    )


BLEU1 = _describe(1, "single tokens")
BLEU2 = _describe(2, "single tokens and pairs")
BLEU4 = _describe(4, "n-grams of one to four tokens")
