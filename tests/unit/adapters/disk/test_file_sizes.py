"""A file that is larger than one may be is told so, everywhere, and never read in part."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from pyrage import x25519

from bot.adapters.disk.files import read_submission
from bot.cli.app import run
from bot.domain.limits import MAX_FILE_BYTES, MAX_TEXT_BYTES
from bot.domain.value import sha256_of
from tests.sealed_world import IDS, write_catalog, write_submission

SEALED = "predictions/locked.findings.json.age"
MAGIC = b"age-encryption.org/v1\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    key = x25519.Identity.generate()
    monkeypatch.setenv("REXRANK_CATALOG", str(write_catalog(tmp_path / "catalog", key)))
    monkeypatch.setenv("REXRANK_REFERENCES", str(tmp_path / "none"))
    monkeypatch.setenv("REXRANK_USER_ID", "7")
    texts = {name: f"Clear lungs in {name}." for name in IDS}
    return write_submission(tmp_path / "secretive", {"locked": texts})


def list_sealed(folder: Path, data: bytes) -> None:
    """Put a sealed file in the plain one's place, with its right hash."""
    (folder / "predictions/locked.findings.json").unlink()
    (folder / SEALED).write_bytes(data)
    path = folder / "manifest.yaml"
    manifest = yaml.safe_load(path.read_text())
    manifest["predictions"][0] |= {"file": SEALED, "sha256": sha256_of(data)}
    path.write_text(yaml.safe_dump(manifest, sort_keys=False))


def codes(folder: Path, capfd: pytest.CaptureFixture[str]) -> list[str]:
    capfd.readouterr()
    run(["validate", str(folder), "--output-format", "json"])
    return [finding["code"] for finding in json.loads(capfd.readouterr().out)]


@pytest.mark.parametrize("size", [MAX_FILE_BYTES + 1, 27 * 1024 * 1024])
def test_a_sealed_file_over_the_limit_is_too_large_and_its_hash_is_not_doubted(
    folder: Path, capfd: pytest.CaptureFixture[str], size: int
) -> None:
    list_sealed(folder, MAGIC.ljust(size, b"x"))
    assert codes(folder, capfd) == ["predictions.too-large"]
    read = read_submission(folder)
    assert len(read.files[SEALED]) == MAX_FILE_BYTES + 1


def test_a_sealed_file_at_the_limit_is_in_order(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    list_sealed(folder, MAGIC.ljust(MAX_FILE_BYTES, b"x"))
    assert codes(folder, capfd) == []


def test_a_plain_file_over_the_limit_is_too_large_and_nothing_else(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = folder / "predictions/locked.findings.json"
    data = path.read_bytes().ljust(27 * 1024 * 1024)
    path.write_bytes(data)
    manifest = folder / "manifest.yaml"
    document = yaml.safe_load(manifest.read_text())
    document["predictions"][0]["sha256"] = sha256_of(data)
    manifest.write_text(yaml.safe_dump(document, sort_keys=False))
    assert codes(folder, capfd) == ["manifest.must-be-sealed", "predictions.too-large"]


def test_a_note_over_its_limit_is_found_before_the_push(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "README.md").write_bytes(b"x" * MAX_TEXT_BYTES)
    assert "changes.too-large" not in codes(folder, capfd)
    (folder / "README.md").write_bytes(b"x" * (MAX_TEXT_BYTES + 1))
    assert "changes.too-large" in codes(folder, capfd)


def test_what_would_be_too_large_when_it_is_sealed_is_not_sealed(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The plain file is at its limit; its header and age's own bytes come on top."""
    path = folder / "predictions/locked.findings.json"
    path.write_bytes(path.read_bytes().ljust(MAX_FILE_BYTES))
    before = (folder / "manifest.yaml").read_bytes()
    assert run(["seal", str(folder), "--yes"]) == 1
    assert "predictions.too-large" in capfd.readouterr().err
    assert path.exists()
    assert not (folder / SEALED).exists()
    assert (folder / "manifest.yaml").read_bytes() == before


def test_what_would_be_too_large_when_it_is_packaged_is_not_written(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    raw = tmp_path / "raw.json"
    raw.write_text(json.dumps(dict.fromkeys(IDS, "x" * (MAX_FILE_BYTES // 10))))
    words = ["package", str(folder), str(raw), "--dataset", "locked", "--section", "findings"]
    before = (folder / "predictions/locked.findings.json").read_bytes()
    assert run(words) == 1
    assert "predictions.too-large" in capfd.readouterr().err
    assert (folder / "predictions/locked.findings.json").read_bytes() == before
