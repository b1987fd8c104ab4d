"""A repository that nobody has set up, its administrator, and `rexrank setup` run on it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.adapters.disk.catalog import BUILT_IN
from bot.cli.app import run
from tests.fakes.github_server import App, GitHubServer, Repository
from tests.fakes.github_server.clients import BOARD
from tests.fakes.github_server.description import DESCRIPTION
from tests.require import require

APP = App(4242, "our-board", "Our board")
ADMINISTRATOR = {
    "metadata": "read",
    "actions": "read",
    "administration": "write",
    "contents": "write",
    "environments": "write",
    "issues": "write",
    "pages": "write",
    "variables": "write",
}
"""What `rexrank setup --help` asks for."""
APP_GRANTS = dict.fromkeys(("contents", "checks", "pull_requests", "issues", "actions"), "write")
IMAGE = "registry.example.org/board/scorer"
KNOWN = (
    *("--image", IMAGE),
    *("--scorer-image", f"{IMAGE}@sha256:{'1' * 64}"),
    *("--references", "https://data.example.org/references"),
    *("--site", "https://board.example.org"),
)
IDENTITY = "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ\n"
UNSET_CODE_OWNERS = "* @rexrank-maintainers\n/leaderboard/\n"


@cache
def app_keys() -> tuple[str, str]:
    """Return the private and the public key of the app, in PEM form."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


@dataclass
class SetupWorld:
    """A fresh repository and what its administrator has at hand."""

    server: GitHubServer
    folder: Path
    said: str = ""
    """What the last run wrote to standard error."""

    @property
    def repository(self) -> Repository:
        return self.server.repository(BOARD)

    @property
    def by_app(self) -> tuple[str, ...]:
        """Return the options of a leaderboard whose app writes."""
        key = ("--app", str(APP.id), "--app-key", str(self.folder / "app.pem"))
        return (*self.common, *key)

    @property
    def by_key(self) -> tuple[str, ...]:
        """Return the options of a leaderboard whose deploy key writes."""
        return (*self.common, "--deploy-key")

    @property
    def common(self) -> tuple[str, ...]:
        identity = ("--identity", str(self.folder / "identity.txt"))
        return ("--maintainer", "mia", *KNOWN, *identity)

    def run(self, *arguments: str) -> tuple[int, str]:
        """Return the exit status of a command and its standard output."""
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as error:
            status = run([*arguments, "--catalog", str(self.folder / "catalog")])
        self.said = error.getvalue()
        return status, out.getvalue()

    def setup(self, *options: str) -> tuple[int, dict[str, Any]]:
        """Return the exit status of a run and what it says in JSON."""
        status, out = self.run("setup", BOARD, *options, "--output-format", "json")
        return status, json.loads(out) if out else {}

    def doctor(self, *options: str) -> tuple[int, dict[str, str]]:
        """Return the exit status, and name and detail of what is not in order."""
        status, out = self.run("doctor", "--github", *options, "--output-format", "json")
        found = json.loads(out)
        return status, {p["name"]: p["detail"] for p in found if p["verdict"] != "ok"}

    def doctor_by_app(self, *options: str) -> tuple[int, dict[str, str]]:
        """Return what the doctor finds wrong where the app writes."""
        key = ("--app", str(APP.id), "--app-key", str(self.folder / "app.pem"))
        return self.doctor(*key, *options)

    def writes(self) -> list[str]:
        """Return each call that changed something, and forget all calls so far."""
        reads = ("GET", "HEAD")
        calls = [r for r in self.server.requests if r.method not in reads]
        self.server.requests.clear()
        return [
            f"{r.method} {r.path.removeprefix(f'/repos/{BOARD}').lstrip('/')}"
            for r in calls
            if not r.path.endswith("git-upload-pack")
        ]

    def state(self) -> dict[str, Any]:
        """Return how the repository is set up, without the numbers of things."""
        one = self.repository
        return {
            "rulesets": sorted(
                json.dumps({k: v for k, v in row.items() if k != "id"}, sort_keys=True)
                for row in one.rulesets.values()
            ),
            "environments": {
                name: {
                    **{k: v for k, v in row.items() if k not in {"id", "key", "created_at"}},
                    "policies": sorted(policy["name"] for policy in row["policies"].values()),
                    "secrets": sorted(row["secrets"]),
                }
                for name, row in one.environments.items()
            },
            "labels": {row.name: (row.color, row.description) for row in one.labels.values()},
            "keys": [(row["title"], row["read_only"]) for row in one.deploy_keys.values()],
            "variables": one.variables,
            "actions": one.actions,
            "merging": one.merging,
            "pages": one.pages,
            "owners": one.git.run("show", "main:.github/CODEOWNERS"),
            "commits": one.git.run("rev-list", "--count", "main").strip(),
            "ledger": one.git.run("rev-list", "--count", "ledger").strip(),
        }


@contextmanager
def new_world(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SetupWorld]:
    """Yield a repository with main and nothing else, whose app is installed."""
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    catalog = folder / "catalog"
    shutil.copytree(BUILT_IN, catalog)
    card = catalog / "leaderboard.yaml"
    text = card.read_text(encoding="utf-8")
    text = text.replace("rexrank/rexrank-bot", BOARD).replace("[rexrank-maintainers]", "[mia]")
    card.write_text(text, encoding="utf-8")
    private, public = app_keys()
    (folder / "app.pem").write_text(private, encoding="utf-8")
    (folder / "identity.txt").write_text(IDENTITY, encoding="utf-8")
    with GitHubServer() as server:
        files = {"README.md": "hi\n", ".github/CODEOWNERS": UNSET_CODE_OWNERS}
        server.create_repository(BOARD, files, collaborators={"mia": "maintain", "tom": "read"})
        server.repository(BOARD).merging["allow_auto_merge"] = True
        server.add_token("administrator", "board", permissions=ADMINISTRATOR)
        server.add_app(APP, "board", APP_GRANTS, public)
        monkeypatch.setenv("GITHUB_API_URL", server.api_url)
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("REXRANK_TOKEN", "administrator")
        monkeypatch.setattr("bot.jobs.setup.wish.PAUSE_S", 0.0)
        yield SetupWorld(server, folder)
