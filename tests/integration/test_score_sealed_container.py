"""The trusted job with the real container engine and the real scorer image."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.engine import Engine
from tests.integration.sealed_job import ENTRY, SealedWorld, sealed_world

ORDINARY_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@pytest.fixture
def world(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    container_engine: Engine,
    scorer_image: str,
) -> Iterator[SealedWorld]:
    with sealed_world(tmp_path, monkeypatch) as made:
        monkeypatch.setenv("PATH", ORDINARY_PATH)
        for name, value in container_engine.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("REXRANK_SCORER_IMAGE", scorer_image)
        yield made


def test_row_32_a_container_scores_what_is_sealed_and_nothing_shows(
    world: SealedWorld, scorer_image: str, capfd: pytest.CaptureFixture[str]
) -> None:
    head = world.propose()
    assert world.score(head) == 0
    for board, decimals in (("hidden", 3), ("locked", 3), ("mini", None)):
        path = world.output / "scores" / ENTRY / f"{board}.findings" / "scorecard.json"
        card = json.loads(path.read_text())
        assert card["fingerprint"]["image"] == scorer_image
        assert card.get("decimals") == decimals
        assert card["metrics"]["bleu2"]["status"] == "scored"
    assert world.record(head) == 0
    assert world.report(head) == 0
    (comment,) = world.comments()
    assert "Ready, waiting for a person" in comment
    world.assert_nothing_shows(*capfd.readouterr())
