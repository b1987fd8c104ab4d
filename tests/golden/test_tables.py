"""The files of a small leaderboard. Read the diff before you update: UPDATE_GOLDEN=1 pytest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.render.board.tables import leaderboard_files
from tests.unit.render import samples as s

FOLDER = Path(__file__).parent / "tables"
FILES = leaderboard_files(s.example_leaderboard())


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_the_leaderboard_reads_as_its_golden_file(name: str) -> None:
    golden = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        golden.write_bytes(FILES[name])
    assert FILES[name] == golden.read_bytes()


def test_no_golden_table_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(FILES)
