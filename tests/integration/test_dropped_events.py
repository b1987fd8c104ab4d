"""Whatever becomes of the runs that publish, the next one makes good what they left undone."""

from __future__ import annotations

import random
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.adapters.git import GitRepository, create_bare
from bot.adapters.git_commits import write_commit
from bot.adapters.ledger import BRANCH
from bot.adapters.ledger_verify import verify_ledger
from bot.adapters.tombstones import BranchTombstones
from bot.cli.app import run
from bot.cli.hygiene import find_in_repository
from bot.cli.wiring import Workshop
from bot.domain.value import Section
from bot.domain.withdrawal import Withdrawal
from tests.fakes.github_server import GitHubServer
from tests.fakes.github_server.description import DESCRIPTION
from tests.integration.gate_world import SECRET
from tests.integration.git_objects import AUTHOR
from tests.integration.handovers import CHECKOUT, scorecard, table
from tests.integration.samples import sample_cards
from tests.integration.test_killed import KillingGit, finish
from tests.require import require

FATES = ("delivered", "skipped", "superseded", "killed")
"""Of the run that an event starts: skipped is a title with `[skip ci]`, or a service that was down;
superseded is a pending run whose place a later one takes; killed is a run that was cancelled."""
Files = dict[str, bytes | None]


@dataclass(frozen=True)
class Board:
    """A leaderboard's repository on a loopback GitHub."""

    address: str
    git: GitRepository
    folder: Path

    def change_main(self, files: Files) -> None:
        tip = self.git.resolve("refs/heads/main")
        made = write_commit(self.git, tip, files, "[skip ci] Change\n", AUTHOR)
        if made is not None:
            self.git.run("update-ref", "refs/heads/main", made)

    def publication(self) -> list[str]:
        """Return the command line of a run that publishes, in a repository of its own."""
        repository = self.folder / "publish.git"
        shutil.rmtree(repository, ignore_errors=True)
        create_bare(repository)
        return ["publish", "--repo", str(repository), "--remote", self.address]

    def publish(self) -> None:
        assert run(self.publication()) == 0

    def shown(self) -> str:
        """Return the object name of the published folder."""
        return self.git.run("rev-parse", "refs/heads/main:leaderboard").decode().strip()

    def sources(self) -> tuple[str, str]:
        """Return what a publication must never change: the entries, and the ledger's history."""
        entries = self.git.run("ls-tree", "-r", "refs/heads/main", "submissions").decode()
        assert not verify_ledger(self.git, self.git.resolve(f"refs/heads/{BRANCH}"))
        return entries, self.git.resolve(f"refs/heads/{BRANCH}")

    def drift(self) -> list[str]:
        """Return the files that hygiene says do not follow from their sources."""
        found = find_in_repository(Workshop(None), self.address, "main")
        assert not [each for each in found if each.kind == "ledger"]
        return [each.where for each in found if each.kind == "drift"]


Event = Callable[[Board], None]


def entry_files(name: str) -> Files:
    folder = CHECKOUT / "submissions" / name
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(CHECKOUT).as_posix(): path.read_bytes() for path in paths}


SAMPLES = sorted(path.parent.name for path in (CHECKOUT / "submissions").glob("*/manifest.yaml"))


def merge(name: str) -> Event:
    return lambda board: board.change_main(entry_files(name))


def remove(name: str) -> Event:
    return lambda board: board.change_main(dict.fromkeys(entry_files(name)))


def edit_by_hand(board: Board) -> None:
    board.change_main({"leaderboard/README.md": b"We won.\n", "leaderboard/more.md": b"x\n"})


def record(sha256: str, section: Section, value: float) -> Event:
    def happen(board: Board) -> None:
        card = scorecard(sha256, section, value)
        ledger = Workshop(None).ledger(board.git, str(board.git.folder))
        ledger.append([(card, table(card))])

    return happen


def withdraw(name: str) -> Event:
    def happen(board: Board) -> None:
        stones = BranchTombstones(board.git, remote=str(board.git.folder), author=AUTHOR)
        stones.add(Withdrawal(submission=name, login="sam", user_id=7, pull=1, comment=1))

    return happen


def events(chance: random.Random) -> list[Event]:
    """Return what changes the sources of a leaderboard or its files, in some order."""
    first, second = SAMPLES
    made = [
        *(merge(name) for name in SAMPLES),
        *(record(sha256, section, chance.random()) for sha256, section in sample_cards()),
        remove(first),
        withdraw(second),
        edit_by_hand,
    ]
    return chance.sample(made, len(made))


@contextmanager
def boards(folder: Path) -> Iterator[tuple[Board, Board]]:
    """Yield two empty leaderboards on one service."""
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer(folder / "github") as server:
        server.add_token(SECRET, permissions={"contents": "write"})
        made = []
        for name in ("board/one", "board/other"):
            served = server.create_repository(name, {"README.md": "A leaderboard.\n"})
            place = folder / name
            place.mkdir(parents=True)
            made.append(Board(server.clone_url(name), GitRepository(served.git.folder), place))
        yield made[0], made[1]


def meet(board: Board, fate: str, chance: random.Random) -> None:
    """Let the run that an event starts end as fate has it."""
    if fate == "delivered":
        board.publish()
    elif fate == "killed":
        git = KillingGit(board.folder / "bin")
        moment = chance.choice(["before", "after"])
        status = finish(board.publication(), git.arm(chance.randint(1, 20), moment))
        assert status in {0, -signal.SIGKILL}


@pytest.mark.parametrize("seed", range(3))
def test_row_40_a_later_publication_makes_good_every_run_that_was_lost(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REXRANK_TOKEN", SECRET)
    chance = random.Random(seed)
    with boards(tmp_path) as (board, undisturbed):
        for event in events(chance):
            event(board)
            if event is not edit_by_hand:
                event(undisturbed)
            meet(board, chance.choice(FATES), chance)
        edit_by_hand(board)  # at the least this is lost
        undisturbed.publish()
        sources = board.sources()
        assert board.drift()
        board.publish()
        assert board.drift() == []
        assert board.shown() == undisturbed.shown()
        assert board.sources() == sources
