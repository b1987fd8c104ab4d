"""Lighthouse's performance of the site's largest board."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench.timing import OURS, Line
from tests.browser import DEVICES, LIGHTHOUSE, build_shipped, run_lighthouse, serve
from tests.system_parts import find_executable

ROUNDS = 3
PAGE = "boards/mimic-cxr.findings/"


def missing() -> list[str]:
    """Return what is not installed."""
    here = {"chromium": find_executable("chromium"), "lighthouse": LIGHTHOUSE.is_file()}
    return [name for name, found in here.items() if not found]


def bench_site() -> list[Line]:
    """Return the time of each run of Lighthouse, with the median of its performance scores."""
    lines = []
    with tempfile.TemporaryDirectory() as name, serve(build_shipped(Path(name, "site"))) as address:
        for device in DEVICES:
            line = Line("site, Lighthouse", device.partition("=")[2], OURS)
            scores = []
            for _ in range(ROUNDS):
                started = time.perf_counter()
                found = run_lighthouse(f"{address}{PAGE}", device, Path(name, "report"))
                line.seconds.append(time.perf_counter() - started)
                scores.append(found["performance"])
            line.score = sorted(scores)[ROUNDS // 2]
            line.note = f"performance {line.score:.2f}, median of {ROUNDS}"
            lines.append(line)
    return lines
