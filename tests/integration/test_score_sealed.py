"""The trusted job, whole: real age, real git, the loopback GitHub, the scorer in a process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.value import sha256_of
from tests.integration.sealed_job import ENTRY, SEALED, SealedWorld, sealed_world

SCORES = f"scores/{ENTRY}"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealedWorld]:
    with sealed_world(tmp_path, monkeypatch) as made:
        yield made


def card(world: SealedWorld, board: str) -> dict[str, object]:
    path = world.output / SCORES / board / "scorecard.json"
    document: dict[str, object] = json.loads(path.read_text())
    return document


def test_row_32_sealed_predictions_become_rounded_aggregates_and_nothing_else(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    head = world.propose()
    assert world.score(head) == 0
    assert world.files() == [
        "inspection.json",
        f"{SCORES}/hidden.findings/per-study.npz.age",
        f"{SCORES}/hidden.findings/scorecard.json",
        f"{SCORES}/locked.findings/per-study.npz.age",
        f"{SCORES}/locked.findings/scorecard.json",
        f"{SCORES}/mini.findings/per-study.npz",
        f"{SCORES}/mini.findings/scorecard.json",
    ]
    sealed = card(world, "locked.findings")
    value = sealed["metrics"]["bleu2"]["value"]  # type: ignore[index]
    assert sealed["decimals"] == 3
    assert value == round(value, 3)
    committed = (world.hidden / ENTRY / SEALED).read_bytes()
    assert sealed["predictions_sha256"] == sha256_of(committed)
    assert "decimals" not in card(world, "mini.findings")
    assert world.record(head) == 0
    assert world.report(head) == 0
    (comment,) = world.comments()
    assert "Ready, waiting for a person" in comment
    assert f"{value:.3f}" in comment
    assert "scored<<" in (world.work / "step-output").read_text()
    world.assert_nothing_shows(*capfd.readouterr())
