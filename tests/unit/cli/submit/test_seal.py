"""`rexrank seal` replaces a plain file by one that only the leaderboard opens."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml
from pyrage import x25519

from bot.adapters.references.sealing import Opener
from bot.cli.app import run
from bot.domain.seal_header import SealHeader, split_header
from bot.domain.value import sha256_of
from tests.sealed_world import IDS, write_catalog, write_references, write_submission

CANARY = "canary words of a report"
USER = 583231


@pytest.fixture
def key() -> x25519.Identity:
    return x25519.Identity.generate()


@pytest.fixture
def folder(tmp_path: Path, key: x25519.Identity, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REXRANK_CATALOG", str(write_catalog(tmp_path / "catalog", key)))
    monkeypatch.setenv("REXRANK_REFERENCES", str(tmp_path / "none"))
    monkeypatch.setenv("REXRANK_USER_ID", str(USER))
    return write_submission(tmp_path / "secretive", {"locked": dict.fromkeys(IDS, CANARY)})


def entries(folder: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = yaml.safe_load((folder / "manifest.yaml").read_text())[
        "predictions"
    ]
    return rows


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "predictions").iterdir())


def test_the_plain_file_goes_and_the_sealed_one_is_listed(
    folder: Path, key: x25519.Identity
) -> None:
    plain = (folder / "predictions/locked.findings.json").read_bytes()
    assert run(["validate", str(folder)]) == 1
    assert run(["seal", str(folder), "--yes"]) == 0
    assert names(folder) == ["locked.findings.json.age"]
    sealed = (folder / "predictions/locked.findings.json.age").read_bytes()
    header, predictions = split_header(Opener([key])(sealed))
    assert predictions == plain
    assert header == SealHeader(
        leaderboard="https://github.com/rexrank/rexrank-bot",
        entry="secretive",
        dataset="locked",
        section="findings",
        user_id=USER,
    )
    (entry,) = entries(folder)
    assert entry["file"] == "predictions/locked.findings.json.age"
    assert entry["sha256"] == sha256_of(sealed)
    assert run(["validate", str(folder)]) == 0


def test_row_32_no_byte_of_a_report_is_left(folder: Path) -> None:
    assert run(["seal", str(folder), "--yes", "--board", "locked.findings"]) == 0
    for path in folder.rglob("*"):
        assert path.is_dir() or b"canary" not in path.read_bytes()


def test_a_dry_run_and_keep_remove_nothing(folder: Path) -> None:
    assert run(["seal", str(folder), "--dry-run"]) == 0
    assert names(folder) == ["locked.findings.json"]
    assert run(["seal", str(folder), "--keep"]) == 0
    assert names(folder) == ["locked.findings.json", "locked.findings.json.age"]


def test_nothing_is_removed_without_a_word(folder: Path) -> None:
    assert run(["seal", str(folder)]) == 2
    assert names(folder) == ["locked.findings.json"]


def test_a_faulty_file_is_not_sealed(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = folder / "predictions/locked.findings.json"
    path.write_text(json.dumps(dict.fromkeys(IDS[1:], CANARY)))
    assert run(["seal", str(folder), "--yes"]) == 1
    assert "predictions.count" in capfd.readouterr().err
    assert names(folder) == ["locked.findings.json"]


def test_coverage_is_checked_where_the_references_are(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REXRANK_REFERENCES", str(write_references(tmp_path / "store")))
    path = folder / "predictions/locked.findings.json"
    path.write_text(json.dumps(dict.fromkeys((*IDS[1:], "somebody-else"), CANARY)))
    assert run(["seal", str(folder), "--yes"]) == 1
    err = capfd.readouterr().err
    assert "predictions.study-missing" in err
    assert "predictions.study-unknown" in err


@pytest.mark.parametrize("board", ["mini.findings", "locked.report", "nothing"])
def test_only_a_listed_board_that_is_not_public_is_sealed(folder: Path, board: str) -> None:
    assert run(["seal", str(folder), "--yes", "--board", board]) == 2


def test_a_sealed_folder_has_nothing_to_seal(folder: Path) -> None:
    assert run(["seal", str(folder), "--yes"]) == 0
    assert run(["seal", str(folder), "--yes"]) == 1


def test_a_leaderboard_without_recipients_says_so(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REXRANK_CATALOG", str(write_catalog(tmp_path / "other")))
    assert run(["seal", str(folder), "--yes"]) == 78
    assert names(folder) == ["locked.findings.json"]


class Users(BaseHTTPRequestHandler):
    """Knows sybil, and nobody else."""

    def do_GET(self) -> None:
        known = self.path == "/users/sybil"
        body = json.dumps({"login": "sybil", "id": 99} if known else {"message": "Not Found"})
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass


@pytest.fixture
def github(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    assert folder.is_dir()  # made first, with an id in the environment
    monkeypatch.delenv("REXRANK_USER_ID", raising=False)
    monkeypatch.delenv("REXRANK_TOKEN", raising=False)
    server = HTTPServer(("127.0.0.1", 0), Users)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    monkeypatch.setenv("GITHUB_API_URL", f"http://127.0.0.1:{server.server_address[1]}")
    yield
    server.shutdown()
    thread.join()
    server.server_close()


def sealed_for(folder: Path, key: x25519.Identity) -> int:
    sealed = (folder / "predictions/locked.findings.json.age").read_bytes()
    header, _ = split_header(Opener([key])(sealed))
    assert header is not None
    return header.user_id


@pytest.mark.usefixtures("github")
def test_github_is_asked_for_the_first_submitter(
    folder: Path, key: x25519.Identity, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["seal", str(folder), "--yes"]) == 0
    assert "sealing for sybil, user 99" in capfd.readouterr().err
    assert sealed_for(folder, key) == 99


@pytest.mark.usefixtures("github")
def test_who_is_not_known_or_no_submitter_gets_told_what_to_do(
    folder: Path, key: x25519.Identity, capfd: pytest.CaptureFixture[str]
) -> None:
    manifest = folder / "manifest.yaml"
    manifest.write_text(manifest.read_text().replace("- sybil", "- sybil\n- nobody"))
    assert run(["seal", str(folder), "--yes", "--login", "eve"]) == 2
    assert run(["seal", str(folder), "--yes", "--login", "nobody"]) == 78
    assert "give --user-id" in capfd.readouterr().err
    assert names(folder) == ["locked.findings.json"]
    assert run(["seal", str(folder), "--yes", "--login", "Sybil", "--user-id", "5"]) == 0
    assert sealed_for(folder, key) == 5


def test_a_folder_that_cannot_be_an_entry_is_renamed_first(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    moved = folder.rename(folder.parent / "Secretive Model")
    assert run(["seal", str(moved), "--yes"]) == 1
    assert "rename it first" in capfd.readouterr().err
