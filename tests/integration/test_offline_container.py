"""Every metric with a model, on tiny weights, in the scorer's sandbox: no network, same bytes.

The container gets this system's own programs and libraries, so that the test costs no image of
gigabytes. `test_full_image.py` does the same with the image `full`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.disk.score_folder import read_scores
from bot.adapters.scorer.container import ContainerSandbox
from tests.fakes.tiny_models import MODELS

from .engine import Engine
from .model_folder import NAMES, run, score_words

CHECKOUT = Path(__file__).resolve().parents[2]
ENTRY = CHECKOUT / "submissions" / "sample-terse"
TAG = "rexrank-this-system:test"


@pytest.fixture(scope="module")
def sandbox(container_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """A sandbox whose image starts whatever program it is told to."""
    context = tmp_path_factory.mktemp("system")
    (context / "Dockerfile").write_text(
        # Python may be installed below root's home, and the sandbox's user is nobody.
        'FROM python:3.13-slim\nRUN chmod 755 /root\nENTRYPOINT ["/usr/bin/env", "-C", "/tmp"]\n'
    )
    container_engine.docker("build", "--tag", TAG, str(context), timeout_s=600)
    environment = {**os.environ, **container_engine.environment()}
    yield ContainerSandbox("docker", TAG, client_environment=environment)
    container_engine.docker("image", "rm", "--force", TAG)


def this_system() -> dict[str, Path]:
    """Return what a container must see of this system to run what runs here."""
    places = ("/usr", "/etc/ld.so.cache", sys.base_prefix, sys.prefix, str(CHECKOUT))
    roots = dict.fromkeys(place for place in places if Path(place).exists())
    inner = {a for a in roots for b in roots if a != b and Path(a).is_relative_to(b)}
    return {place: Path(place) for place in roots if place not in inner}


def test_every_metric_with_a_model_scores_without_a_network(
    tiny_models: Path, sandbox: ContainerSandbox, tmp_path: Path
) -> None:
    inside, here = tmp_path / "inside", tmp_path / "here"
    inside.mkdir()
    words = score_words(ENTRY)
    ended = sandbox.run(
        [sys.executable, "-W", "ignore", "-m", "bot", *words, "--output", "/output"],
        read_only={**this_system(), "/models": tiny_models},
        output=inside,
        environment={"REXRANK_MODELS": "/models", "PYTHONPATH": str(CHECKOUT), "HOME": "/tmp"},
        timeout_s=600,
    )
    assert ended.exit_status == 0, ended.log[-3000:]
    run(*words, "--output", str(here), REXRANK_MODELS=str(tiny_models))
    made, expected = (read_scores(folder / ENTRY.name) for folder in (inside, here))
    assert [card.to_json() for card, _ in made] == [card.to_json() for card, _ in expected]
    card = made[0][0]
    assert {name: card.metrics[name].status for name in NAMES} == dict.fromkeys(NAMES, "scored")
    assert set(card.fingerprint.weights) == set(MODELS)
    assert {"torch", "transformers"} <= set(card.fingerprint.libraries)
