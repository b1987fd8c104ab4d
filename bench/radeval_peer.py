"""radeval, whose pins do not go with ours: run by a Python of its own, which times itself.

As a module it is that child: JSON in, a line of JSON out.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass

from bench.timing import measure_child

TRIALS = 20
"""Randomisations that are run; each of them scores both systems again, so the time is linear."""


@dataclass(frozen=True)
class Radeval:
    """A Python that has radeval, None where there is none."""

    python: str | None

    @property
    def is_here(self) -> bool:
        """Return whether it can be run."""
        return self.python is not None

    def bleu(self, predictions: list[str], references: list[str]) -> float:
        """Return the seconds of its BLEU-2 of each pair."""
        return self._measure({"task": "bleu", "p": predictions, "r": references})

    def significance(self, one: list[str], other: list[str], references: list[str]) -> float:
        """Return the seconds of TRIALS paired randomisations."""
        return self._measure({"task": "significance", "p": one, "q": other, "r": references})

    def _measure(self, work: object) -> float:
        return float(measure_child("bench.radeval_peer", work, self.python or "")["seconds"])


def main() -> None:
    """Do what standard input asks for, and print how long it took."""
    from radeval.metrics.bleu.bleu import Bleu

    work = json.load(sys.stdin)
    bleu = Bleu(n=2)

    def score(predictions: list[str], references: list[str]) -> float:
        return float(bleu.compute_score(references, predictions)[0])

    if work["task"] == "bleu":
        started = time.perf_counter()
        score(work["p"], work["r"])
    else:
        from radeval import compare_systems

        started = time.perf_counter()
        compare_systems(
            {"one": work["p"], "other": work["q"]},
            {"bleu": score},
            work["r"],
            n_samples=TRIALS,
            print_results=False,
        )
    took = time.perf_counter() - started
    print(json.dumps({"seconds": took}))


if __name__ == "__main__":
    main()
