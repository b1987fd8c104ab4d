"""`rexrank setup` on an empty repository, and `rexrank doctor --github` on what it made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.setup_world import SetupWorld, new_world


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[SetupWorld]:
    with new_world(tmp_path, monkeypatch, capsys) as made:
        yield made


def test_an_empty_repository_is_set_up_with_an_app_in_one_run(world: SetupWorld) -> None:
    status, said = world.setup(*world.by_app)
    assert (status, said["left"]) == (0, []), world.said
    assert world.doctor_by_app("--maintainer", "mia") == (0, {})


def test_an_empty_repository_is_set_up_with_a_deploy_key_in_one_run(world: SetupWorld) -> None:
    status, said = world.setup(*world.by_key)
    assert (status, said["left"]) == (0, []), world.said
    assert world.doctor() == (0, {})
