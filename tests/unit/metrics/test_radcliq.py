from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.metrics.radcliq import inv_radcliq_v1, radcliq_v0, radcliq_v1
from bot.metrics.registry import BY_ID

UNIT = st.floats(0, 1)


def test_the_values_are_those_of_the_contract() -> None:
    parts = [np.array([value]) for value in (0.3, 0.5, 0.8, 0.2)]
    assert radcliq_v1(*parts)[0] == pytest.approx(
        2.4501430833 - 1.2452163302 * 0.3 - 1.6508453287 * 0.5 - 0.9947717072 * 0.8, abs=1e-8
    )
    assert radcliq_v0(*parts)[0] == pytest.approx(
        5.5161608041
        - 1.5890342336 * 0.3
        - 3.0098301362 * 0.5
        - 1.8733717099 * 0.8
        + 0.7139418527 * 0.2,
        abs=1e-8,
    )


@given(parts=st.tuples(UNIT, UNIT, UNIT, UNIT))
def test_no_value_lies_below_the_declared_bound(parts: tuple[float, ...]) -> None:
    columns = [np.array([value]) for value in parts]
    for name, combine in (("radcliq_v0", radcliq_v0), ("radcliq_v1", radcliq_v1)):
        low = BY_ID[name].low
        assert low is not None
        assert combine(*columns)[0] >= low - 1e-12


@given(part=st.integers(0, 2), low=UNIT, high=UNIT)
def test_a_better_component_never_gives_a_worse_radcliq(part: int, low: float, high: float) -> None:
    low, high = sorted((low, high))
    worse, better = np.full((4, 1), 0.5), np.full((4, 1), 0.5)
    worse[part], better[part] = low, high
    assert radcliq_v1(*better)[0] <= radcliq_v1(*worse)[0]
    assert radcliq_v0(*better)[0] <= radcliq_v0(*worse)[0]


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="shapes differ"):
        radcliq_v1(np.ones(2), np.ones(2), np.ones(2), np.ones(1))


@pytest.mark.parametrize("mean", [0.0, -0.0, -1.0, 5e-324])
def test_the_reciprocal_is_never_infinite(mean: float) -> None:
    assert inv_radcliq_v1(mean) is None


def test_the_reciprocal_is_the_published_number() -> None:
    assert inv_radcliq_v1(0.8) == 1.25
