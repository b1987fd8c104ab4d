"""Intervals and paired tests from per-study scores, against scipy and radeval."""

from __future__ import annotations

import numpy as np

from bench.radeval_peer import TRIALS, Radeval
from bench.texts import make_pairs
from bench.timing import OURS, Line, time_in_turn
from bot.metrics.lexical.bleu import bleu2
from bot.stats.bootstrap import bootstrap_means
from bot.stats.significance import permutation_p_values

RESAMPLES = 10_000


def bench_resampling(sizes: tuple[int, ...], radeval: Radeval) -> list[Line]:
    """Return the times of a bootstrap and of a paired test, 10,000 draws each."""
    lines: list[Line] = []
    for n in sizes:
        predictions, references = (list(side.values()) for side in make_pairs(n))
        other = predictions[1:] + predictions[:1]
        one, two = bleu2(predictions, references), bleu2(other, references)
        lines += bench_bootstrap(one, n)
        lines += bench_test(one, two, n)
        if radeval.is_here and n == sizes[0]:
            seconds = radeval.significance(predictions, other, references)
            ours = next(x for x in lines if x.task == "paired test" and x.peer == OURS)
            scaled = seconds * RESAMPLES / TRIALS
            note = f"{TRIALS} randomisations ran, scaled to {RESAMPLES:,}; it scores again in each"
            size = ours.size
            lines.append(
                Line("paired test", size, "radeval", [scaled], scaled / ours.median, note=note)
            )
    return lines


def bench_bootstrap(scores: np.ndarray, n: int) -> list[Line]:
    """Return the times of a percentile interval of a mean; both must agree."""
    from scipy.stats import bootstrap

    table = scores[:, np.newaxis]
    results = {}

    def ours() -> None:
        results["ours"] = bootstrap_means(table, resamples=RESAMPLES, seed=0)[0]

    def scipys() -> None:
        interval = bootstrap(
            (scores,), np.mean, n_resamples=RESAMPLES, method="percentile", batch=100, rng=0
        ).confidence_interval
        results["scipy"] = np.array([interval.low, interval.high])

    peers = {OURS: ours, "scipy.stats.bootstrap": scipys}
    lines = time_in_turn("bootstrap", f"{n:,} studies, {RESAMPLES:,} resamples", peers, 5)
    width = np.diff(results["ours"])[0]
    if not np.abs(results["ours"] - results["scipy"]).max() < 0.1 * width:
        raise RuntimeError(f"the intervals differ: {results}")
    return lines


def bench_test(one: np.ndarray, other: np.ndarray, n: int) -> list[Line]:
    """Return the times of a two-sided paired permutation test."""
    from scipy.stats import permutation_test

    table = np.stack([one, other], axis=1)

    def ours() -> None:
        permutation_p_values(table, trials=RESAMPLES, seed=0)

    def scipys() -> None:
        permutation_test(
            (one, other),
            lambda x, y, axis: np.mean(x - y, axis=axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=RESAMPLES,
            batch=100,
            rng=0,
        )

    peers = {OURS: ours, "scipy.stats.permutation_test": scipys}
    return time_in_turn("paired test", f"{n:,} studies, {RESAMPLES:,} trials", peers, 3)
