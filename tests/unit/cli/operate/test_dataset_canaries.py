"""`rexrank dataset import` plants canaries where references are not public, once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.app import run
from bot.domain.dataset import References, commit_texts
from tests.sealed_world import IDS, references_of, write_catalog


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    catalog = write_catalog(tmp_path / "catalog")
    monkeypatch.setenv("REXRANK_CATALOG", str(catalog))
    monkeypatch.setenv("REXRANK_REFERENCES", str(tmp_path / "open"))
    monkeypatch.setenv("REXRANK_PRIVATE_STORE", str(tmp_path / "private"))
    return tmp_path / "private"


def official_file(folder: Path) -> Path:
    studies = references_of("locked").studies
    path = folder / "test.json"
    path.write_text(
        json.dumps({name: {"section_findings": studies[name].findings} for name in IDS})
    )
    return path


def read(store: Path) -> References:
    return References.from_json((store / "locked.references.json").read_bytes())


def test_row_19_private_references_get_canaries_that_are_never_scored(
    store: Path, tmp_path: Path
) -> None:
    assert run(["dataset", "import", "locked", str(official_file(tmp_path))]) == 0
    references = read(store)
    canaries = references.canaries or ()
    assert len(canaries) == len(set(canaries)) == 8
    assert all(len(canary.split()) == 8 for canary in canaries)
    texts = references.texts("findings")
    assert texts == references_of("locked").texts("findings")
    assert commit_texts(texts) == commit_texts(references_of("locked").texts("findings"))
    assert not (tmp_path / "open").exists()


def test_importing_again_keeps_the_canaries(store: Path, tmp_path: Path) -> None:
    path = official_file(tmp_path)
    assert run(["dataset", "import", "locked", str(path)]) == 0
    first = read(store)
    assert run(["dataset", "import", "locked", str(path)]) == 0
    assert read(store) == first


def test_canaries_are_never_printed(
    store: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["dataset", "import", "locked", str(official_file(tmp_path))]) == 0
    printed = "".join(capfd.readouterr())
    assert not [canary for canary in read(store).canaries or () if canary in printed]
