"""Timing peers in turn, so that what else the machine does meets all of them alike."""

from __future__ import annotations

import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
OURS = "rexrank-bot"


@dataclass
class Line:
    """The measurements of one peer at one size."""

    task: str
    """What was done."""
    size: str
    """On how much."""
    peer: str
    """Who did it."""
    seconds: list[float] = field(default_factory=list)
    """Time of each run."""
    ratio: float | None = None
    """Median over the runs of this peer's time by ours in the same round."""
    memory_mb: float | None = None
    """Peak memory of the process, where it was measured."""
    score: float | None = None
    """Score, from 0 to 1, where it is not time that counts."""
    note: str = ""
    """What to know about the number."""

    @property
    def median(self) -> float:
        """Return the median time."""
        return statistics.median(self.seconds)


def time_in_turn(
    task: str, size: str, peers: Mapping[str, Callable[[], object]], rounds: int
) -> list[Line]:
    """Return the times of peers that run one after the other, round by round; ours come first."""
    lines = {peer: Line(task, size, peer) for peer in peers}
    for _ in range(rounds):
        for peer, run in peers.items():
            gc.collect()
            started = time.perf_counter()
            own = run()
            took = time.perf_counter() - started
            # A peer that runs in a process of its own reports its own time.
            lines[peer].seconds.append(own if isinstance(own, float) else took)
    return with_ratios(list(lines.values()))


def with_ratios(lines: list[Line]) -> list[Line]:
    """Return lines of one task and size with each peer's ratio to the first."""
    first, *others = lines
    for line in others:
        pairs = zip(line.seconds, first.seconds, strict=True)
        line.ratio = statistics.median(theirs / ours for theirs, ours in pairs)
    return lines


def environment() -> dict[str, str]:
    """Return the environment of a child: this checkout first, and no network."""
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    return {**os.environ, "PYTHONPATH": str(CHECKOUT), "NO_COLOR": "1", **offline}


def run_child(
    words: Sequence[str | Path], *, statuses: Sequence[int] = (0,), cwd: Path = CHECKOUT
) -> float:
    """Run a program and return its CPU seconds, user and system, those it waited for included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, env=environment(), cwd=cwd, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in statuses:
        raise RuntimeError(f"{words}: status {done.returncode}\n{done.stderr.decode()[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_child(module: str, argument: object, python: str = sys.executable) -> dict:
    """Return what a module of this package prints, as JSON, in a process of its own."""
    done = subprocess.run(
        (python, "-m", module),
        input=json.dumps(argument),
        env=environment(),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module}: status {done.returncode}\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])
