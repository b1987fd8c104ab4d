"""BLEU-2 of each study: ours, and what a user would call otherwise."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable

from bench.radeval_peer import Radeval
from bench.texts import make_pairs
from bench.timing import OURS, Line, time_in_turn
from bot.metrics.lexical.bleu import bleu2, tokenise

ROUNDS = {590: 7, 10_000: 3, 100_000: 2}


def bench_bleu(sizes: tuple[int, ...], radeval: Radeval) -> list[Line]:
    """Return the times of BLEU-2; the values of the exact peers are compared with ours."""
    lines: list[Line] = []
    for n in sizes:
        predictions, references = real_pairs() if n == 590 else (None, None)
        source = "IU X-ray" if predictions else "synthetic"
        if predictions is None or references is None:
            made, true = make_pairs(n)
            predictions, references = list(made.values()), list(true.values())
        ours = bleu2(predictions, references)
        exact = {"fast-bleu": by_fast_bleu, "nltk": by_nltk}
        for name, score in exact.items():
            theirs = score(predictions[:2000], references[:2000])
            worst = max(abs(a - b) for a, b in zip(theirs, ours, strict=False))
            if not worst < 1e-9:
                raise RuntimeError(f"{name} differs by {worst}")
        peers: dict[str, Callable[[], object]] = {
            OURS: lambda p=predictions, r=references: bleu2(p, r),
            "fast-bleu": lambda p=predictions, r=references: by_fast_bleu(p, r),
            "nltk sentence_bleu": lambda p=predictions, r=references: by_nltk(p, r),
            "sacrebleu sentence_bleu": lambda p=predictions, r=references: by_sacrebleu(p, r),
        }
        if radeval.is_here:
            peers["radeval bleu"] = lambda p=predictions, r=references: radeval.bleu(p, r)
        lines += time_in_turn("bleu2", f"{n:,} pairs, {source}", peers, ROUNDS[n])
    return lines


def real_pairs() -> tuple[list[str] | None, list[str] | None]:
    """Return the texts of a real entry where they are beside the checkout."""
    from tests.real_data import MOERAD, read_entry

    if not MOERAD.is_file():
        return None, None
    predictions, references = read_entry()
    return list(predictions.values()), [references[study] for study in predictions]


def by_fast_bleu(predictions: list[str], references: list[str]) -> list[float]:
    """Return BLEU-2 as ReXrank's official scorer computes it: one object for each reference."""
    from fast_bleu import BLEU

    scores = []
    for prediction, reference in zip(predictions, references, strict=True):
        one, other = tokenise(prediction), tokenise(reference)
        scores.append(BLEU([other], {"bigram": (0.5, 0.5)}).get_score([one])["bigram"][0])
    return scores


def by_nltk(predictions: list[str], references: list[str]) -> list[float]:
    """Return BLEU-2 by nltk with smoothing method 1."""
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    smooth = SmoothingFunction().method1
    return [
        float(sentence_bleu([tokenise(other)], tokenise(one), (0.5, 0.5), smooth))
        for one, other in zip(predictions, references, strict=True)
    ]


def by_sacrebleu(predictions: list[str], references: list[str]) -> list[float]:
    """Return sacrebleu's sentence BLEU of two orders; its tokens and smoothing differ from ours."""
    from sacrebleu.metrics import BLEU

    metric = BLEU(max_ngram_order=2, effective_order=True, lowercase=True)
    pairs = zip(predictions, references, strict=True)
    scores = [metric.sentence_score(one, [other]).score / 100 for one, other in pairs]
    if not math.isfinite(sum(scores)):
        raise RuntimeError("sacrebleu gave no number")
    return scores


def missing() -> list[str]:
    """Return the peers of this page that are not installed."""
    return [
        name for name in ("fast_bleu", "sacrebleu", "nltk") if not importlib.util.find_spec(name)
    ]
