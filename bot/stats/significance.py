"""Whether two entries differ by more than chance: paired permutation tests from stored scores.

Under the hypothesis that two entries are equally good, it is a matter of chance which of them got
which of a study's two scores: the sign of each study's difference may be flipped. All pairs of a
board use the same flips, so that testing every pair costs little more than testing one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from bot.stats.bootstrap import CHUNK_BYTES, Table
from bot.stats.clusters import Clusters, sum_clusters

ALPHA = 0.05
"""Largest adjusted p-value at which two entries count as different."""
TRIALS = 10_000
"""Least number of random flips."""


def trials_for(pairs: int) -> int:
    """Return how many flips resolve the smallest p-value that so many pairs need.

    No p-value is below 1 / (trials + 1), and Holm multiplies the smallest by the number of pairs:
    with too few flips no pair of a large board could ever be told apart.

    Example:
        >>> trials_for(1), trials_for(300)
        (10000, 12000)
    """
    return max(TRIALS, round(2 * pairs / ALPHA))


def draw_signs(n: int, trials: int, seed: int) -> Iterator[Table]:
    """Yield random signs, +1 or -1, in chunks of shape (some trials, n).

    The stream is that of `numpy.random.PCG64(seed)`, whatever the size of the chunks.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    words = -(-n // 64)
    rows = max(1, CHUNK_BYTES // (16 * 64 * words))
    for start in range(0, trials, rows):
        chunk = min(rows, trials - start)
        drawn = generator.integers(0, 2**64, size=(chunk, words), dtype=np.uint64)
        bits = np.unpackbits(drawn.astype("<u8").view(np.uint8), axis=1)[:, :n]
        signs = bits.astype(np.float64)
        signs *= 2
        signs -= 1
        yield signs


def permutation_p_values(
    table: Table, *, trials: int = TRIALS, seed: int = 0, clusters: Clusters | None = None
) -> Table:
    """Return the two-sided p-value of every pair of columns having the same mean.

    Args:
        table: float64 array of shape (n, m): n studies, m entries.
        trials: Number of random flips.
        seed: Seed of the generator.
        clusters: Cluster of each study, shape (n,); its differences are flipped together.

    Returns:
        float64 array of shape (m, m), symmetric, 1 on the diagonal. A p-value is (as many flips
        as gave at least the observed difference, plus one) / (trials + 1): never 0.

    Raises:
        ValueError: The table has no rows, another number of dimensions, or a value not finite.

    Example:
        >>> table = np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 1.0]])
        >>> bool(0.2 < permutation_p_values(table)[0, 1] < 0.3)
        True

    Source: Fisher 1935; Phipson & Smyth 2010 for the p-value.
    """
    if table.ndim != 2 or not len(table):
        raise ValueError(f"a table has rows and columns; this one has shape {table.shape}")
    if not np.isfinite(table).all():
        raise ValueError("the table holds a value that is not a finite number")
    sums = table if clusters is None else sum_clusters(table, clusters)[0]
    # Only differences count: around the studies' own means, the sums stay small.
    sums = sums - sums.mean(axis=1, keepdims=True)
    n, m = sums.shape
    one, other = np.triu_indices(m, k=1)
    observed = np.abs(sums.sum(axis=0)[one] - sums.sum(axis=0)[other])
    # A flip that gives the observed difference again must count, whatever the rounding of sums.
    size = np.abs(sums).sum(axis=0)
    least = observed - 64 * np.finfo(np.float64).eps * (size[one] + size[other])
    reached = np.zeros(len(one), dtype=np.int64)
    for signs in draw_signs(n, trials, seed):
        flipped = signs @ sums
        for first in range(m - 1):
            pairs = slice(_start(first, m), _start(first + 1, m))
            differences = np.abs(flipped[:, first + 1 :] - flipped[:, [first]])
            reached[pairs] += (differences >= least[pairs]).sum(axis=0)
    p_values = np.ones((m, m))
    p_values[one, other] = p_values[other, one] = (reached + 1) / (trials + 1)
    return p_values


def _start(first: int, m: int) -> int:
    """Return where the pairs of a column with those behind it begin in the list of all pairs."""
    return first * (2 * m - first - 1) // 2


def adjust_holm(p_values: Sequence[float] | npt.NDArray[np.float64]) -> Table:
    """Return p-values adjusted so that all may be judged at one level: Holm's step-down method.

    Args:
        p_values: k p-values.

    Returns:
        float64 array of shape (k,), each in [0, 1] and at least the p-value it stands for.

    Example:
        >>> adjust_holm([0.01, 0.04, 0.03]).tolist()
        [0.03, 0.06, 0.06]

    Source: Holm 1979.
    """
    values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    steps = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(steps))
    return adjusted


def separate_pairs(p_values: Table) -> Table:
    """Return the p-values of every pair, adjusted by Holm over all pairs of the table.

    Args:
        p_values: float64 array of shape (m, m), as `permutation_p_values` gives it.

    Returns:
        float64 array of shape (m, m), symmetric, 1 on the diagonal.
    """
    m = len(p_values)
    pairs = np.triu_indices(m, k=1)
    adjusted = np.ones((m, m))
    adjusted[pairs] = adjust_holm(p_values[pairs])
    adjusted.T[pairs] = adjusted[pairs]
    return adjusted
