"""The loopback GitHub and the emulator of another maker answer the same calls alike."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.fakes.github_server import GitHubServer
from tests.fakes.github_server.description import DESCRIPTION
from tests.require import require

EMULATE = DESCRIPTION.parents[3] / "emulate/dist/index.js"
STARTS_WITHIN_S = 30.0
SEED: dict[str, Any] = {
    "tokens": {"mia-token": {"login": "mia", "scopes": ["repo"]}},
    "github": {
        "users": [{"login": "mia", "name": "Mia", "email": "mia@host.invalid"}],
        "repos": [{"owner": "mia", "name": "reports", "auto_init": True}],
    },
}
CALLS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "/issues", {"title": "Talk"}),
    ("GET", "/issues/1", None),
    ("POST", "/issues/1/comments", {"body": "first"}),
    ("GET", "/issues/1/comments", None),
    ("POST", "/labels", {"name": "ready", "color": "00ff00"}),
    ("POST", "/labels", {"name": "ready", "color": "00ff00"}),
    ("POST", "/issues/1/labels", {"labels": ["ready"]}),
    ("GET", "/issues/1/labels", None),
    ("DELETE", "/issues/1/labels/ready", None),
    ("GET", "/issues/99", None),
    ("GET", "/labels/absent", None),
    ("GET", "/pulls/99", None),
    ("PUT", "/pulls/99/merge", {}),
    ("GET", "/commits/main/check-runs", None),
    ("GET", "/git/ref/heads/main", None),
]
LEFT_OUT = {"closed_by"}
"""Names that GitHub's description does not require and our server does not know."""


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[str]:
    node = shutil.which("node")
    require(node and EMULATE.exists(), "emulate is missing: (cd tests/npm && npm ci)")
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(SEED), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    root = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [str(node), str(EMULATE), "start", "--service", "github", "--port", str(port),
         "--seed", str(seed), "--base-url", root],
        cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    )  # fmt: skip
    try:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not listens(port):
            assert process.poll() is None, "emulate ended at once"
            assert time.monotonic() < deadline, "emulate does not answer"
            time.sleep(0.05)
        yield root
    finally:
        process.terminate()
        process.wait(timeout=10)


def listens(port: int) -> bool:
    """Return whether something takes connections on a loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ask(root: str, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, Any]:
    """Return status and decoded answer of one call to the repository mia/reports."""
    request = urllib.request.Request(
        f"{root}/repos/mia/reports{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer mia-token", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"null")


def keys(document: Any) -> set[str]:
    """Return the names in an object, or in the first object of a list."""
    if isinstance(document, list):
        return keys(document[0]) if document else set()
    return set(document or {})


def test_both_give_the_same_statuses_and_names(peer: str) -> None:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer() as server:
        server.create_repository("mia/reports")
        server.add_token("mia-token", "mia")
        complaints = []
        for method, path, body in CALLS:
            ours, theirs = (ask(root, method, path, body) for root in (server.api_url, peer))
            if ours[0] != theirs[0]:
                complaints.append(f"{method} {path}: {ours} but {theirs}")
            elif ours[0] < 400:
                missing = keys(theirs[1]) - keys(ours[1]) - LEFT_OUT
                complaints += [f"{method} {path} lacks {name}" for name in sorted(missing)]
        assert complaints == []
