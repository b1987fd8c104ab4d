from __future__ import annotations

import importlib
import math
import pkgutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.metrics import lexical
from bot.metrics.base import Equipment, Metric, Needs, Scores
from bot.metrics.lexical.bleu import bleu, bleu2, tokenise
from bot.metrics.lexical.cider import cider

MODULES = pkgutil.iter_modules(lexical.__path__, f"{lexical.__name__}.")
DEFINED = [each for name in MODULES for each in vars(importlib.import_module(name.name)).values()]
METRICS = [each for each in DEFINED if isinstance(each, Metric) and each.needs == Needs()]
"""What counts words and needs nothing besides this program."""
OF_EVERY_METRIC = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.id)
TEXTS = st.text(alphabet="ab. \n\t\u00a0É肺,1", max_size=30)
PAIRS = st.lists(st.tuples(TEXTS, TEXTS), max_size=8)


def score(metric: Metric, predictions: list[str], references: list[str]) -> Scores:
    return metric.method.score(predictions, references, Equipment())


@OF_EVERY_METRIC
@given(pairs=PAIRS)
@settings(deadline=None)
def test_every_score_is_finite_and_in_its_range(
    metric: Metric, pairs: list[tuple[str, str]]
) -> None:
    scores = score(metric, [one for one, _ in pairs], [other for _, other in pairs])
    assert scores.dtype == np.float64
    assert scores.shape == (len(pairs),)
    assert ((scores >= metric.low) & (scores <= metric.high * (1 + 1e-12))).all()


@OF_EVERY_METRIC
@given(pairs=PAIRS, seed=st.randoms())
@settings(deadline=None)
def test_the_order_of_the_studies_changes_nothing(
    metric: Metric, pairs: list[tuple[str, str]], seed
) -> None:
    order = list(range(len(pairs)))
    seed.shuffle(order)
    plain = score(metric, [one for one, _ in pairs], [other for _, other in pairs])
    mixed = score(metric, [pairs[i][0] for i in order], [pairs[i][1] for i in order])
    np.testing.assert_allclose(mixed, plain[order], rtol=1e-12, atol=0)


@OF_EVERY_METRIC
def test_different_lengths_are_refused(metric: Metric) -> None:
    with pytest.raises(ValueError, match="1 predictions for 2 references"):
        score(metric, ["a"], ["a", "b"])


@OF_EVERY_METRIC
def test_an_empty_side_scores_zero(metric: Metric) -> None:
    scores = score(metric, ["", "a b c d e", "  "], ["a b c d e", "", "a"])
    assert scores.tolist() == [0, 0, 0]


@given(text=TEXTS)
def test_an_identical_report_scores_one_from_two_tokens_on(text: str) -> None:
    expected = {0: 0.0, 1: math.sqrt(0.1)}.get(len(tokenise(text)), 1.0)
    assert bleu2([text], [text])[0] == pytest.approx(expected, abs=1e-15)


@given(reference=TEXTS, count=st.integers(1, 20))
def test_repeating_a_word_does_not_pay(reference: str, count: int) -> None:
    single = bleu(["a"], [reference], 1)[0]
    repeated = bleu([" ".join("a" * count)], [reference], 1)[0]
    limit = max(1, tokenise(reference).count("a")) / count
    assert repeated <= min(1.0, limit) + 1e-12
    assert single <= 1


def test_only_the_space_separates() -> None:
    assert tokenise("A\tb\nc\u00a0d  e") == ["a\tb\nc\u00a0d", "e"]


def test_no_common_bigram_counts_as_a_tenth() -> None:
    assert bleu2(["d c b a"], ["a b c d"])[0] == pytest.approx(math.sqrt(0.1 / 3))


def test_cider_of_one_study_is_zero() -> None:
    assert cider(["a b c d"], ["a b c d"]).tolist() == [0.0]


def test_cider_depends_on_the_other_references() -> None:
    alone = cider(["a c", "x"], ["a b", "y"])[0]
    among = cider(["a c", "x"], ["a b", "a z"])[0]
    assert alone > among == 0
