"""Quotas in the ledger: counted with the scores, shown in the comment, asked before scoring."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.adapters.git.repository import GitRepository, scratch_repository
from bot.adapters.ledger.quota import CHARGE_RECORDS
from bot.adapters.ledger.scores import SCORECARD_RECORDS
from bot.adapters.ledger.verify import verify_ledger
from bot.checks.reading.ledger_records import read_records
from bot.cli.app import run
from bot.domain.repository_setup import LEDGER_BRANCH
from bot.domain.scorecard import MetricScore, Scorecard
from bot.jobs.installation import Installation
from bot.jobs.pull_request.handover import read_inspection
from bot.jobs.pull_request.quota import plan_costs
from bot.jobs.upstream import Upstream
from tests.integration.gate_world import BOARD, SECRET, GateWorld, gate_world, sample_manifest
from tests.integration.handovers import HandOver, hand_over, scorecard
from tests.sealed_world import write_catalog
from tests.warm_program import WarmProcess

LIMIT = 2


@dataclass(frozen=True)
class Desk:
    """A leaderboard with the private test set `hidden`, of which a team has two files a month."""

    world: GateWorld
    folder: Path
    catalog: Path

    def scored(self, number: int, *, failed: bool = False, team: str = "One") -> HandOver:
        """Return what is handed over about a team's nth file."""
        card = scorecard(f"{number:064x}")
        score = MetricScore(status="unavailable", version="1", reason="no weights here")
        metrics = {"bleu2": score} if failed else card.metrics
        hidden = card.model_copy(update={"dataset": "hidden", "n": 12, "metrics": metrics})
        manifest = sample_manifest().model_copy(update={"team": team})
        folder = self.folder / f"file-{number}-{failed}"
        return hand_over(folder, "entry", {"findings": hidden}, manifest)

    def add_words(self, made: HandOver, number: int = 1) -> list[str]:
        words = made.words(self.world.server.clone_url(BOARD))
        return [*words, "--pull", str(number), "--catalog", str(self.catalog)]

    def add(self, made: HandOver, number: int = 1) -> int:
        return run(self.add_words(made, number))

    def ask(self, made: HandOver, number: int = 1) -> int:
        words = ["--inspection", str(made.inspection), "--head", made.head]
        remote = ["--remote", self.world.server.clone_url(BOARD), "--catalog", str(self.catalog)]
        return run(["quota", str(number), *words, *remote])

    def git(self) -> GitRepository:
        return GitRepository(self.world.server.repository(BOARD).git.folder)

    def counts(self) -> tuple[int, int]:
        """Return how many scorecards and events the ledger has, after checking it."""
        git = self.git()
        tip = git.resolve(LEDGER_BRANCH)
        assert verify_ledger(git, tip) == ()
        return len(read_records(git, tip, SCORECARD_RECORDS)), len(
            read_records(git, tip, CHARGE_RECORDS)
        )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    catalog = write_catalog(tmp_path / "catalog")
    card = catalog / "datasets/hidden.yaml"
    card.write_text(json.dumps(json.loads(card.read_bytes()) | {"quota_per_month": LIMIT}))
    with gate_world(tmp_path) as world:
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("GITHUB_API_URL", world.server.api_url)
        monkeypatch.setenv("REXRANK_TOKEN", SECRET)
        monkeypatch.setattr(Installation, "host", lambda _: world.pulls())
        yield Desk(world, tmp_path, catalog)


def test_what_is_scored_counts_once_and_what_is_over_the_limit_is_not_kept(desk: Desk) -> None:
    first = desk.scored(1)
    assert desk.add(first) == 0
    assert desk.add(first) == 0
    assert desk.counts() == (1, 1)
    assert desk.add(desk.scored(2)) == 0
    assert desk.add(desk.scored(3)) == 1
    assert desk.counts() == (2, 2)
    assert desk.add(first) == 0
    (event, _) = read_records(desk.git(), desk.git().resolve(LEDGER_BRANCH), CHARGE_RECORDS)
    assert event.user_id == desk.world.server.account("sam").id
    assert (event.team, event.pull) == ("one", 1)


def test_failures_of_ours_cost_nothing(desk: Desk) -> None:
    assert desk.add(desk.scored(1, failed=True)) == 0
    assert desk.counts() == (1, 0)
    assert desk.ask(desk.scored(1)) == 0


