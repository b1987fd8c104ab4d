"""Fuzz one target with atheris: `python -m tests.fuzz.with_atheris TARGET SECONDS`."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bot"]):
    from tests.fuzz.targets import TARGETS

from tests.fuzz.seeds import seeds

OUT = Path("out/fuzz")


def main(target: str, seconds: str) -> None:
    corpus = OUT / target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(target)):
        (corpus / f"seed-{number}").write_bytes(seed)
    limits = (f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1024", "-max_len=4000")
    quiet = ("-verbosity=0", f"-artifact_prefix={OUT}/{target}-")
    atheris.Setup(["fuzz", str(corpus), *limits, *quiet], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
