"""Publish events that get lost: hygiene sees it, and publishing once makes up for all of them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from bot.adapters.git.repository import GitRepository, create_bare
from bot.adapters.ledger.records import RecordStore
from bot.adapters.ledger.withdrawals import BranchTombstones
from bot.cli.app import run
from bot.domain.withdrawal import Withdrawal
from bot.jobs.installation import Installation
from tests.integration.gate_world import BOARD, ENTRY, SECRET, GateWorld, entry_files, gate_world
from tests.integration.git_objects import AUTHOR
from tests.integration.handovers import CHECKOUT

SEED = 40
OTHER = "submissions/other"


class Lossy:
    """A leaderboard in whose life four things happen, each of which should publish."""

    def __init__(self, world: GateWorld, outputs: Path) -> None:
        self.world = world
        self.outputs = outputs
        self.remote = world.server.clone_url(BOARD)
        self.git = GitRepository(world.server.repository(BOARD).git.folder)
        self.first = self.git.resolve("main")
        self.numbers = itertools.count()

    def events(self) -> tuple[Callable[[], None], ...]:
        return self.merge, self.merge_another, self.record, self.withdraw

    def merge(self) -> None:
        """Merge an entry, with a title that starts no workflow."""
        self.push(entry_files("sam"), "Merge moe [skip ci]")

    def merge_another(self) -> None:
        files = {path.replace(ENTRY, OTHER): data for path, data in entry_files("kim").items()}
        manifest = f"{OTHER}/manifest.yaml"
        files[manifest] = str(files[manifest]).replace("Terse", "Other")
        self.push(files, "Merge another")

    def push(self, files: Mapping[str, str | bytes], message: str) -> None:
        self.world.server.push(BOARD, "main", dict(files), message=message)

    def record(self) -> None:
        scores = self.world.folder / "scores"
        submissions = self.world.folder / "entries" / "submissions"
        if not scores.exists():
            for path, data in entry_files("sam").items():
                file = submissions.parent / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data if isinstance(data, bytes) else data.encode())
            words = ["--metric", "bleu2", "--resamples", "100", "--output", str(scores)]
            assert run(["score", str(submissions / "moe"), *words]) == 0
        words = ["--submissions", str(submissions), "--remote", self.remote]
        assert run(["rescore", "record", str(scores), *words]) == 0

    def withdraw(self) -> None:
        withdrawal = Withdrawal(submission="other", login="kim", user_id=7, pull=1, comment=1)
        store = RecordStore(self.git, remote=str(self.git.folder), author=AUTHOR)
        tombstones = BranchTombstones(store)
        assert tombstones.add(withdrawal)

    def publish(self) -> None:
        scratch = create_bare(self.world.folder / f"publish-{next(self.numbers)}.git").folder
        assert run(["publish", "--repo", str(scratch), "--remote", self.remote]) == 0

    def hygiene(self) -> str:
        """Return the step output `publish`."""
        self.outputs.unlink(missing_ok=True)
        assert run(["hygiene", "--remote", self.remote]) in (0, 1)
        lines = self.outputs.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("publish<<")
        return lines[1]

    def leaderboard(self) -> dict[str, bytes]:
        """Return what leaderboard/ on main holds."""
        found = {e.path.decode(): e.oid for e in self.git.entries("main", "leaderboard")}
        contents = self.git.read(list(found.values()))
        return {path: contents[oid] for path, oid in found.items()}

    def begin(self) -> None:
        """Go back to the beginning, with a leaderboard that was published."""
        assert self.first is not None
        self.git.run("update-ref", "refs/heads/main", self.first)
        self.git.run("update-ref", "-d", "refs/heads/ledger")
        self.publish()

    def live(self, heard: tuple[bool, ...]) -> None:
        """Let everything happen, and publish after what is heard of."""
        self.begin()
        for happen, is_heard in zip(self.events(), heard, strict=True):
            happen()
            if is_heard:
                self.publish()


@pytest.fixture
def lossy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lossy]:
    with gate_world(tmp_path) as made:
        outputs = tmp_path / "outputs"
        monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("GITHUB_API_URL", made.server.api_url)
        monkeypatch.setenv("REXRANK_TOKEN", SECRET)
        monkeypatch.setenv("REXRANK_APP_ID", "")
        monkeypatch.delenv("REXRANK_SCORER_IMAGE", raising=False)
        monkeypatch.setattr(Installation, "host", lambda _: made.pulls())
        monkeypatch.chdir(CHECKOUT)
        yield Lossy(made, outputs)


def drawn() -> list[tuple[bool, ...]]:
    """Return which events are heard: none, only the last, all but the last, and some by lot."""
    every = list(itertools.product((False, True), repeat=4))
    fixed = [(False,) * 4, (False, False, False, True), (True, True, True, False)]
    rest = [heard for heard in every if heard not in fixed and not all(heard)]
    return [*fixed, *random.Random(SEED).sample(rest, 3)]


def test_row_40_whatever_publish_events_are_lost_the_next_day_makes_up_for_them(
    lossy: Lossy,
) -> None:
    lossy.live((True,) * 4)
    expected = lossy.leaderboard()
    assert lossy.hygiene() == "false"
    for heard in drawn():
        lossy.live(heard)
        lost = lossy.leaderboard() != expected
        assert lost or heard[-1], heard
        assert lossy.hygiene() == ("true" if lost else "false"), heard
        if lost:
            lossy.publish()
        assert lossy.leaderboard() == expected, heard
        assert lossy.hygiene() == "false", heard


def test_row_40_a_publish_that_another_took_the_place_of_is_not_missed(lossy: Lossy) -> None:
    lossy.live((True,) * 4)
    expected = lossy.leaderboard()
    # Of two that wait in a concurrency group, only the later one runs.
    lossy.live((True, True, False, True))
    assert lossy.leaderboard() == expected
    assert lossy.hygiene() == "false"
