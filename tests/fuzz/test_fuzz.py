"""A bounded run of every target; `make fuzz` runs them for longer."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.seeds import inputs, seeds
from tests.fuzz.targets import TARGETS

EXAMPLES = 200


@pytest.mark.parametrize("target", TARGETS)
def test_row_11_12_13_15_no_bytes_raise_and_what_is_written_is_what_is_seen(target: str) -> None:
    for seed in seeds(target):
        TARGETS[target](seed)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def run(data: st.DataObject) -> None:
        TARGETS[target](data.draw(inputs(target)))

    run()
