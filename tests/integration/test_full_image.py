"""The image `full`: it builds, holds its weights, and scores with every metric without a network.

Gigabytes are fetched for it, so it runs only when asked: `make test-image`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.adapters.disk.files import read_submission
from bot.adapters.disk.score_folder import read_scores
from bot.adapters.scorer.container import ContainerSandbox
from bot.adapters.scorer.sandbox import score_in_sandbox
from bot.jobs.installation import Installation
from tests.fakes.tiny_models import MODELS

from .engine import Engine, build_scorer_image
from .model_folder import CHECKOUT, NAMES, run, score_words

ENTRY = CHECKOUT / "submissions" / "sample-terse"
TAG = "rexrank-full:test"
TOLERANCE = 1e-5
"""Another Python and another processor's kernels may differ in the last bits of float32."""


@pytest.mark.full_image
def test_the_full_image_scores_every_metric_with_its_own_weights(
    container_engine: Engine, tiny_models: Path, tmp_path: Path
) -> None:
    context = tmp_path / "context"
    listed = subprocess.check_output(("git", "ls-files", "-z"), cwd=CHECKOUT, text=True)
    for name in filter(None, listed.split("\0")):
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, context / name)
    shutil.copytree(tiny_models, context / "models")
    build_scorer_image(container_engine, TAG, "full", context)
    environment = {**os.environ, **container_engine.environment()}
    sandbox = ContainerSandbox("docker", TAG, client_environment=environment)
    scored = score_in_sandbox(
        sandbox,
        read_submission(ENTRY),
        [Installation(None).references.read("mini")],
        score_words(ENTRY)[2:],
        timeout_s=900,
        log=tmp_path / "log",
    )
    card = scored[0][0]
    assert {name: card.metrics[name].status for name in NAMES} == dict.fromkeys(NAMES, "scored")
    assert set(card.fingerprint.weights) == set(MODELS)
    assert card.fingerprint.image == sandbox.digest()
    run(*score_words(ENTRY), "--output", str(tmp_path / "here"), REXRANK_MODELS=str(tiny_models))
    here = read_scores(tmp_path / "here" / ENTRY.name)[0][0]
    for name in NAMES:
        expected = here.metrics[name].value
        assert card.metrics[name].value == pytest.approx(expected, abs=TOLERANCE), name