def test_a_reservation_of_what_could_not_be_scored_is_released(desk: Desk) -> None:
    failed = desk.scored(1, failed=True)
    remote = desk.world.server.clone_url(BOARD)
    installation = Installation(desk.catalog)
    inspection = read_inspection(failed.inspection, failed.head)
    costs = plan_costs(installation, inspection, desk.world.pulls().read(1))
    with scratch_repository(SECRET) as repository:
        quota = Upstream(installation, repository, remote).quota
        assert quota.reserve(costs, failed.head, installation.catalog.quotas()) == 1
        assert len(quota.book().held) == 1
        assert desk.add(failed) == 0
        assert (quota.book().held, quota.book().events) == ((), ())
    assert desk.counts() == (1, 0)


def test_row_35_a_reservation_of_the_month_before_pays_for_what_is_recorded_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = desk.scored(1)
    remote = desk.world.server.clone_url(BOARD)
    installation = Installation(desk.catalog)
    inspection = read_inspection(made.inspection, made.head)
    monkeypatch.setattr("bot.jobs.pull_request.quota.today", lambda: "2026-10-31")
    costs = plan_costs(installation, inspection, desk.world.pulls().read(1))
    with scratch_repository(SECRET) as repository:
        quota = Upstream(installation, repository, remote).quota
        assert quota.reserve(costs, made.head, installation.catalog.quotas()) == 1
    monkeypatch.setattr("bot.jobs.pull_request.quota.today", lambda: "2026-11-01")
    assert desk.add(made) == 0
    (event,) = read_records(desk.git(), desk.git().resolve(LEDGER_BRANCH), CHARGE_RECORDS)
    assert event.day == "2026-10-31"


def test_row_25_another_account_of_the_team_is_asked_for_the_same_quota(desk: Desk) -> None:
    other = desk.world.propose("eve", **{"submissions/moe/README.md": "eve's\n"})
    assert desk.add(desk.scored(1)) == 0
    assert desk.add(desk.scored(2), other) == 0
    assert desk.add(desk.scored(3), other) == 1
    assert desk.add(desk.scored(3, team="Other"), other) == 1
    assert desk.counts() == (2, 2)


def test_row_20_the_quota_is_asked_before_anything_is_scored(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.ask(desk.scored(1)) == 0
    assert "hidden: 0 of 2 this month, 1 asked" in capsys.readouterr().out
    desk.add(desk.scored(1))
    desk.add(desk.scored(2))
    assert desk.ask(desk.scored(2)) == 0
    assert "hidden: 2 of 2 this month, 0 asked" in capsys.readouterr().out
    assert desk.ask(desk.scored(3)) == 1
    assert "the quota is used up; hidden: 2 of 2" in capsys.readouterr().err
    assert desk.counts() == (2, 2)


def test_row_20_runs_at_once_do_not_share_what_is_left(desk: Desk) -> None:
    """Four files are scored at once; two are left this month."""
    words = [desk.add_words(desk.scored(number)) for number in range(1, 5)]
    processes = [WarmProcess(each, os.environ) for each in words]
    for process in processes:
        process.communicate(timeout=120)
    assert sorted(process.returncode for process in processes) == [0, 0, 1, 1]
    assert desk.counts() == (2, 2)


def test_whose_quota_it_is_must_be_said(desk: Desk) -> None:
    words = desk.add_words(desk.scored(1))
    at = words.index("--pull")
    assert run([*words[:at], *words[at + 2 :]]) == 2


def test_the_comment_shows_how_much_is_used(desk: Desk) -> None:
    desk.add(desk.scored(1))
    made = desk.scored(2)
    inspection = made.inspection / "inspection.json"
    document = json.loads(inspection.read_bytes())
    head = desk.world.head()
    for plan in document["plans"]:
        plan["readiness"] = "private"
    inspection.write_text(json.dumps(document | {"head": head}), encoding="utf-8")
    folders = ["--inspection", str(made.inspection), "--scores", str(desk.folder / "none")]
    remote = ["--remote", desk.world.server.clone_url(BOARD), "--catalog", str(desk.catalog)]
    desk.world.act_as("submission", "report")
    assert run(["report", "1", "--head", head, *folders, *remote]) == 0
    (comment,) = desk.world.answers()
    assert "1 of 2 this month. Scoring 1 file of this pull request will count." in comment


def test_a_scorecard_without_a_quota_needs_no_pull_request(desk: Desk) -> None:
    card: Scorecard = scorecard("a" * 64)
    made = hand_over(desk.folder, "entry", {"findings": card}, sample_manifest())
    remote = desk.world.server.clone_url(BOARD)
    assert run([*made.words(remote), "--catalog", str(desk.catalog)]) == 0
    assert desk.counts() == (1, 0)
