"""Twelve processes of the real program at once: nothing is lost and nothing is doubled."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.adapters.git.repository import GitRepository, create_bare
from bot.adapters.ledger.scores import SCORECARD_RECORDS, scorecard_path
from bot.adapters.ledger.verify import verify_ledger
from bot.checks.reading.ledger_records import read_records
from bot.cli.app import run
from bot.domain.repository_setup import LEDGER_BRANCH
from bot.jobs import upstream as leaderboard
from bot.jobs.installation import Installation
from tests.fakes.github_server import GitHubServer
from tests.fakes.github_server.description import DESCRIPTION
from tests.integration.git_objects import commit
from tests.integration.handovers import (
    CHECKOUT,
    SHARED,
    entries_on_main,
    hand_over,
    scorecard,
    table,
)
from tests.integration.samples import sample_cards
from tests.require import require
from tests.warm_program import WarmProcess

PROCESSES = 12
SECRET = "race-token"
BOARD = "board/reports"


@dataclass(frozen=True)
class Upstream:
    """Where the processes push to."""

    address: str
    git: GitRepository


over = pytest.mark.parametrize("upstream", ["file", "http"], indirect=True)
over_file = pytest.mark.parametrize("upstream", ["file"], indirect=True)
over_http = pytest.mark.parametrize("upstream", ["http"], indirect=True)


@pytest.fixture
def upstream(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Upstream]:
    if request.param == "file":
        repository = entries_on_main(tmp_path / "upstream.git")
        yield Upstream(f"file://{repository.folder}", repository)
        return
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer(tmp_path / "github") as server:
        samples = {
            path.relative_to(CHECKOUT).as_posix(): path.read_bytes()
            for path in (CHECKOUT / "submissions").rglob("*")
            if path.is_file()
        }
        served = server.create_repository(BOARD, samples)
        server.add_token(SECRET, permissions={"contents": "write"})
        yield Upstream(server.clone_url(BOARD), GitRepository(served.git.folder))


def run_at_once(commands: list[list[str]]) -> list[str]:
    """Return what each process said, all of them started before any is waited for."""
    environment = {**os.environ, "REXRANK_TOKEN": SECRET}
    processes = [WarmProcess(words, environment) for words in commands]
    ended = [(*process.communicate(timeout=300), process.returncode) for process in processes]
    assert [status for *_, status in ended] == [0] * len(commands), ended
    return [said for _, said, _ in ended]


def history(git: GitRepository, branch: str) -> list[str]:
    return git.run("rev-list", branch).decode().split()


@over
def test_row_28_twelve_that_record_at_once_lose_and_double_nothing(
    upstream: Upstream, tmp_path: Path
) -> None:
    """Each has a scorecard of its own and one that all of them have."""
    shared = scorecard(SHARED, "report")
    own = [scorecard(f"{number + 1:064x}") for number in range(PROCESSES)]
    runs = [
        hand_over(tmp_path, f"entry-{number}", {"findings": card, "report": shared})
        for number, card in enumerate(own)
    ]
    said = run_at_once([each.words(upstream.address) for each in runs])
    added = [int(re.findall(r"recorded (\d) scorecards", text)[0]) for text in said]
    assert sorted(added) == [1] * (PROCESSES - 1) + [2]
    tip = upstream.git.resolve(LEDGER_BRANCH)
    kept = read_records(upstream.git, tip, SCORECARD_RECORDS)
    assert sorted(map(scorecard_path, kept)) == sorted(map(scorecard_path, [shared, *own]))
    assert len(history(upstream.git, LEDGER_BRANCH)) == PROCESSES
    assert verify_ledger(upstream.git, tip) == ()
    before = tip
    said = run_at_once([each.words(upstream.address) for each in runs[:2]])
    assert all("recorded 0 scorecards" in text for text in said)
    assert upstream.git.resolve(LEDGER_BRANCH) == before


@over_http
def test_row_28_twelve_that_publish_at_once_make_one_commit(
    upstream: Upstream, tmp_path: Path
) -> None:
    record_samples(upstream)
    words = [publish_words(upstream, tmp_path, str(number)) for number in range(PROCESSES)]
    said = run_at_once(words)
    # Two that make the very same commit in the same second both say so; it is one commit.
    published = {match for text in said for match in re.findall(r"published as (\w+)", text)}
    assert published == {upstream.git.resolve("main")}
    assert all("published as" in text or "is up to date" in text for text in said)
    assert len(history(upstream.git, "main")) == 2
    paths = {entry.path for entry in upstream.git.entries("main", "leaderboard")}
    assert b"leaderboard/mini.findings.md" in paths


@over_file
def test_row_28_publishing_and_recording_at_once_end_as_one_after_the_other(
    upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People push to main meanwhile; what they pushed stays, and so does every score."""
    person = push_by_a_person(upstream, "README.md", b"about\n")
    mine = [scorecard(f"{number + 1:064x}") for number in range(PROCESSES // 3)]
    records = [
        hand_over(tmp_path, f"entry-{number}", {"findings": card}).words(upstream.address)
        for number, card in enumerate(mine)
    ]
    publishes = [publish_words(upstream, tmp_path, str(n)) for n in range(PROCESSES // 3)]
    run_at_once([words for pair in zip(records, publishes, strict=True) for words in pair])
    record_samples(upstream)
    monkeypatch.setenv("REXRANK_TOKEN", SECRET)
    assert run(publish_words(upstream, tmp_path, "last")) == 0
    alone = create_bare(tmp_path / "alone.git")
    alone.run("fetch", "--quiet", str(upstream.git.folder), "+refs/heads/*:refs/heads/*")
    alone.run("update-ref", "refs/heads/main", person)
    assert run(publish_words(Upstream(str(alone.folder), alone), tmp_path, "alone")) == 0
    assert tree(alone) == tree(upstream.git)
    assert person in history(upstream.git, "main")
    assert len(read_records(upstream.git, LEDGER_BRANCH, SCORECARD_RECORDS)) == len(mine) + len(
        sample_cards()
    )
    assert verify_ledger(upstream.git, LEDGER_BRANCH) == ()


def record_samples(upstream: Upstream) -> None:
    """Put scorecards of the sample entries into the ledger."""
    cards = [scorecard(sha256, section) for sha256, section in sample_cards()]
    there = str(upstream.git.folder)
    ledger = leaderboard.Upstream(Installation(None), upstream.git, there).ledger
    ledger.append([(card, table(card)) for card in cards])


def publish_words(upstream: Upstream, folder: Path, name: str) -> list[str]:
    scratch = create_bare(folder / f"publish-{name}.git").folder
    return ["publish", "--repo", str(scratch), "--remote", upstream.address]


def push_by_a_person(upstream: Upstream, path: str, content: bytes) -> str:
    made = commit(upstream.git, upstream.git.resolve("main"), {path: content})
    upstream.git.run("update-ref", "refs/heads/main", made)
    return made


def tree(git: GitRepository) -> str:
    return git.run("rev-parse", "refs/heads/main^{tree}").decode().strip()
