from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bot.stats import bootstrap
from bot.stats.bootstrap import bootstrap_means, draw_counts, resample_means

TABLES = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 12), st.integers(1, 4)),
    elements=st.floats(-1e6, 1e6, allow_subnormal=False),
)


def sample(n: int, m: int, seed: int = 7) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.3, 0.2, (n, m))


def test_the_same_call_gives_the_same_bytes() -> None:
    table = sample(200, 3)
    one, other = (bootstrap_means(table, resamples=300, seed=5) for _ in range(2))
    assert one.tobytes() == other.tobytes()
    assert one.tobytes() != bootstrap_means(table, resamples=300, seed=6).tobytes()


def test_the_size_of_the_chunks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    table = sample(101, 3)
    whole = resample_means(table, resamples=250, seed=3)
    for size in (1, 24 * 101 * 7, 24 * 101 * 249):
        monkeypatch.setattr(bootstrap, "CHUNK_BYTES", size)
        assert resample_means(table, resamples=250, seed=3).tobytes() == whole.tobytes()


def test_the_means_are_those_of_drawing_one_by_one() -> None:
    table = sample(40, 2)
    generator = np.random.Generator(np.random.PCG64(9))
    drawn = generator.integers(0, 40, size=(50, 40))
    expected = table[drawn].mean(axis=1)
    np.testing.assert_allclose(resample_means(table, resamples=50, seed=9), expected, atol=1e-14)


def test_every_resample_draws_as_many_studies_as_there_are() -> None:
    counts = np.concatenate(list(draw_counts(30, 20, seed=0)))
    assert counts.shape == (20, 30)
    assert (counts.sum(axis=1) == 30).all()


def test_columns_are_resampled_together() -> None:
    column = sample(60, 1)[:, 0]
    means = resample_means(np.stack([column, column + 1, -column], axis=1), resamples=99, seed=1)
    np.testing.assert_allclose(means[:, 1] - means[:, 0], 1, atol=1e-12)
    np.testing.assert_allclose(means[:, 2], -means[:, 0], atol=1e-12)


def test_a_column_has_the_same_interval_in_any_company() -> None:
    table = sample(80, 4)
    alone = bootstrap_means(table[:, :1], resamples=200, seed=2)
    np.testing.assert_array_equal(bootstrap_means(table, resamples=200, seed=2)[:1], alone)


@given(table=TABLES)
@settings(deadline=None, max_examples=50)
def test_an_interval_is_ordered_and_within_the_data(table: np.ndarray) -> None:
    intervals = bootstrap_means(table, resamples=60, seed=0)
    slack = 1e-9 * (1 + np.abs(table).max())
    assert intervals.shape == (table.shape[1], 2)
    assert (intervals[:, 0] <= intervals[:, 1]).all()
    assert (intervals[:, 0] >= table.min(axis=0) - slack).all()
    assert (intervals[:, 1] <= table.max(axis=0) + slack).all()


def test_a_constant_column_has_an_interval_of_one_point() -> None:
    assert bootstrap_means(np.full((7, 1), 0.25), resamples=50, seed=0).tolist() == [[0.25, 0.25]]


def test_the_interval_is_about_two_standard_errors_wide() -> None:
    table = sample(2000, 1)
    low, high = bootstrap_means(table, resamples=4000, seed=0)[0]
    expected = 2 * 1.96 * table.std() / np.sqrt(2000)
    assert high - low == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (np.empty((0, 2)), "has rows and columns"),
        (np.ones(3), "has rows and columns"),
        (np.array([[np.nan]]), "not a finite number"),
        (np.array([[np.inf]]), "not a finite number"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(table: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bootstrap_means(table, resamples=10, seed=0)
