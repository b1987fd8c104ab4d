"""A pull request with a sealed, a private and a public board, and what the trusted job has."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from pyrage import x25519

from bot.adapters.disk.catalog import BUILT_IN
from bot.adapters.git.repository import GitRepository, create_bare
from bot.adapters.ledger.quota import read_book
from bot.adapters.ledger.verify import verify_ledger
from bot.adapters.references.private import MEMORY, PREFIX
from bot.cli.app import run
from bot.domain.label import LABELS
from bot.domain.quota import QuotaBook
from bot.domain.value import sha256_of
from tests.fakes.docker_client import write_client
from tests.fakes.github_server import ACTIONS_BOT, GitHubServer
from tests.fakes.github_server.description import DESCRIPTION
from tests.require import require
from tests.sealed_world import IDS, write_catalog, write_references, write_submission

from .act.job_tokens import permissions_of
from .engine.cache import hold_lock, open_cache

BOARD = "board/reports"
ENTRY = "secretive"
TOKEN = "ghs_sealed0123456789"
WORKFLOW = Path(__file__).resolve().parents[2] / ".github/workflows/score-sealed.yml"
JOBS = {"ledger": "record", "report": "report", "pull": "inspect", "quota": "inspect"}
"""Command -> job of the workflow that runs it."""
ANSWERS = {"gate": "answer"}
"""Command -> job of the workflow that answers commands."""
WRITES_QUOTA = {"reserve": "score", "release": "score"}
"""Command below `quota` -> the job that writes to the ledger what it did."""
MARKS = (b"zebra", b"quartz", b"bogoluna", b"pelican", b"AGE-SECRET-KEY", TOKEN.encode())
"""Of references, canaries, sealed predictions and secrets; in lower case where they are words."""
SEALED = "predictions/locked.findings.json.age"


def pelican(number: int) -> str:
    """Return a sealed prediction that no program writes by itself."""
    return f"Pelican{number} in the left upper lobe with a pelican sign of unclear origin."


def reports() -> dict[str, dict[str, str]]:
    """Return the predictions on each dataset."""
    mini = json.loads((BUILT_IN / "studies/mini.json").read_text())["boards"]["findings"]["ids"]
    return {
        "locked": {name: pelican(number) for number, name in enumerate(IDS)},
        "hidden": {name: f"The lungs are clear in {name}." for name in IDS},
        "mini": {name: f"The heart is normal in {name}." for name in mini},
    }


class SealedWorld:
    """The loopback GitHub, a store, keys, an engine, and a folder in which the job works."""

    def __init__(self, server: GitHubServer, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.server = server
        self.patch = patch
        self.work = folder / "work"
        """What a runner's disk would be; nothing secret may ever lie here."""
        self.hidden = folder / "hidden"
        """What only the leaderboard or the submitter has."""
        self.key = x25519.Identity.generate()
        self.catalog = write_catalog(self.hidden / "catalog", self.key)
        self.store = write_references(self.hidden / "store")
        (self.work / "tmp").mkdir(parents=True)
        patch.setattr(tempfile, "tempdir", str(self.work / "tmp"))
        patch.setenv("TMPDIR", str(self.work / "tmp"))
        patch.setenv("GITHUB_REPOSITORY", BOARD)
        patch.setenv("GITHUB_API_URL", server.api_url)
        patch.setenv("GITHUB_OUTPUT", str(self.work / "step-output"))
        patch.setenv("REXRANK_CATALOG", str(self.catalog))
        patch.setenv("REXRANK_REFERENCES", str(self.hidden / "none"))
        patch.setenv("REXRANK_SCORER_IMAGE", "scorer:test")
        self.engine()
        server.create_repository(BOARD, {"README.md": b"x"}, collaborators={"mia": "maintain"})
        server.add_labels(BOARD, LABELS)
        server.add_token(TOKEN, permissions=permissions_of(WORKFLOW, "score"))
        for job in {*JOBS.values(), *WRITES_QUOTA.values()}:
            server.add_token(f"{TOKEN}-{job}", permissions=permissions_of(WORKFLOW, job))
        answers = permissions_of(WORKFLOW.with_name("commands.yml"), "answer")
        server.add_token(f"{TOKEN}-answer", permissions=answers)
        server.fork(BOARD, "sybil")

    def engine(self, hook: str = "") -> None:
        """Let the scorer run as a process, and do this when it is done."""
        folder = write_client(self.hidden / "engine", hook)
        self.patch.setenv("PATH", f"{folder}:/usr/local/bin:/usr/bin:/bin")

    def propose(
        self,
        plain: Mapping[str, Mapping[str, str]] | None = None,
        damage: Mapping[str, bytes] | None = None,
    ) -> str:
        """Open the pull request with its locked board sealed, and return the head.

        Args:
            plain: Predictions on each dataset.
            damage: Content of files that replaces what was sealed.
        """
        texts = plain or reports()
        folder = write_submission(self.hidden / ENTRY, texts)
        if "locked" in texts:
            assert run(self.seal_words(folder, "sybil")) == 0
        for name, data in (damage or {}).items():
            replace_file(folder, name, data)
        head = self.push(folder)
        self.server.open_pull_request("sybil/reports:entry")
        self.inspect(head)
        return head

    def seal_words(self, folder: Path, login: str) -> list[str]:
        """Return the command line that seals the locked board for somebody."""
        user_id = str(self.server.account(login).id)
        words = ["seal", str(folder), "--yes", "--board", "locked.findings"]
        return [*words, "--user-id", user_id]

    def limit(self, dataset: str, files: int) -> None:
        """Give a dataset a quota."""
        card = self.catalog / f"datasets/{dataset}.yaml"
        card.write_text(json.dumps(json.loads(card.read_bytes()) | {"quota_per_month": files}))

    def propose_as(self, login: str, folder: Path) -> tuple[int, str]:
        """Return the number and head of somebody's pull request with a folder as it is."""
        if f"{login}/reports" not in self.server.repositories:
            self.server.fork(BOARD, login)
        head = self.push(folder, login, folder.name)
        return self.server.open_pull_request(f"{login}/reports:{folder.name}").number, head

    def push(self, folder: Path, login: str = "sybil", branch: str = "entry") -> str:
        files: dict[str, str | bytes | tuple[str, bytes] | None] = {
            f"submissions/{folder.name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        return self.server.push(f"{login}/reports", branch, files)

    def inspect(
        self, head: str, number: int = 1, login: str = "sybil", *, refused: bool = False
    ) -> list[str]:
        """Leave in work/inspection what the first job of the workflow hands over.

        Returns:
            The codes of what was found.
        """
        shutil.rmtree(self.inspection, ignore_errors=True)
        repository = self.work / "pull.git"
        if not repository.exists():
            create_bare(repository)
        address = self.server.clone_url(BOARD)
        refs = ["+main:base", f"+refs/pull/{number}/head:pull"]
        if self.server.repository(BOARD).git.resolve("refs/heads/ledger") is not None:
            refs.append("+ledger:refs/rexrank/ledger")
        fetch = ("fetch", "-q", address, *refs)
        subprocess.run(("git", "-C", str(repository), *fetch), check=True)
        words = ["inspect", "--repo", str(repository), "--base", "base", "--head", "pull"]
        author = ["--author", login, "--author-id", str(self.server.account(login).id)]
        status = run([*words, *author, "--output", str(self.inspection)])
        assert status == (1 if refused else 0)
        document = json.loads((self.inspection / "inspection.json").read_text())
        assert document["head"] == head
        return [finding["code"] for finding in document.get("findings", [])]

    @property
    def inspection(self) -> Path:
        return self.work / "inspection"

    @property
    def output(self) -> Path:
        return self.work / "sealed"

    def secrets(self, **changed: str | None) -> dict[str, str]:
        """Return what the environment `sealed` gives; None takes a variable away."""
        values: dict[str, str | None] = {
            "REXRANK_AGE_IDENTITY": str(self.key),
            "REXRANK_PRIVATE_STORE": str(self.store),
            "REXRANK_TOKEN": TOKEN,
            **changed,
        }
        return {name: value for name, value in values.items() if value is not None}

    def words(self, head: str, number: int = 1) -> list[str]:
        return [
            *("score-sealed", str(number), "--head", head, "--inspection", str(self.inspection)),
            *("--output", str(self.output), "--remote", self.server.clone_url(BOARD)),
        ]

    def quota_words(self, verb: str, head: str, number: int = 1) -> list[str]:
        remote = self.server.clone_url(BOARD)
        inspection = ["--inspection", str(self.inspection), "--remote", remote]
        return ["quota", verb, str(number), "--head", head, *inspection]

    def score(self, head: str, number: int = 1, **changed: str | None) -> int:
        """Run the trusted job, and return its exit status."""
        for name in self.secrets():
            self.patch.delenv(name, raising=False)
        for name, value in self.secrets(**changed).items():
            self.patch.setenv(name, value)
        return run(self.words(head, number))

    def bot(self, *words: str) -> int:
        """Run another command with the token of the job that runs it."""
        job = WRITES_QUOTA.get(words[1]) or {**JOBS, **ANSWERS}[words[0]]
        self.patch.setenv("REXRANK_TOKEN", f"{TOKEN}-{job}")
        return run(list(words))

    def record(self, head: str, number: int = 1) -> int:
        return self.bot(
            *("ledger", "add", str(self.output / "scores"), "--inspection", str(self.output)),
            *("--head", head, "--remote", self.server.clone_url(BOARD), "--pull", str(number)),
        )

    def claim(self, head: str, number: int = 1) -> int:
        return self.bot(
            *("ledger", "claim", "--inspection", str(self.inspection), "--head", head),
            *("--pull", str(number), "--remote", self.server.clone_url(BOARD)),
        )

    def book(self) -> QuotaBook:
        """Return what the ledger says about quotas, after checking all of it."""
        git = GitRepository(self.server.repository(BOARD).git.folder)
        if self.server.repository(BOARD).git.resolve("refs/heads/ledger") is None:
            return QuotaBook()
        assert verify_ledger(git, git.resolve("ledger")) == ()
        return read_book(git, "ledger")

    def report(self, head: str, number: int = 1) -> int:
        return self.bot(
            *("report", str(number), "--head", head, "--inspection", str(self.output)),
            *("--scores", str(self.output / "scores")),
        )

    def comments(self, number: int = 1) -> list[str]:
        issue = self.server.repository(BOARD).issues[number]
        return [c.body for c in issue.comments if c.user.login == ACTIONS_BOT.login]

    def files(self) -> list[str]:
        """Return what the job left, by path below its output."""
        if not self.output.exists():
            return []
        return sorted(
            path.relative_to(self.output).as_posix()
            for path in self.output.rglob("*")
            if path.is_file()
        )

    def assert_nothing_shows(self, *printed: str) -> None:
        """Look for every mark in what was printed, in all of the runner's disk and memory."""
        assert not list(MEMORY.glob(f"{PREFIX}*"))
        assert not list((self.work / "tmp").iterdir())
        shown = {
            "printed": "".join(printed).encode(),
            "comments": "".join(self.comments()).encode(),
        }
        for path in self.work.rglob("*"):
            if path.is_file():
                shown[str(path)] = path.read_bytes()
        for place, data in shown.items():
            for mark in MARKS:
                assert mark.lower() not in data.lower(), (place, mark)


def replace_file(folder: Path, name: str, data: bytes) -> None:
    """Give a listed file another content, and the manifest its hash."""
    (folder / name).write_bytes(data)
    path = folder / "manifest.yaml"
    manifest = yaml.safe_load(path.read_text())
    for row in manifest["predictions"]:
        if row["file"] == name:
            row["sha256"] = sha256_of(data)
    path.write_text(yaml.safe_dump(manifest, sort_keys=False))


@contextmanager
def sealed_world(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[SealedWorld]:
    """Yield the world; nobody has proposed anything."""
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with hold_private_memory(), GitHubServer(folder / "github") as server:
        yield SealedWorld(server, folder, patch)


@contextmanager
def hold_private_memory() -> Iterator[None]:
    """Be the only test on this machine that has private folders in memory, and looks for them."""
    with hold_lock(open_cache() / "private-memory.lock"):
        yield
