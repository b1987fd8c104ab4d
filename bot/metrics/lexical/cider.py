"""CIDEr of each study: n-gram vectors weighted by how rare an n-gram is among the references.

The value of one study depends on the references of all: it is a per-study value of this corpus.
Equals pycocoevalcap's `Cider(n=4, sigma=6.0)` on the same tokens.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bot.metrics.base import Equipment, Metric, PerStudy, Scores, Texts, check_pairs

ORDER = 4
"""Longest n-gram."""
SIGMA = 6.0
"""Spread, in tokens, of the penalty on differing lengths."""

Gram = tuple[str, ...]
Weigh = Callable[[Gram], float]


@dataclass(frozen=True)
class Vector:
    """The weighted n-grams of one text."""

    weights: tuple[Mapping[Gram, float], ...]
    """Term frequency times inverse document frequency, for each length of n-gram."""
    norms: tuple[float, ...]
    """Euclidean norm of each."""
    length: int
    """Number of pairs of tokens: what pycocoevalcap takes for the length."""


def count_grams(text: str) -> tuple[Counter[Gram], ...]:
    """Return the n-grams of a text, counted, for each length from 1 to ORDER.

    Example:
        >>> count_grams("Clear. Clear.")[1]
        Counter({('clear', '.'): 2, ('.', 'clear'): 1})
    """
    tokens = text.lower().replace(".", " .").split()
    return tuple(
        Counter(zip(*(tokens[start:] for start in range(n)), strict=False))
        for n in range(1, ORDER + 1)
    )


def build_vector(grams: tuple[Counter[Gram], ...], weigh: Weigh) -> Vector:
    """Return the weighted vector of a text's n-grams."""
    weights = tuple({gram: count * weigh(gram) for gram, count in part.items()} for part in grams)
    # Exact sums, here and below: builtin `sum` rounds in one way before Python 3.12 and in another
    # from then on, and the order of a set of texts differs between runs.
    norms = tuple(math.sqrt(math.fsum(w * w for w in part.values())) for part in weights)
    return Vector(weights, norms, grams[1].total())


def compare(prediction: Vector, reference: Vector) -> float:
    """Return ten times the mean clipped cosine of two vectors, damped when lengths differ."""
    total = 0.0
    for ours, theirs, our_norm, their_norm in zip(
        prediction.weights, reference.weights, prediction.norms, reference.norms, strict=True
    ):
        if our_norm and their_norm:
            common = ours.keys() & theirs.keys()
            product = math.fsum(min(ours[gram], theirs[gram]) * theirs[gram] for gram in common)
            total += product / (our_norm * their_norm)
    difference = prediction.length - reference.length
    return 10 * total / ORDER * math.exp(-(difference**2) / (2 * SIGMA**2))


def cider(predictions: Texts, references: Texts) -> Scores:
    """Return the CIDEr of each prediction against its reference.

    Args:
        predictions: n report texts.
        references: n report texts, aligned with `predictions`; together they say which n-grams
            are rare.

    Returns:
        float64 array of shape (n,), each in [0, 10]; higher is better. All 0 for a single study.

    Raises:
        ValueError: The two differ in length.

    Example:
        >>> cider(["no acute effusion", "x"], ["no acute effusion", "normal heart"])
        array([7.5, 0. ])

    Source: Vedantam et al. 2015; pycocoevalcap's `cider_scorer`.
    """
    n = check_pairs(predictions, references)
    if not n:
        return np.zeros(0)
    counted = {text: count_grams(text) for text in {*predictions, *references}}
    frequency: Counter[Gram] = Counter()
    for reference in references:
        for part in counted[reference]:
            frequency.update(part.keys())
    log_n = math.log(n)

    def weigh(gram: Gram) -> float:
        return log_n - math.log(max(1, frequency[gram]))

    vectors = {text: build_vector(grams, weigh) for text, grams in counted.items()}
    pairs = zip(predictions, references, strict=True)
    scores = (compare(vectors[one], vectors[other]) for one, other in pairs)
    return np.fromiter(scores, dtype=np.float64, count=n)


def _score(predictions: Texts, references: Texts, _: Equipment) -> Scores:
    return cider(predictions, references)


CIDER = Metric(
    id="cider",
    title="CIDEr",
    name="Consensus-based image description evaluation",
    definition=(
        "Cosine of n-gram vectors (one to four tokens) weighted by term frequency and inverse "
        "document frequency in the board's references, clipped, damped when lengths differ "
        "(sigma 6), times ten. Agrees with pycocoevalcap's Cider on tokens in lower case, full "
        "stops split off, split on white space. A study's value depends on all references."
    ),
    citation="Vedantam et al., CIDEr, CVPR 2015",
    high=10.0,
    method=PerStudy(_score),
)
