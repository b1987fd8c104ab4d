"""A command killed at any step can be run again, and ends as if nothing had happened."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.adapters.git.repository import GitRepository, create_bare
from bot.adapters.ledger.owners import read_owners
from bot.adapters.ledger.verify import verify_ledger
from bot.cli.app import run
from bot.jobs.installation import Installation
from bot.jobs.upstream import Upstream
from tests.fakes.github_server import Fault, GitHubServer
from tests.fakes.github_server.description import DESCRIPTION
from tests.integration.api_roads import ROADS, Road
from tests.integration.gate_world import BOARD, SECRET, GateWorld, gate_world
from tests.integration.handovers import (
    SHARED,
    entries_on_main,
    hand_over,
    scorecard,
    table,
)
from tests.require import require
from tests.warm_program import WarmProcess

ROOTS = ("/repos/", "/users/")
"""What paths of the API begin with; the others are git's."""
WRAPPER = """#!/bin/sh
# git, which kills whoever calls it for the nth time: before it works, or after.
n=$(($(cat "{folder}/calls" 2>/dev/null || echo 0) + 1))
echo "$n" > "{folder}/calls"
for word in "$@"; do
  case $word in -*|*=*) ;; *) echo "$n $word" >> "{folder}/verbs"; break ;; esac
done
if [ "$n" = "{at}" ]; then
  if [ "{moment}" = after ]; then "{git}" "$@"; fi
  kill -9 $PPID
  exit 1
fi
exec "{git}" "$@"
"""


