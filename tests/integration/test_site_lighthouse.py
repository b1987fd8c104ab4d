"""Lighthouse, as a slow telephone and as a desktop: performance and accessibility."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.browser import MISSING, build_shipped, serve
from tests.require import require
from tests.system_parts import CHECKOUT, find_executable

LIGHTHOUSE = CHECKOUT / "tests/npm/node_modules/.bin/lighthouse"
LEAST = 0.95
TIMEOUT_S = 180


RUNS = 3


def measure(address: str, device: str, report: Path) -> dict[str, float]:
    """Return the score of each category, from 0 to 1."""
    done = subprocess.run(
        (
            *(str(LIGHTHOUSE), address, device, "--quiet", "--no-enable-error-reporting"),
            *("--output=json", f"--output-path={report}"),
            "--only-categories=performance,accessibility,best-practices",
            "--chrome-flags=--headless=new --no-sandbox",
        ),
        env={**os.environ, "CHROME_PATH": str(find_executable("chromium"))},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    categories = json.loads(report.read_text(encoding="utf-8"))["categories"]
    return {name: category["score"] for name, category in categories.items()}


@pytest.mark.parametrize("device", ["--form-factor=mobile", "--preset=desktop"])
def test_the_largest_board_scores_at_least_95(tmp_path: Path, device: str) -> None:
    require(find_executable("chromium"), MISSING)
    require(LIGHTHOUSE.is_file(), "lighthouse is not installed; run: (cd tests/npm && npm ci)")
    best: dict[str, float] = {}
    with serve(build_shipped(tmp_path / "site")) as address:
        # A busy machine only ever lowers a score: the best of a few runs is nearest to the truth.
        for _ in range(RUNS):
            scores = measure(f"{address}boards/mimic-cxr.findings/", device, tmp_path / "report")
            best = {name: max(score, best.get(name, 0.0)) for name, score in scores.items()}
            if min(best.values()) >= LEAST:
                break
    assert min(best.values()) >= LEAST, best
