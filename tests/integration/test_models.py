"""`rexrank models` against a hub on the loopback interface, another folder, and damage."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import yaml

from bot.adapters.scorer.models import VerifiedWeights, WeightFaults
from tests.require import require
from tests.warm_program import WarmProcess

CHECKOUT = Path(__file__).resolve().parents[2]
MODEL = "distilroberta-base"
COMMIT = "fb53ab8802853c8e4fbdbcd0529f21fc6f459b2b"
FILES = {
    "config.json": b"{}",
    "tokenizer.json": b'{"a": 1}',
    "tokenizer_config.json": b'{"b": 2}',
    "model.safetensors": bytes(range(256)) * 4000,
}


class Hub(BaseHTTPRequestHandler):
    """A model hub with one repository; `broken` names a file whose transfer breaks off."""

    protocol_version = "HTTP/1.1"
    broken: str | None = None
    asked: ClassVar[list[str]] = []

    def do_HEAD(self) -> None:
        """Answer with a file's size, hash and commit."""
        self._answer(with_body=False)

    def do_GET(self) -> None:
        """Answer with a file."""
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        prefix = f"/distilbert/{MODEL}/resolve/{COMMIT}/"
        body = FILES.get(self.path.removeprefix(prefix)) if prefix in self.path else None
        self.send_response(404 if body is None else 200)
        body = body or b""
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if with_body:
            self.asked.append(self.path)
            if self.broken and self.path.endswith(self.broken):
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
                return
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def hub() -> Iterator[str]:
    """The address of a model hub."""
    require(
        importlib.util.find_spec("huggingface_hub"),
        "needs huggingface_hub; run: pip install 'rexrank-bot[neural]'",
    )
    Hub.broken, Hub.asked = None, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one whole model in it."""
    path = tmp_path / "models"
    for name, content in FILES.items():
        (path / MODEL / name).parent.mkdir(parents=True, exist_ok=True)
        (path / MODEL / name).write_bytes(content)
    assert run("fetch", MODEL, models=path).returncode == 0
    return path


def run(*words: str, models: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `rexrank models`."""
    settings = {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    command = ("models", *words, "--models", str(models))
    process = WarmProcess(command, {**os.environ, **settings, **variables})
    said, complained = process.communicate(timeout=120)
    return subprocess.CompletedProcess(command, process.wait(), said, complained)


def test_a_model_is_fetched_recorded_and_verified(hub: str, tmp_path: Path) -> None:
    models = tmp_path / "models"
    done = run("fetch", MODEL, models=models, HF_ENDPOINT=hub, HF_HOME=str(tmp_path / "hub"))
    assert done.returncode == 0, done.stderr
    assert {name: (models / MODEL / name).read_bytes() for name in FILES} == FILES
    assert sorted(path.name for path in (models / MODEL).iterdir()) == sorted(FILES)
    record = yaml.safe_load((models / "weights.yaml").read_text())["weights"][0]
    assert record["id"] == MODEL
    assert record["licence"] == "Apache-2.0"
    assert {file["path"]: file["sha256"] for file in record["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()
    }
    assert all(COMMIT in file["origin"] for file in record["files"])
    verified = run("verify", models=models)
    assert (verified.returncode, "whole" in verified.stdout) == (0, True)
    asked = len(Hub.asked)
    again = run("fetch", MODEL, models=models, HF_ENDPOINT=hub)
    assert again.returncode == 0
    assert len(Hub.asked) == asked


def test_a_transfer_that_breaks_off_keeps_nothing_and_can_be_run_again(
    hub: str, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    Hub.broken = "model.safetensors"
    settings = {"HF_ENDPOINT": hub, "HF_HOME": str(tmp_path / "hub")}
    done = run("fetch", MODEL, models=models, **settings)
    assert done.returncode == 75
    assert "try again" in done.stderr
    assert not (models / MODEL / "model.safetensors").exists()
    assert not (models / "weights.yaml").exists()
    Hub.broken = None
    assert run("fetch", MODEL, models=models, **settings).returncode == 0
    assert run("verify", models=models).returncode == 0


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_models_are_copied_from_another_folder(folder: Path, tmp_path: Path, scheme: str) -> None:
    (folder / "radgraph" / "encoder").mkdir(parents=True)
    (folder / "radgraph" / "weights.th").write_bytes(b"weights")
    (folder / "radgraph" / "encoder" / "config.json").write_bytes(b"{}")
    copy = tmp_path / "copy"
    done = run("fetch", MODEL, "radgraph", "--from", f"{scheme}{folder}", models=copy)
    assert done.returncode == 0, done.stderr
    for path in ("radgraph/weights.th", "radgraph/encoder/config.json", f"{MODEL}/config.json"):
        assert (copy / path).read_bytes() == (folder / path).read_bytes()
    assert run("verify", models=copy).stdout.count("whole") == 2


def test_what_is_not_there_or_has_another_hash_is_named(folder: Path, tmp_path: Path) -> None:
    lacking = run("fetch", "radgraph", "--from", str(folder), models=tmp_path / "copy")
    assert lacking.returncode == 78
    assert "sign the data use agreement" in lacking.stderr
    (folder / "chexbert").mkdir()
    (folder / "chexbert" / "chexbert.pth").write_bytes(b"weights")
    (folder / "chexbert" / "vocab.txt").write_bytes(b"[PAD]\n")
    pinned = run("fetch", "chexbert", models=folder)
    assert pinned.returncode == 78
    assert "vocab.txt" in pinned.stderr
    assert "published is 07eced37" in pinned.stderr
    unknown = run("fetch", "chexbird", models=folder)
    assert (unknown.returncode, "no model chexbird" in unknown.stderr) == (2, True)


def test_a_changed_or_missing_file_is_found_before_it_scores(folder: Path) -> None:
    assert MODEL in VerifiedWeights(folder)
    (folder / MODEL / "model.safetensors").write_bytes(b"other")
    done = run("verify", "--output-format", "json", models=folder)
    assert done.returncode == 1
    assert json.loads(done.stdout)[0]["faults"] == [
        "model.safetensors is not the file that was recorded"
    ]
    weights = VerifiedWeights(folder)
    assert MODEL not in weights
    assert "run: rexrank models fetch --again" in WeightFaults(folder, weights)[MODEL]
    (folder / MODEL / "config.json").unlink()
    assert "config.json cannot be read" in run("verify", models=folder).stdout


def test_the_list_says_terms_metrics_and_state(folder: Path) -> None:
    rows = json.loads(run("list", "--output-format", "json", models=folder).stdout)
    by_id = {row["id"]: row for row in rows}
    assert by_id[MODEL]["sha256"] is not None
    assert by_id["radgraph"]["sha256"] is None
    assert by_id["radgraph"]["licence"].startswith("PhysioNet")
    assert "semb" in by_id["chexbert"]["needed_by"]
    lines = run("list", models=folder).stdout.splitlines()
    assert any(line.startswith(MODEL) and "recorded" in line for line in lines)
