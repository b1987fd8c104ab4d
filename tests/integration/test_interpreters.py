"""Every Python that this program runs on gives the same scorecard and per-study bytes.

The other interpreters of this machine each get an environment in the cache folder, from the same
lock as the scorer's image.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.metrics.base import Needs, Slot
from bot.metrics.registry import METRICS
from tests.integration.handovers import CHECKOUT

HERE = ".".join(map(str, sys.version_info[:2]))
VERSIONS = [version for version in ("3.11", "3.12", "3.13") if version != HERE]
ENVIRONMENTS = CHECKOUT / ".cache" / "pythons"
# Those that need a program, a model or other packages say in the fingerprint which one they had.
PLAIN = [
    metric.id
    for metric in METRICS
    if metric.needs == Needs() and not metric.components and not isinstance(metric.method, Slot)
]
SCORE = ("score", "submissions/sample-attentive", "submissions/sample-terse", "--resamples", "100")


def find_interpreter(version: str) -> str | None:
    """Return the path of a working Python of that version; of several, the first that is found."""
    folders = [
        *os.get_exec_path(),
        *map(str, sorted(Path.home().glob(f".pyenv/versions/{version}*/bin"))),
        *map(str, sorted(Path.home().glob(f".local/share/uv/python/*-{version}.*/bin"))),
    ]
    ask = (
        f"import sys, venv; sys.exit(sys.version_info[:2] != {tuple(map(int, version.split('.')))})"
    )
    for folder in folders:
        path = shutil.which(f"python{version}", path=folder)
        # One that a version manager lays on the path may stand for nothing.
        if path:
            done = subprocess.run((path, "-c", ask), capture_output=True, check=False)
            if not done.returncode:
                return path
    return None


@pytest.fixture(scope="module", params=VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    """The Python of another version, with what the scorer needs."""
    found = find_interpreter(request.param)
    if found is None:
        pytest.skip(f"no Python {request.param} on this machine: its bytes were not compared")
    environment = ENVIRONMENTS / request.param
    install = (found, "requirements/install.py", str(environment), "--require-hashes")
    for lock in ("build.txt", "scorer.txt"):
        words = ("--no-build-isolation", "-r", f"requirements/{lock}")
        subprocess.run((*install, *words), cwd=CHECKOUT, check=True)
    return str(environment / "bin" / "python")


def score_samples(python: str, output: Path) -> dict[str, bytes]:
    """Return the files that scoring the sample entries writes, by their path."""
    # Another seed for the order of sets in each process.
    environment = {**os.environ, "PYTHONHASHSEED": "random"}
    chosen = [word for name in PLAIN for word in ("--metric", name)]
    subprocess.run(
        (python, "-m", "bot", *SCORE, *chosen, "--output", str(output)),
        cwd=CHECKOUT,
        env=environment,
        check=True,
        capture_output=True,
    )
    files = [path for path in sorted(output.rglob("*")) if path.is_file()]
    return {str(path.relative_to(output)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What this interpreter writes."""
    return score_samples(sys.executable, tmp_path_factory.mktemp("scores"))


def without_libraries(scorecard: bytes) -> str:
    """Return a scorecard's text less the versions of libraries.

    The lock has another numpy for Python 3.11 than for later ones.
    """
    document = json.loads(scorecard)
    assert document["fingerprint"].pop("libraries").keys() >= {"numpy"}
    return json.dumps(document)


def test_each_python_writes_the_same_bytes(
    python: str, here: dict[str, bytes], tmp_path: Path
) -> None:
    assert {"bleu2", "rougeL", "cider"} <= set(PLAIN)
    there = score_samples(python, tmp_path)
    assert there.keys() == here.keys()
    tables = [name for name in here if name.endswith(".npz")]
    assert len(tables) == 3
    for name in tables:
        assert there[name] == here[name], name
    for name in here.keys() - tables:
        assert without_libraries(there[name]) == without_libraries(here[name]), name
