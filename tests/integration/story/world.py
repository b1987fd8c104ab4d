"""A leaderboard on the loopback GitHub, its people, and the runs that events start."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.fakes.github_server import GitHubServer
from tests.integration.act import ActRun, run_workflow

CHECKOUT = Path(__file__).resolve().parents[3]
UPSTREAM = "rexrank/rexrank-bot"
MAINTAINER = "mia"
BOT = "github-actions[bot]"
RUN_TIMEOUT_S = 420.0


@dataclass
class World:
    """The leaderboard's repository, a store of references, an image, and a folder for runs."""

    server: GitHubServer
    """The loopback GitHub."""
    folder: Path
    """Where everything of this world lies."""
    references: Path
    """Store of public references."""
    image: str
    """Scorer image, by id."""
    docker: Mapping[str, str]
    """Variables that point a docker client at the engine."""
    warm: Path
    """Virtual environment with the pinned requirements, as a runner's tool cache would have."""
    runs: int = 0
    """Number of runs so far."""
    bot: str = BOT
    """Whose comments are the bot's."""
    secret: str = ""
    """Token that reads the repository, where it is private."""
    environments: Mapping[str, Mapping[str, str]] | None = None
    """Secrets of each environment; None where every job is given the same."""

    @property
    def address(self) -> str:
        """Address of the repository."""
        return self.server.clone_url(UPSTREAM, self.secret or None)

    def submit(self, number: int, action: str = "opened") -> ActRun:
        """Return how submission.yml ended for a pull request as it is now."""
        payload = self.server.pull_request_event(number, action=action)
        return self.run("submission.yml", "pull_request_target", payload)

    def publish(self, *, site: str = "") -> ActRun:
        """Return how publish.yml ended after a push to main; it deploys where a site is named."""
        payload = self.server.push_event(full_name=UPSTREAM, sender=MAINTAINER)
        return self.run("publish.yml", "push", payload, REXRANK_SITE=site)

    def run(
        self,
        workflow: str,
        event: str,
        payload: Mapping[str, object],
        secrets: Mapping[str, str] | None = None,
        **variables: str,
    ) -> ActRun:
        """Return how a workflow of main ended, with secrets and variables beside the usual ones."""
        self.runs += 1
        work = self.folder / f"run-{self.runs}"
        address = self.address
        subprocess.run(("git", "clone", "--quiet", address, str(work)), check=True)
        event_file = self.folder / f"event-{self.runs}.json"
        event_file.write_text(json.dumps(payload), encoding="utf-8")
        return run_workflow(
            work,
            f".github/workflows/{workflow}",
            event,
            event_file,
            env={
                **self.docker,
                "STAND_IN_WARM": str(self.warm),
                "STAND_IN_COMPILED": compile_program(self.warm),
            },
            secrets=secrets,
            environments=self.environments,
            variables={
                "REXRANK_REFERENCES": str(self.references),
                "REXRANK_SCORER_IMAGE": self.image,
                **variables,
            },
            server=self.server,
            timeout_s=RUN_TIMEOUT_S,
        )

    def comments(self, number: int) -> list[str]:
        """Return the bodies of the bot's comments on a pull request."""
        comments = self.server.repository(UPSTREAM).issues[number].comments
        return [comment.body for comment in comments if comment.user.login == self.bot]

    def checks(self, number: int) -> list[str | None]:
        """Return the conclusions of the checks on a pull request's head."""
        repository = self.server.repository(UPSTREAM)
        pull = repository.issues[number].pull
        assert pull is not None
        return [c.conclusion for c in repository.check_runs.values() if c.head_sha == pull.head_sha]

    def recorded(self, predictions_sha256: str) -> list[str]:
        """Return the ledger's files about a predictions file."""
        names = self.names("ledger", "scores")
        cards = [name for name in names if name.endswith(".json")]
        about = [n for n in cards if predictions_sha256.encode() in self.show(f"ledger:{n}")]
        stems = {name.removesuffix(".json") for name in about}
        return [name for name in names if name.rpartition(".")[0] in stems]

    def show(self, revision_path: str) -> bytes:
        """Return a file of the repository, as in `main:leaderboard/README.md`."""
        return self._git("show", revision_path)

    def names(self, revision: str, folder: str) -> list[str]:
        """Return the paths below a folder."""
        return self._git("ls-tree", "-r", "--name-only", revision, folder).decode().split()

    def tip(self, branch: str) -> str:
        """Return the commit at the tip of a branch."""
        return self._git("rev-parse", f"refs/heads/{branch}").decode().strip()

    def _git(self, *words: str) -> bytes:
        address = self.address
        mirror = self.folder / "mirror.git"
        if not mirror.exists():
            subprocess.run(("git", "init", "-q", "--bare", str(mirror)), check=True)
        fetch = ("fetch", "-q", "--prune", address, "+refs/heads/*:refs/heads/*")
        subprocess.run(("git", "-C", str(mirror), *fetch), check=True)
        done = subprocess.run(("git", "-C", str(mirror), *words), check=True, capture_output=True)
        return done.stdout


def project_files() -> dict[str, str | bytes | tuple[str, bytes]]:
    """Return the project as a fresh clone has it: every file that git knows, as it is now.

    The leaderboard is left out: the story makes it.
    """
    listed = subprocess.run(
        ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"),
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    )
    files: dict[str, str | bytes | tuple[str, bytes]] = {}
    for name in sorted(filter(None, listed.stdout.decode().split("\0"))):
        path = CHECKOUT / name
        if path.is_file() and not name.startswith(("leaderboard/", "tests/", "docs/")):
            mode = "100755" if os.access(path, os.X_OK) else "100644"
            files[name] = (mode, path.read_bytes())
    return files


def rexrank(*words: str, **variables: str) -> None:
    """Run the command as a user would; raises when it does not succeed."""
    environment = {**os.environ, **variables}
    command = (sys.executable, "-m", "bot", *words)
    done = subprocess.run(
        command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def prepare_warm_environment(folder: Path) -> Path:
    """Return a virtual environment with the pinned requirements, made by the project's own rule.

    It is compiled: each job would do that again, in a copy of its own.
    """
    venv, compiled = folder / "warm", folder / "compiled.done"
    subprocess.run(
        ("make", "--silent", str(venv / "requirements.done"), f"VENV={venv}"),
        cwd=CHECKOUT,
        check=True,
    )
    if not compiled.exists():
        compile_below(venv, venv / "lib")
        compiled.touch()
    return venv


@cache
def compile_program(warm: Path) -> str:
    """Return a folder with the compiled program; each file of it says which source it is of."""
    folder = Path(tempfile.mkdtemp(prefix="rexrank-compiled-"))
    atexit.register(shutil.rmtree, folder)
    shutil.copytree(CHECKOUT / "bot", folder / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    compile_below(warm, folder / "bot", "--invalidation-mode", "checked-hash")
    for path in [*folder.rglob("*.*")]:
        if path.is_file() and path.suffix != ".pyc":
            path.unlink()
    return str(folder)


def compile_below(venv: Path, folder: Path, *options: str) -> None:
    """Compile every module below a folder for an environment's Python."""
    # Some packages hold modules of other versions of Python, which cannot be compiled.
    command = (str(venv / "bin/python"), "-m", "compileall", "-q", "-q", *options, str(folder))
    subprocess.run(command, check=False)


def folder_files(folder: Path, below: str) -> dict[str, str | bytes | tuple[str, bytes] | None]:
    """Return a folder's files, keyed by where they go in the repository."""
    return {
        f"{below}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
