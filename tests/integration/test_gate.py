"""The gate against the loopback GitHub: which head is merged, and that no other ever is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.adapters.github.host import GitHubHost
from bot.cli.app import run
from bot.domain.repository_setup import ACTIONS_APP_ID
from bot.jobs.pull_request.gate import fetch_repository
from bot.pipeline.merging.gate import gather_facts, judge
from tests.fakes.github_server import App
from tests.fakes.github_server.clients import connect
from tests.integration.gate_world import BOARD, ENTRY, REPORT_SECRET, SECRET, GateWorld, gate_world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GateWorld]:
    with gate_world(tmp_path) as made:
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("GITHUB_API_URL", made.server.api_url)
        monkeypatch.setenv("REXRANK_TOKEN", SECRET)
        yield made


def gate(world: GateWorld, *words: str, number: int = 1) -> int:
    remote = world.server.clone_url(BOARD)
    return run(["gate", str(number), "--remote", remote, "--output-format", "json", *words])


def reasons(world: GateWorld, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    capsys.readouterr()
    status = gate(world, *words)
    document = json.loads(capsys.readouterr().out)
    assert status == (1 if document["reasons"] else 0)
    return list(document["reasons"])


def make_ready(world: GateWorld) -> None:
    world.record()
    world.check()
    world.approve()


def test_a_scored_checked_and_approved_head_is_merged(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    make_ready(world)
    assert reasons(world, capsys) == []
    assert world.merged_head() is None
    assert reasons(world, capsys, "--merge") == []
    assert world.merged_head() == world.head()
    assert reasons(world, capsys, "--merge")[0] == "the pull request is merged"


def test_every_reason_is_told_at_once(world: GateWorld, capsys: pytest.CaptureFixture[str]) -> None:
    found = reasons(world, capsys, "--merge")
    assert [reason.split(":")[0] for reason in found] == [
        "this head has no check rexrank",
        "no code owner who may write has approved this head",
        "mini.findings",
    ]
    assert world.merged_head() is None


def test_row_6_a_check_of_the_same_name_by_another_app_does_not_count(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.record()
    world.approve()
    world.server.add_token(
        "foreign", "fork-ci[bot]", {"checks": "write"}, App(4711, "fork-ci", "Fork CI")
    )
    fake = connect(world.server.api_url, "foreign").get_repo(BOARD)
    fake.create_check_run("rexrank", world.head(), conclusion="success", external_id="a" * 64)
    (reason,) = reasons(world, capsys, "--merge")
    assert reason == f"the check rexrank of this head was not written by the bot (app {15368})"
    world.check()
    assert reasons(world, capsys) == []
    assert reasons(world, capsys, "--app", "4711") == []


def test_row_6_a_job_named_like_the_check_does_not_count(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    """GitHub Actions writes a check for every job, and calls it by a UUID."""
    world.record()
    world.approve()
    actions = connect(world.server.api_url, REPORT_SECRET).get_repo(BOARD)
    job = "f47ac10b-58cc-4372-a567-0e02b2c3d479"
    actions.create_check_run("rexrank", world.head(), conclusion="success", external_id=job)
    (reason,) = reasons(world, capsys, "--merge")
    assert "was not written by the bot" in reason
    world.check()
    actions.create_check_run("rexrank", world.head(), conclusion="failure", external_id=job)
    assert reasons(world, capsys) == []


def test_row_7_a_push_after_the_review_needs_everything_again(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    make_ready(world)
    world.push()
    missing, stale = reasons(world, capsys, "--merge")
    assert missing == "this head has no check rexrank"
    assert stale.startswith("pushed to after the review: mia approved ")
    world.check()
    assert len(reasons(world, capsys, "--merge")) == 1
    world.approve()
    assert reasons(world, capsys, "--merge") == []
    assert world.merged_head() == world.head()


@pytest.mark.parametrize(
    ("login", "state", "reason"),
    [
        ("mia", "CHANGES_REQUESTED", "mia requested changes"),
        ("mia", "DISMISSED", "no code owner who may write has approved this head"),
        ("wes", "CHANGES_REQUESTED", "wes requested changes"),
    ],
)
def test_row_7_a_later_review_takes_an_approval_back(
    world: GateWorld, capsys: pytest.CaptureFixture[str], login: str, state: str, reason: str
) -> None:
    make_ready(world)
    world.server.review(BOARD, 1, login, state)
    assert reason in reasons(world, capsys, "--merge")
    assert world.merged_head() is None


@pytest.mark.parametrize("login", ["wes", "stranger", "sam"])
def test_only_a_code_owner_who_may_write_approves(
    world: GateWorld, capsys: pytest.CaptureFixture[str], login: str
) -> None:
    world.record()
    world.check()
    world.approve(login=login)
    assert reasons(world, capsys) == ["no code owner who may write has approved this head"]


def test_scores_of_other_bytes_do_not_count(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    make_ready(world)
    world.server.push("sam/reports", "entry", {f"{ENTRY}/predictions/mini.findings.json": "{}"})
    world.check()
    world.approve()
    (reason,) = reasons(world, capsys, "--merge")
    assert reason.startswith("the head has errors: manifest.sha256")


def test_row_30_other_paths_are_not_merged(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    make_ready(world)
    world.server.push("sam/reports", "entry", {"leaderboard/leaderboard.json": "{}"})
    world.check()
    world.approve()
    (reason,) = reasons(world, capsys, "--merge")
    assert reason == "the head has errors: changes.outside-submission"


class MovingPulls(GitHubHost):
    """The API, with somebody who acts just before one of its calls."""

    moves: Callable[[str], None]

    def _ask(self, doing, needs, ask):  # type: ignore[no-untyped-def]
        self.moves(doing)
        return super()._ask(doing, needs, ask)


CALLS = 8
"""Calls of a merge: read, reviews, who takes part, branch, checks, permission, merge; then none."""


@pytest.mark.parametrize("moment", range(CALLS))
@pytest.mark.parametrize("act", ["push", "force", "unreview", "approve-later"])
def test_row_7_a_head_that_moves_at_any_step_is_never_merged(
    world: GateWorld, act: str, moment: int
) -> None:
    make_ready(world)
    reviewed = world.head()
    seen: list[str] = []

    def move(doing: str) -> None:
        seen.append(doing)
        if len(seen) - 1 != moment:
            return
        if act == "push":
            world.push(team="Moved")
        elif act == "force":
            fork = world.server.repository("sam/reports")
            fork.git.run("update-ref", "refs/heads/entry", "refs/heads/main")
            world.push(team="Forced")
        elif act == "unreview":
            world.server.review(BOARD, 1, "mia", "CHANGES_REQUESTED")
        else:
            world.push(team="Moved")
            world.approve()

    pulls = world.pulls(kind=MovingPulls)
    pulls.moves = move
    with world.upstream() as upstream:
        pull = pulls.read(1)
        repository = fetch_repository(upstream, pull)
        texts = world.installation.public_texts
        facts = gather_facts(pulls, pull, repository, world.installation.catalog, texts)
    verdict = judge(facts, world.installation.catalog, branch="main", app_id=ACTIONS_APP_ID)
    if not verdict.reasons:
        pulls.merge(1, verdict.head)
    assert world.merged_head() in {None, reviewed}
    if moment < len(seen) and act in {"push", "force", "approve-later"}:
        assert world.merged_head() is None
