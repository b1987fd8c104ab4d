"""Bootstrap over studies: how much a mean would move with other studies.

Studies are drawn with replacement, the same ones for every column: differences between columns
are paired.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.float64]

LEVEL = 0.95
"""Share of the resampled values that an interval holds."""
CHUNK_BYTES = 48 * 2**20
"""Memory for the counts of the resamples that are worked on at once."""


def draw_counts(n: int, resamples: int, seed: int) -> Iterator[npt.NDArray[np.float64]]:
    """Yield how often each study is drawn, in chunks of shape (some resamples, n).

    The stream is that of `numpy.random.PCG64(seed)`, whatever the size of the chunks.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    # The drawn indices, their offset copy and the counts take 8 bytes each.
    rows = max(1, CHUNK_BYTES // (24 * n))
    for start in range(0, resamples, rows):
        chunk = min(rows, resamples - start)
        drawn = generator.integers(0, n, size=(chunk, n))
        drawn += np.arange(chunk)[:, np.newaxis] * n
        counts = np.bincount(drawn.ravel(), minlength=chunk * n).reshape(chunk, n)
        yield counts.astype(np.float64)


def resample_means(table: Table, *, resamples: int, seed: int) -> Table:
    """Return the mean of each column in each resample of the rows.

    Args:
        table: float64 array of shape (n, m): n studies, m columns.
        resamples: How many times n studies are drawn with replacement.
        seed: Seed of the generator; the same seed and n give the same draws.

    Returns:
        float64 array of shape (resamples, m).

    Raises:
        ValueError: The table has no rows, another number of dimensions, or a value not finite.
    """
    if table.ndim != 2 or not len(table):
        raise ValueError(f"a table has rows and columns; this one has shape {table.shape}")
    if not np.isfinite(table).all():
        raise ValueError("the table holds a value that is not a finite number")
    n, m = table.shape
    columns = np.ascontiguousarray(table.T)
    # Around the mean: sums stay small, and a constant column stays constant.
    centre: Table = columns.mean(axis=1)
    columns = columns - centre[:, np.newaxis]
    means = np.empty((resamples, m))
    start = 0
    for counts in draw_counts(n, resamples, seed):
        stop = start + len(counts)
        for number, column in enumerate(columns):
            # Not `@`: the last digit of BLAS depends on the processor and on its threads. One by
            # one: a column's means do not depend on which other columns there are.
            means[start:stop, number] = np.einsum("bn,n->b", counts, column, optimize=False)
        start = stop
    means /= n
    means += centre
    return means


def percentile_interval(values: Table) -> Table:
    """Return the percentile interval of resampled values along their first axis.

    Args:
        values: float64 array of shape (resamples, ...).

    Returns:
        float64 array of shape (2, ...): lower and upper end.
    """
    tail = 50 * (1 - LEVEL)
    return np.percentile(values, [tail, 100 - tail], axis=0)


def bootstrap_means(table: Table, *, resamples: int = 1000, seed: int = 0) -> Table:
    """Return the 95 % interval of each column's mean.

    Args:
        table: float64 array of shape (n, m): n studies, m columns.
        resamples: How many times n studies are drawn with replacement.
        seed: Seed of the generator.

    Returns:
        float64 array of shape (m, 2): lower and upper end for each column.

    Raises:
        ValueError: The table has no rows, another number of dimensions, or a value not finite.

    Example:
        >>> bootstrap_means(np.array([[0.25, 1.0], [0.25, 3.0]]), resamples=100, seed=0)
        array([[0.25, 0.25],
               [1.  , 3.  ]])

    Source: Efron & Tibshirani 1993, chapter 13.
    """
    return percentile_interval(resample_means(table, resamples=resamples, seed=seed)).T
