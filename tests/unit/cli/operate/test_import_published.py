from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.disk.catalog import load_published
from bot.cli.app import run
from tests.real_data import HISTORY, PUBLISHED, require_real_data


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    folder = tmp_path / "catalog"
    folder.mkdir()
    return folder


def write_tables(path: Path, value: float = 0.5, *, month: str = "2026-09") -> Path:
    row: dict[str, Any] = {
        "dataset": "IU-Xray",
        "split": "test",
        "section": "findings",
        "model": "Alpha",
        "institution": "A lab",
        "date": "2026",
        "metrics": {"1/RadCliQ-v1": value},
    }
    path.write_text(json.dumps({"source": f"tables of {month}", "rows": [row]}))
    return path


def bring(file: Path, catalog: Path, *options: str) -> int:
    return run(["import-published", str(file), "--catalog", str(catalog), *options])


def test_a_new_file_is_a_new_snapshot_and_a_second_time_changes_nothing(
    tmp_path: Path, catalog: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring(write_tables(tmp_path / "a.json", month="2026-08"), catalog) == 0
    file = write_tables(tmp_path / "b.json", 0.6)
    assert bring(file, catalog) == 0
    assert [state.date for state in load_published(catalog)] == ["2026-08", "2026-09"]
    before = {path: path.stat().st_mtime_ns for path in (catalog / "published").iterdir()}
    capsys.readouterr()
    assert bring(file, catalog) == 0
    assert capsys.readouterr().err.startswith("unchanged: ")
    assert {path: path.stat().st_mtime_ns for path in (catalog / "published").iterdir()} == before


def test_other_tables_of_a_date_are_not_written_over_unless_asked(
    tmp_path: Path, catalog: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring(write_tables(tmp_path / "a.json"), catalog) == 0
    changed = write_tables(tmp_path / "a.json", 0.7)
    assert bring(changed, catalog) == 78
    assert "2026-09.json: holds other tables of 2026-09" in capsys.readouterr().err
    assert load_published(catalog)[0].rows[0].scores == {"inv_radcliq_v1": 0.5}
    assert bring(changed, catalog, "--date", "2026-09-12") == 0
    assert bring(changed, catalog, "--replace") == 0
    assert [s.rows[0].scores["inv_radcliq_v1"] for s in load_published(catalog)] == [0.7, 0.7]


def test_a_dry_run_writes_nothing_and_says_what_it_would_write(
    tmp_path: Path, catalog: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring(write_tables(tmp_path / "a.json"), catalog, "--dry-run") == 0
    assert "would write" in capsys.readouterr().err
    assert list(catalog.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        ("{}", (), "a.json: not a file of published tables: source: Field required"),
        ("{", (), "a.json: not a file of published tables"),
        (None, ("--source", "javascript:alert(1)"), "a.json: source: "),
    ],
)
def test_what_is_wrong_is_named_with_its_file_and_nothing_is_written(
    tmp_path: Path,
    catalog: Path,
    capsys: pytest.CaptureFixture[str],
    content: str | None,
    options: tuple[str, ...],
    words: str,
) -> None:
    file = write_tables(tmp_path / "a.json")
    if content is not None:
        file.write_text(content)
    assert bring(file, catalog, *options) == 78
    assert words in capsys.readouterr().err
    assert list(catalog.iterdir()) == []


def test_a_date_that_is_none_is_wrong_usage(tmp_path: Path, catalog: Path) -> None:
    assert bring(write_tables(tmp_path / "a.json"), catalog, "--date", "../../x") == 2
    assert list(catalog.iterdir()) == []


def test_the_real_tables_and_their_history_are_three_snapshots_with_seven_flags(
    catalog: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    require_real_data()
    assert bring(PUBLISHED, catalog, "--history", str(HISTORY)) == 0
    said = capsys.readouterr().err
    assert "2026-08.json: 160 rows, 9 rows of questions, 7 inconsistent" in said
    assert "GPT4V on rexgradient.report (test): inv_radcliq_v1 is published as 0.605" in said
    assert len(load_published(catalog)) == 3
