"""METEOR of each study, by the Java program that the package pycocoevalcap carries."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from bot.metrics.base import (
    Equipment,
    Metric,
    MetricUnavailable,
    Needs,
    PerStudy,
    Scores,
    Texts,
    check_pairs,
)

NEEDS = Needs(
    executables=("java",),
    packages=("pycocoevalcap",),
    remedy="apt-get install default-jre-headless && pip install 'rexrank-bot[meteor]'",
)
START_TIMEOUT_S = 120.0
"""Time for Java to start and to read its paraphrase table, several times what it takes."""
PAIR_TIMEOUT_S = 0.2
"""Time for one more pair, several times what it takes."""

SEGMENT = re.compile(r"^Segment (\d+) score:\t(\S+)$", re.MULTILINE)


def find_jar() -> Path | None:
    """Return where METEOR's program is, None when it is not installed."""
    # Without importing pycocoevalcap, which starts nothing but takes its time.
    spec = importlib.util.find_spec("pycocoevalcap")
    for folder in (spec and spec.submodule_search_locations) or ():
        jar = Path(folder, "meteor", "meteor-1.5.jar")
        if jar.is_file():
            return jar
    return None


def run_meteor(java: str, jar: Path, folder: Path, timeout_s: float) -> str:
    """Return what METEOR prints for the files `predictions` and `references` of a folder."""
    program = (java, "-Xmx2G", "-XX:-UsePerfData", "-Dfile.encoding=UTF-8", "-jar", str(jar))
    try:
        done = subprocess.run(
            (*program, "predictions", "references", "-l", "en", "-norm"),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout_s,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise MetricUnavailable(f"METEOR gave no answer in {timeout_s:.0f} s") from error
    except (OSError, subprocess.CalledProcessError) as error:
        status = getattr(error, "returncode", None)
        why = f"ended with status {status}" if status is not None else "could not be started"
        raise MetricUnavailable(f"Java {why}; run: java -version") from error
    return done.stdout


def meteor(predictions: Texts, references: Texts, *, search_path: str | None = None) -> Scores:
    """Return the METEOR of each prediction against its reference.

    Args:
        predictions: n report texts.
        references: n report texts, aligned with `predictions`.
        search_path: Where Java is looked for, in PATH's notation.

    Returns:
        float64 array of shape (n,), each in [0, 1]; higher is better.

    Raises:
        ValueError: The two differ in length.
        MetricUnavailable: Java or the program is missing, failed or did not end.

    Source: Denkowski & Lavie 2014; METEOR 1.5 with `-l en -norm`, as pycocoevalcap calls it.
    """
    n = check_pairs(predictions, references)
    if not n:
        return np.zeros(0)
    java, jar = shutil.which("java", path=search_path), find_jar()
    if java is None or jar is None:
        missing = "the program java" if java is None else "meteor-1.5.jar of pycocoevalcap"
        raise MetricUnavailable(f"{missing} not found; run: {NEEDS.remedy}")
    with tempfile.TemporaryDirectory(prefix="rexrank-meteor-") as name:
        for file, texts in (("predictions", predictions), ("references", references)):
            # One line a text; what Java or METEOR would take for the end of a line becomes a space.
            lines = "\n".join(" ".join(text.split()) for text in texts)
            Path(name, file).write_bytes(lines.encode() + b"\n")
        output = run_meteor(java, jar, Path(name), START_TIMEOUT_S + PAIR_TIMEOUT_S * n)
    segments = SEGMENT.findall(output)
    if [int(number) for number, _ in segments] != list(range(1, n + 1)):
        raise MetricUnavailable(f"METEOR scored {len(segments)} of {n} pairs")
    return np.array([float(score) for _, score in segments])


def _score(predictions: Texts, references: Texts, equipment: Equipment) -> Scores:
    return meteor(predictions, references, search_path=equipment.search_path)


METEOR = Metric(
    id="meteor",
    title="METEOR",
    name="Metric for evaluation of translation with explicit ordering",
    definition=(
        "Matches of words, stems, synonyms and paraphrases, weighed and penalised for order, as "
        "METEOR 1.5 gives it for English with normalised punctuation: the program of "
        "pycocoevalcap, with its options."
    ),
    citation="Denkowski & Lavie, Meteor Universal, WMT 2014",
    needs=NEEDS,
    libraries=("pycocoevalcap",),
    method=PerStudy(_score),
)
