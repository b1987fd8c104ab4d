"""`python -m bench`: measure everything, print it, write RESULTS.md and ratios.svg.

Every measurement is kept in measurements.json. With --only, the other parts of the page stay as an
earlier run left them.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from bench import encoders, lexical, site
from bench.boards import bench_boards
from bench.commands import bench_score, bench_start, bench_validate
from bench.goals import judge
from bench.lexical import bench_bleu
from bench.radeval_peer import Radeval
from bench.report import format_seconds, render_page, render_picture
from bench.resampling import bench_resampling
from bench.timing import Line
from bench.world import make_world

FOLDER = Path(__file__).parent
KEPT = FOLDER / "measurements.json"
PARTS = ("start", "bleu", "validate", "score", "stats", "board", "site", "bert")
LACKING = {"bert": encoders.missing, "site": site.missing}
"""What a part needs and is not installed."""


def main() -> None:
    """Run the benchmarks."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Compare with peers.")
    parser.add_argument("--quick", action="store_true", help="small sizes only; writes no file")
    parser.add_argument("--only", nargs="*", choices=PARTS, help="parts to measure")
    parser.add_argument("--radeval", metavar="PYTHON", help="a Python that has radeval")
    options = parser.parse_args()
    radeval = Radeval(options.radeval)
    lacking = lexical.missing()
    if lacking:
        sys.exit(f"not installed: {', '.join(lacking)}; run: pip install -r requirements/bench.txt")
    left: list[str] = []
    if not radeval.is_here:
        left.append("radeval: its pins do not go with ours; give --radeval a Python that has it")
    measured = measure_parts(options, radeval, left)
    if not options.quick:
        measured = keep(measured, anew=not options.only)
        left += [f"{part}: not run" for part in PARTS if part not in measured]
    lines = [line for part in PARTS for line in measured.get(part, ())]
    goals = list(judge(lines))
    for goal, seen, holds in goals:
        print(f"{'holds ' if holds else 'MISSED'}  {goal}: {seen}")
    if not options.quick:
        page = render_page(lines, goals, list(dict.fromkeys(left)))
        (FOLDER / "RESULTS.md").write_text(page, encoding="utf-8")
        (FOLDER / "ratios.svg").write_text(render_picture(lines), encoding="utf-8")


def measure_parts(
    options: argparse.Namespace, radeval: Radeval, left: list[str]
) -> dict[str, list[Line]]:
    """Measure what was asked for, and add to `left` what cannot be measured here."""
    measured: dict[str, list[Line]] = {}
    meteor = shutil.which("java") is not None and has("pycocoevalcap")
    if not meteor:
        left.append("METEOR: it needs Java and pycocoevalcap")
    with tempfile.TemporaryDirectory() as name:
        for part, measure in plan(Path(name), radeval, quick=options.quick, meteor=meteor):
            if options.only and part not in options.only:
                continue
            lacking = LACKING[part]() if part in LACKING else []
            if lacking:
                left.append(f"{part}: not installed: {', '.join(lacking)}")
                continue
            measured.setdefault(part, []).extend(show(part, measure))
    return measured


def keep(measured: dict[str, list[Line]], *, anew: bool) -> dict[str, list[Line]]:
    """Write measurements down; return them with the other parts' earlier ones, unless anew."""
    if KEPT.is_file() and not anew:
        kept = json.loads(KEPT.read_text())
        measured = {part: [Line(**line) for line in kept[part]] for part in kept} | measured
    raw = {part: [asdict(line) for line in measured[part]] for part in PARTS if part in measured}
    KEPT.write_text(json.dumps(raw, indent=1) + "\n")
    return measured


def plan(
    root: Path, radeval: Radeval, *, quick: bool, meteor: bool
) -> Iterable[tuple[str, Callable[[], list[Line]]]]:
    """Yield each part of the run and what measures it."""
    large = () if quick else (10_000,)
    huge = () if quick else (100_000,)
    yield "start", lambda: bench_start(11)
    yield "bleu", lambda: bench_bleu((590, *large, *huge), radeval)
    worlds = {}

    def world(n: int):
        if n not in worlds:
            worlds[n] = make_world(root, n)
        return worlds[n]

    for n in (590, *large):
        yield "validate", lambda n=n: bench_validate(world(n))
    for n in (590, *large):
        rounds = (5, 3) if n == 590 else (3, 1)
        yield "score", lambda n=n, r=rounds: bench_score(world(n), r, meteor=meteor)
    yield "stats", lambda: bench_resampling((590, *large), radeval)
    yield "board", lambda: bench_boards((25, 250) if quick else (25, 250, 2500))
    yield "site", site.bench_site
    yield "bert", lambda: encoders.bench_bertscore(200 if quick else 2000, 3)
    if not quick:
        yield "bert", lambda: encoders.bench_long(10_000)


def show(part: str, measure: Callable[[], list[Line]]) -> list[Line]:
    """Measure a part and print its lines."""
    started = time.monotonic()
    lines = measure()
    for line in lines:
        ratio = "" if line.ratio is None else f"{line.ratio:8.2f} x"
        memory = "" if line.memory_mb is None else f"{line.memory_mb:8,.0f} MB"
        row = f"{line.task:28}{line.size:34}{line.peer:34}{format_seconds(line.median):>10}"
        print(f"{row}{ratio:>11}{memory}  {line.note}".rstrip())
    print(f"({part}: {time.monotonic() - started:.0f} s)", flush=True)
    return lines


def has(package: str) -> bool:
    """Return whether a package is installed."""
    return importlib.util.find_spec(package) is not None


if __name__ == "__main__":
    main()
