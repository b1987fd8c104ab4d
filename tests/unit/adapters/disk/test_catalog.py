from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.adapters.disk.catalog import BUILT_IN, load_catalog, write_studies
from bot.domain.dataset import References, Study, list_studies
from bot.errors import Misconfigured


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the built-in catalog, free to be broken."""
    copy = tmp_path / "catalog"
    shutil.copytree(BUILT_IN, copy)
    return copy


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def failure(folder: Path) -> str:
    with pytest.raises(Misconfigured) as caught:
        load_catalog(folder)
    return str(caught.value)


def test_the_built_in_catalog_holds_together() -> None:
    catalog = load_catalog(BUILT_IN)
    assert list(catalog.datasets) == list(catalog.card.datasets)
    for board in catalog.boards():
        studies = catalog.board_studies(board)
        if studies is not None:
            assert len(studies.ids) == catalog.datasets[board.dataset].sections[board.section]


def test_a_missing_card_is_named(folder: Path) -> None:
    (folder / "datasets/iu-xray.yaml").unlink()
    assert "datasets/iu-xray.yaml: cannot read" in failure(folder)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("access: public", "access: everyone", "access"),
        ("access: public", "access: public\nnotes: x", "notes"),
        ("split: ", "splitt: ", "split"),
        ("\nn: ", "\nn: -", "n"),
        ("source: https://", "source: http://", "source"),
    ],
)
def test_a_wrong_field_is_named_with_its_file(folder: Path, old: str, new: str, field: str) -> None:
    replace(folder / "datasets/iu-xray.yaml", old, new)
    said = failure(folder)
    assert "datasets/iu-xray.yaml: " in said
    assert f"{field}: " in said
    assert said.endswith("mend the catalog")


def test_all_wrong_fields_of_a_file_are_named_at_once(folder: Path) -> None:
    path = folder / "datasets/iu-xray.yaml"
    replace(path, "access: public", "access: everyone")
    replace(path, "source: https://", "source: ")
    said = failure(folder)
    assert "access: " in said
    assert "source: " in said


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x\n", "a: !!python/name:os.system x\n", "a: 1\na: 2\n", "["]
)
def test_yaml_that_is_not_plain_is_refused_with_its_line(folder: Path, text: str) -> None:
    (folder / "leaderboard.yaml").write_text(text, encoding="utf-8")
    assert "leaderboard.yaml:" in failure(folder)


def test_a_card_under_another_name_is_refused(folder: Path) -> None:
    replace(folder / "datasets/mini.yaml", "id: mini", "id: maxi")
    assert "id is 'maxi'; the file's name says 'mini'" in failure(folder)


def test_a_study_list_that_is_none_says_how_to_get_one(folder: Path) -> None:
    (folder / "studies/mini.json").write_text("{}", encoding="utf-8")
    assert "rexrank dataset import mini FILE" in failure(folder)


def test_a_study_list_of_another_dataset_is_refused(folder: Path) -> None:
    shutil.copy(folder / "studies/iu-xray.json", folder / "studies/mini.json")
    assert "about 'iu-xray', not 'mini'" in failure(folder)


def test_a_written_study_list_is_loaded(folder: Path) -> None:
    studies = list_studies(References(dataset="mini", studies={"s1": Study(findings="Clear.")}))
    assert write_studies(folder, studies) == folder / "studies/mini.json"
    assert load_catalog(folder).studies["mini"] == studies
