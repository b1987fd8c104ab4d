"""The goals, and whether this run reaches them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.report import format_seconds
from bench.timing import OURS, Line

Goal = tuple[str, str, bool]
"""What is wanted, what was seen, whether it holds."""


def judge(lines: Sequence[Line]) -> Iterator[Goal]:
    """Yield the goals whose lines were measured."""
    fast = [line for line in lines if line.task == "bleu2" and line.peer == "fast-bleu"]
    if fast:
        least = min(line.ratio or 0 for line in fast)
        seen = ", ".join(f"{line.ratio:.2g} at {line.size.split(' ')[0]}" for line in fast)
        yield "bleu2 at least 4 times as fast as fast-bleu", seen, least >= 4
    scores = [line for line in lines if line.task == "bertscore (MiniLM)"]
    for cached, _, package in zip(scores[::3], scores[1::3], scores[2::3], strict=True):
        ratio = package.ratio or 0
        yield (
            f"bertscore with cached references at least 2 times as fast, {cached.size}",
            f"{ratio:.2g}",
            ratio >= 2,
        )
        share = (cached.memory_mb or 0) / (package.memory_mb or 1)
        yield "bertscore in at most a third of the memory", f"{share:.2f}", share <= 1 / 3
    for long in (line for line in lines if line.task == "bertscore (MiniLM), long"):
        memory = long.memory_mb or 0
        yield f"bertscore under 1.5 GB, {long.size}", f"{memory / 1000:.2f} GB", memory < 1500
    validated = [line for line in lines if line.task == "validate, in memory"]
    for size in dict.fromkeys(line.size for line in validated):
        file, whole, json = (line for line in validated if line.size == size)
        for what, line in (("form and coverage", file), ("content looked at too", whole)):
            times = line.median / json.median
            goal = f"validate within 4 times json.loads, {what}, {size}"
            yield goal, f"{times:.2g}", times <= 4
    builds = [line for line in lines if line.task == "leaderboard build" and line.peer == OURS]
    if len(builds) > 1:
        most = builds[-1]
        seen = format_seconds(most.median)
        yield f"leaderboard build of {most.size} under 5 s", seen, most.median < 5
        small, large = (
            line.median / int(line.size.split(" ")[0].replace(",", "")) for line in builds[-2:]
        )
        yield (
            "leaderboard build linear: time per entry grows by less than half over the last step",
            f"{large / small:.2f} times",
            large / small < 1.5,
        )
    for page in (line for line in lines if line.task == "site, Lighthouse"):
        score = page.score or 0
        yield f"Lighthouse performance at least 0.95, {page.size}", f"{score:.2f}", score >= 0.95
    starts = [line for line in lines if line.task == "start, CPU"]
    if starts:
        beyond = starts[0].median - starts[1].median
        yield (
            "command starts in 0.15 s of CPU beyond Python's own",
            f"{beyond:.3f} s",
            beyond <= 0.15,
        )
