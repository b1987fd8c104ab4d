"""A leaderboard with one scored, checked and approved pull request on a loopback GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from bot.adapters.git.repository import create_bare, scratch_repository
from bot.adapters.github.calls import Patience
from bot.adapters.github.connection import Connection
from bot.adapters.github.host import GitHubHost
from bot.checks.submission.manifest import parse_manifest
from bot.domain.board import BoardId
from bot.domain.label import LABELS
from bot.domain.manifest import Manifest
from bot.domain.scorecard import Bootstrap, Fingerprint, MetricScore, PerStudyTable, Scorecard
from bot.jobs.installation import Installation
from bot.jobs.upstream import Upstream
from bot.ports import CheckRun
from bot.render.pull_request.comment import MARKER
from tests.fakes.github_server import ACTIONS_BOT, GitHubServer
from tests.fakes.github_server.description import DESCRIPTION
from tests.integration.act.job_tokens import permissions_of
from tests.require import require

CHECKOUT = Path(__file__).resolve().parents[2]
SAMPLE = CHECKOUT / "submissions" / "sample-terse"
BOARD = "board/reports"
ENTRY = "submissions/moe"
MANIFEST = f"{ENTRY}/manifest.yaml"
SECRET = "gate-token"
REPORT_SECRET = "report-token"
RECORD_SECRET = "record-token"
WORKFLOWS = ("submission.yml", "publish.yml", "commands.yml")
SUCCESS = CheckRun("rexrank", "success", "Ready", "Scored.")


class GateWorld:
    """What the tests of the gate and of the commands look at."""

    def __init__(self, server: GitHubServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.remote = server.clone_url(BOARD)
        """Where git fetches and pushes; a folder where a test is about the API alone."""
        self.installation = Installation(None)
        files: dict[str, str | bytes] = {
            f".github/workflows/{name}": (CHECKOUT / ".github/workflows" / name).read_bytes()
            for name in WORKFLOWS
        }
        files[".github/CODEOWNERS"] = "* @mia\n/leaderboard/\n"
        server.create_repository(BOARD, files, collaborators={"mia": "maintain", "wes": "write"})
        server.add_labels(BOARD, LABELS)
        self.act_as("commands", "answer")
        server.add_token(REPORT_SECRET, permissions=permissions("submission", "report"))
        server.add_token(RECORD_SECRET, permissions=permissions("submission", "record"))

    def act_as(self, workflow: str, job: str) -> None:
        """Give the commands of a test the token of a job, with what that job has and no more."""
        self.server.add_token(SECRET, permissions=permissions(workflow, job), repository=BOARD)

    def propose(self, login: str = "sam", **changed: str | None) -> int:
        """Return the number of somebody's pull request with the entry, from a new fork."""
        self.server.fork(BOARD, login)
        fork = f"{login}/reports"
        self.server.push(fork, "entry", {**entry_files(login), **changed})
        return self.server.open_pull_request(f"{fork}:entry").number

    def push(self, login: str = "sam", team: str = "Other") -> str:
        """Return the new head after somebody changed the entry's manifest, in order."""
        fork = f"{login}/reports"
        return self.server.push(fork, "entry", {MANIFEST: manifest_text(login, team)})

    def head(self, number: int = 1) -> str:
        repository = self.server.repository(BOARD)
        repository.sync_pulls()
        pull = repository.issues[number].pull
        assert pull is not None
        return pull.head_sha

    def merged_head(self, number: int = 1) -> str | None:
        """Return which head was merged, None when none was."""
        repository = self.server.repository(BOARD)
        pull = repository.issues[number].pull
        assert pull is not None
        if pull.merge_commit_sha is None:
            return None
        return repository.git.run("rev-parse", f"{pull.merge_commit_sha}^2").strip()

    def record(self) -> None:
        """Put the entry's scorecard into the ledger."""
        manifest = sample_manifest()
        with self.upstream() as upstream:
            cards = [self.scorecard(p.sha256, p.dataset) for p in manifest.predictions]
            table = PerStudyTable(("a",), {"bleu2": np.array([0.5])})
            upstream.ledger.append([(card, table) for card in cards])

    def scorecard(self, sha256: str, dataset: str = "mini") -> Scorecard:
        studies = self.installation.catalog.board_studies(BoardId(dataset, "findings"))
        assert studies is not None
        return Scorecard(
            dataset=dataset,
            section="findings",
            n=len(studies.ids),
            metrics={"bleu2": MetricScore(status="scored", version="1", value=0.5)},
            predictions_sha256=sha256,
            references_commitment=studies.commitment,
            bootstrap=Bootstrap(resamples=10, seed=1),
            fingerprint=Fingerprint(metrics={"bleu2": "1"}, libraries={}),
        )

    def check(self, number: int = 1) -> None:
        """Write the check as the job `report` does."""
        self.pulls(REPORT_SECRET).write_check(self.head(number), SUCCESS)

    def approve(self, number: int = 1, login: str = "mia") -> None:
        self.server.review(BOARD, number, login)

    def pulls(
        self, secret: str = SECRET, kind: type[GitHubHost] = GitHubHost, **changed: Any
    ) -> GitHubHost:
        """Return the board as the code host; `changed` are arguments of its connection."""
        settings = {
            "api_url": self.server.api_url,
            "patience": Patience(retries=2, wait=lambda _: None),
            "pause_s": 0,
            # As in bot_runs: short only where a test lets a call hang.
            "timeout_s": 5 if any(f.kind == "timeout" for f in self.server.faults) else 30,
        }
        connection = Connection(BOARD, secret, **{**settings, **changed})
        return kind(connection, bot_login=ACTIONS_BOT.login, marker=MARKER)

    @contextmanager
    def upstream(self) -> Iterator[Upstream]:
        with scratch_repository(RECORD_SECRET) as repository:
            yield Upstream(self.installation, repository, self.remote, "main")

    def ledger(self) -> list[str]:
        """Return the paths on the ledger's branch."""
        git = self.server.repository(BOARD).git
        if git.resolve("refs/heads/ledger") is None:
            return []
        return git.run("ls-tree", "-r", "--name-only", "refs/heads/ledger").split()

    def answers(self, number: int = 1) -> list[str]:
        issue = self.server.repository(BOARD).issues[number]
        return [c.body for c in issue.comments if c.user.login == ACTIONS_BOT.login]


