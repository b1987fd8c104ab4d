"""Lighthouse, as a slow telephone and as a desktop; `python -m bench` measures the performance."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import DEVICES, LIGHTHOUSE, MISSING, build_shipped, run_lighthouse, serve
from tests.require import require
from tests.system_parts import find_executable

LEAST = 0.95


@pytest.mark.parametrize("device", DEVICES)
def test_the_largest_board_is_accessible_and_well_made(tmp_path: Path, device: str) -> None:
    require(find_executable("chromium"), MISSING)
    require(LIGHTHOUSE.is_file(), "lighthouse is not installed; run: (cd tests/npm && npm ci)")
    with serve(build_shipped(tmp_path / "site")) as address:
        scores = run_lighthouse(f"{address}boards/mimic-cxr.findings/", device, tmp_path / "report")
    assert scores["accessibility"] >= LEAST
    assert scores["best-practices"] >= LEAST
