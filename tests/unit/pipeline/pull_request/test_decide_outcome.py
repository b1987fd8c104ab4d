from __future__ import annotations

from typing import Any

import pytest

from bot.pipeline.pull_request.report import decide_outcome
from tests.unit.render import samples as s


@pytest.mark.parametrize(
    ("changes", "cards", "failed", "outcome"),
    [
        ({}, 1, False, "scored"),
        ({}, 0, False, "our-fault"),
        ({}, 1, True, "our-fault"),
        ({"plans": ()}, 0, False, "our-fault"),
        ({"plans": (s.plan("sealed"),)}, 0, False, "waiting"),
        ({"plans": (s.plan("private"),)}, 1, False, "scored"),
        ({"plans": (s.plan(), s.plan("sealed", dataset="mimic-cxr"))}, 1, False, "waiting"),
        ({"findings": (s.finding(),)}, 0, True, "needs-work"),
        ({"findings": (s.finding("warning"),)}, 1, False, "scored"),
        ({"kind": "withdrawal", "plans": ()}, 0, False, "withdrawal"),
        ({"kind": "withdrawal", "findings": (s.finding(),)}, 0, False, "needs-work"),
    ],
)
def test_the_verdict_follows_from_what_was_found_and_scored(
    changes: dict[str, Any], cards: int, failed: bool, outcome: str
) -> None:
    inspection = s.inspection(**changes)
    assert decide_outcome(inspection, (s.scorecard(),) * cards, failed=failed) == outcome
    assert decide_outcome(None, (), failed=False) == "our-fault"


def test_a_pull_request_that_touches_no_entry_has_no_verdict() -> None:
    other = s.inspection(kind="other", submission=None, manifest=None, plans=())
    assert decide_outcome(other, (), failed=True) is None