def permissions(workflow: str, job: str) -> dict[str, str]:
    """Return what the token of a job of this project's workflows may do."""
    return permissions_of(CHECKOUT / f".github/workflows/{workflow}.yml", job)


def sample_manifest() -> Manifest:
    return parse_manifest((SAMPLE / "manifest.yaml").read_bytes(), path="manifest.yaml")


def entry_files(login: str) -> dict[str, str | bytes]:
    """Return the files of a sound entry whose only submitter is this one."""
    files: dict[str, str | bytes] = {
        f"{ENTRY}/{path.relative_to(SAMPLE).as_posix()}": path.read_bytes()
        for path in sorted(SAMPLE.rglob("*"))
        if path.is_file()
    }
    return {**files, MANIFEST: manifest_text(login)}


def manifest_text(login: str, team: str = "Terse") -> str:
    """Return the entry's manifest with one submitter."""
    text = (SAMPLE / "manifest.yaml").read_text(encoding="utf-8")
    text = text.replace("rexrank-examples", login).replace("name: Sample Terse", "name: Moe")
    return f"{text}team: {team}\n"


@contextmanager
def gate_world(folder: Path, make_server: type[GitHubServer] = GitHubServer) -> Iterator[GateWorld]:
    """Yield the world with sam's pull request, which nobody has looked at."""
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with make_server(folder / "github") as server:
        create_bare(folder / "scratch.git")
        world = GateWorld(server, folder)
        world.propose()
        yield world
