"""What a test does when this machine lacks something: it skips, and where CI=true it fails."""

from __future__ import annotations

import os

import pytest

MORE = os.environ.get("REXRANK_TEST_MORE") == "1"
"""Whether every case is wanted, also where a usual run takes some of each kind."""


def require(condition: object, what: str) -> None:
    """Return when the condition holds; else skip the test, or fail it where CI=true.

    Args:
        condition: Whatever tells by its truth that the test can run.
        what: What is missing and how to install it, as the reader of the report needs it.
    """
    if condition:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} (nothing is skipped where CI=true)", pytrace=False)
    pytest.skip(what)
