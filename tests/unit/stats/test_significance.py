from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from bot.stats import significance
from bot.stats.clusters import cluster_by_text
from bot.stats.significance import (
    adjust_holm,
    draw_signs,
    permutation_p_values,
    separate_pairs,
    trials_for,
)


def sample(n: int, m: int, seed: int = 7) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.3, 0.2, (n, m))


def test_the_size_of_the_chunks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = np.concatenate(list(draw_signs(70, 250, seed=3)))
    for size in (1, 16 * 128 * 7):
        monkeypatch.setattr(significance, "CHUNK_BYTES", size)
        np.testing.assert_array_equal(np.concatenate(list(draw_signs(70, 250, seed=3))), whole)
    assert set(np.unique(whole)) == {-1.0, 1.0}
    assert abs(whole.mean()) < 0.05


def test_a_p_value_approaches_that_of_all_flips() -> None:
    table = sample(10, 3)
    p_values = permutation_p_values(table, trials=50_000, seed=1)
    signs = np.array(list(product([-1, 1], repeat=10)))
    for one, other in ((0, 1), (0, 2), (1, 2)):
        differences = table[:, one] - table[:, other]
        flipped = np.abs(signs @ differences)
        exact = (flipped >= abs(differences.sum()) - 1e-12).mean()
        assert p_values[one, other] == pytest.approx(exact, abs=0.01)


def test_a_p_value_is_never_zero_and_equal_columns_are_never_apart() -> None:
    column = sample(200, 1)[:, 0]
    p_values = permutation_p_values(np.stack([column, column + 5, column], axis=1), trials=999)
    assert p_values[0, 1] == 1 / 1000
    assert p_values[0, 2] == 1
    np.testing.assert_array_equal(p_values, p_values.T)
    np.testing.assert_array_equal(np.diag(p_values), 1)


def test_a_pair_has_the_same_p_value_in_any_company() -> None:
    table = sample(80, 5)
    whole = permutation_p_values(table, trials=2000)
    np.testing.assert_array_equal(permutation_p_values(table[:, [1, 4]])[0, 1] > 0, True)
    pair = permutation_p_values(table[:, [1, 4]], trials=2000)
    assert pair[0, 1] == whole[1, 4]


def test_an_observed_difference_that_rounding_hides_is_counted() -> None:
    # 0.1 + 0.2 is not 0.3: half of all flips of two equal differences reach the observed one.
    table = np.array([[0.0, 0.1], [0.0, 0.2], [0.0, 0.3]])
    assert permutation_p_values(table, trials=20_000)[0, 1] == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("table", [np.empty((0, 2)), np.ones(3), np.array([[1.0, np.nan]])])
def test_what_is_not_a_table_of_scores_is_refused(table: np.ndarray) -> None:
    with pytest.raises(ValueError, match="table"):
        permutation_p_values(table)


def test_one_entry_alone_is_compared_with_nobody() -> None:
    assert permutation_p_values(sample(5, 1)).tolist() == [[1.0]]
    assert separate_pairs(np.ones((1, 1))).tolist() == [[1.0]]


def test_copies_of_a_study_are_no_more_evidence_than_the_study() -> None:
    table = sample(12, 2) + np.array([0.0, 0.12])
    copies = np.repeat(table, 6, axis=0)
    clusters = cluster_by_text(np.repeat(np.arange(12), 6).tolist())
    alone = permutation_p_values(table, trials=5000)[0, 1]
    assert permutation_p_values(copies, trials=5000)[0, 1] < alone
    assert permutation_p_values(copies, trials=5000, clusters=clusters)[0, 1] == alone


def test_holm_gives_the_published_example_and_keeps_the_order_of_the_input() -> None:
    # Holm 1979, and R: p.adjust(c(.01, .02, .03, .005), "holm")
    assert adjust_holm([0.01, 0.02, 0.03, 0.005]) == pytest.approx([0.03, 0.04, 0.04, 0.02])
    assert adjust_holm([0.9, 0.8]).tolist() == [1.0, 1.0]
    assert adjust_holm([]).tolist() == []


def test_every_pair_is_adjusted_for_all_pairs() -> None:
    p_values = np.array([[1, 0.01, 0.04], [0.01, 1, 0.03], [0.04, 0.03, 1]])
    adjusted = separate_pairs(p_values)
    np.testing.assert_allclose(
        adjusted, [[1, 0.03, 0.06], [0.03, 1, 0.06], [0.06, 0.06, 1]], atol=1e-15
    )


def test_there_are_always_enough_flips_to_tell_somebody_apart() -> None:
    for entries in (2, 25, 60, 200):
        pairs = entries * (entries - 1) // 2
        assert pairs / (trials_for(pairs) + 1) < significance.ALPHA