@dataclass(frozen=True)
class KillingGit:
    """A folder for PATH whose git kills its caller."""

    folder: Path

    def arm(self, at: int, moment: str) -> dict[str, str]:
        """Return the environment in which the call with this number kills; 0 is none of them."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        script = self.folder / "git"
        real = shutil.which("git")
        script.write_text(WRAPPER.format(folder=self.folder, at=at, moment=moment, git=real))
        script.chmod(0o755)
        path = f"{self.folder}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "TMPDIR": str(self.folder), "REXRANK_TOKEN": SECRET}

    def verbs(self) -> list[str]:
        """Return what git was called for, in order."""
        lines = (self.folder / "verbs").read_text(encoding="utf-8").splitlines()
        return [line.split()[1] for line in lines]


def finish(words: list[str], environment: dict[str, str]) -> int:
    process = WarmProcess(words, environment)
    process.communicate(timeout=120)
    return process.returncode


def steps_of(verbs: list[str]) -> list[int]:
    """Return the numbers of the calls to be killed at: of a row of equal ones, the ends."""
    return [
        number
        for number, verb in enumerate(verbs, start=1)
        if verb not in (verbs[number - 2 : number - 1] or [""])
        or verb not in (verbs[number : number + 1] or [""])
    ]


def history(git: GitRepository, branch: str) -> tuple[str, int]:
    """Return the tree at the tip of a branch and how many commits led there."""
    tree = git.run("rev-parse", f"{branch}^{{tree}}").decode().strip()
    return tree, len(git.run("rev-list", branch).split())


def kill_at_each_step(
    tmp_path: Path, words: Callable[[GitRepository], list[str]], branch: str, upstream: Path
) -> None:
    """Kill a command at each call of git, run it again, and compare with an undisturbed run."""
    git = KillingGit(tmp_path / "bin")

    def copy(name: str) -> GitRepository:
        return GitRepository(Path(shutil.copytree(upstream, tmp_path / name)))

    undisturbed = copy("undisturbed.git")
    assert finish(words(undisturbed), git.arm(0, "before")) == 0
    expected = history(undisturbed, branch)
    verbs = git.verbs()
    assert {"ls-remote", "commit-tree", "push"} <= set(verbs)
    kills = [(number, "before") for number in steps_of(verbs)]
    kills += [(number, "after") for number, verb in enumerate(verbs, 1) if verb == "push"]
    for number, moment in kills:
        target = copy(f"{number}-{moment}.git")
        command = words(target)
        assert finish(command, git.arm(number, moment)) == -signal.SIGKILL, (number, moment)
        assert run(command) == 0
        assert history(target, branch) == expected, (number, moment)


def test_row_28_recording_survives_being_killed_at_each_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REXRANK_TOKEN", SECRET)
    upstream = entries_on_main(tmp_path / "upstream.git")
    Upstream(Installation(None), upstream, str(upstream.folder)).ledger.append(
        [(scorecard("9" * 64), table(scorecard("9" * 64)))]
    )
    cards = {"findings": scorecard("1" * 64), "report": scorecard(SHARED, "report")}
    made = hand_over(tmp_path, "entry", cards)  # type: ignore[arg-type]
    kill_at_each_step(tmp_path, lambda git: made.words(str(git.folder)), "ledger", upstream.folder)
    last = GitRepository(tmp_path / "undisturbed.git")
    assert verify_ledger(last, last.resolve("ledger")) == ()


def test_row_28_publishing_survives_being_killed_at_each_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REXRANK_TOKEN", SECRET)
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    upstream = entries_on_main(tmp_path / "upstream.git")

    def words(git: GitRepository) -> list[str]:
        scratch = create_bare(tmp_path / f"publish-{git.folder.name}").folder
        return ["publish", "--repo", str(scratch), "--remote", str(git.folder)]

    kill_at_each_step(tmp_path, words, "main", upstream.folder)


def test_row_28_36_recording_owners_survives_being_killed_at_each_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    upstream = entries_on_main(tmp_path / "upstream.git")

    def words(git: GitRepository) -> list[str]:
        scratch = create_bare(tmp_path / f"publish-{git.folder.name}").folder
        return ["publish", "--repo", str(scratch), "--remote", str(git.folder)]

    with GitHubServer(tmp_path / "github") as server:
        server.create_repository(BOARD)
        server.add_token(SECRET, permissions={"contents": "write"})
        server.account("rexrank-examples")
        monkeypatch.setenv("REXRANK_TOKEN", SECRET)
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("GITHUB_API_URL", server.api_url)
        kill_at_each_step(tmp_path, words, "ledger", upstream.folder)
    last = GitRepository(tmp_path / "undisturbed.git")
    tip = last.resolve("ledger")
    assert verify_ledger(last, tip) == ()
    assert set(read_owners(last, tip)) == {"sample-attentive", "sample-terse"}


class KillingServer(GitHubServer):
    """GitHub, whose caller dies when its nth request has arrived."""

    process: WarmProcess | None = None
    at = 0
    moment = "before"
    seen = 0

    def strike(self, method: str, path: str) -> Fault | None:
        with self.lock:
            if self.process is None or not path.startswith(ROOTS):
                return None
            self.seen += 1
            if self.seen != self.at:
                return None
            self.process.kill()
            self.process.wait()
        return Fault(method, "", 1, "drop_after" if self.moment == "after" else "drop_before")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GateWorld]:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with gate_world(tmp_path, KillingServer) as made:
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("GITHUB_API_URL", made.server.api_url)
        monkeypatch.setenv("REXRANK_TOKEN", SECRET)
        # What is run again in this process need not pause between two writes.
        monkeypatch.setattr(Installation, "host", lambda _: made.pulls())
        yield made


@pytest.mark.parametrize("name", ["report", "withdraw", "transfer", "gate"])
def test_row_28_a_command_survives_being_killed_at_each_call_of_the_api(
    world: GateWorld, name: str
) -> None:
    server = world.server
    assert isinstance(server, KillingServer)
    road: Road = ROADS[name](world)
    road.prepare()
    server.requests.clear()
    assert finish(road.words(), dict(os.environ)) == 0
    road.check()
    calls = [r.method for r in server.requests if r.path.startswith(ROOTS)]
    kills = [(number, "before") for number in range(1, len(calls) + 1)]
    kills += [(number, "after") for number, method in enumerate(calls, 1) if method != "GET"]
    for number, moment in kills:
        road.prepare()
        server.at, server.moment, server.seen = number, moment, 0
        with server.lock:  # no request is looked at before it is known whose it is
            server.process = WarmProcess(road.words(), os.environ)
        server.process.communicate(timeout=120)
        assert server.process.returncode == -signal.SIGKILL, (number, moment)
        server.process = None
        assert run(road.words()) in road.healed, (number, moment)
        road.check()
