"""Upkeep on the loopback GitHub: what is found, and one issue about it that is never doubled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.git.repository import GitRepository, create_bare
from bot.cli.app import run
from bot.domain.trouble import Trouble
from bot.jobs.installation import Installation
from bot.render.board.hygiene import MARKER, render_troubles
from tests.fakes.github_server import ACTIONS_BOT, Fault
from tests.integration.gate_world import BOARD, SECRET, GateWorld, gate_world
from tests.integration.git_objects import commit
from tests.integration.handovers import scorecard, table

LONG_AGO = "2024-02-01T10:00:00Z"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GateWorld]:
    """A pull request with a verdict, and a leaderboard that was just published."""
    with gate_world(tmp_path) as made:
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("GITHUB_API_URL", made.server.api_url)
        monkeypatch.setenv("REXRANK_TOKEN", SECRET)
        monkeypatch.setenv("REXRANK_APP_ID", "")
        monkeypatch.delenv("REXRANK_SCORER_IMAGE", raising=False)
        monkeypatch.setattr(Installation, "host", lambda _: made.pulls())
        made.check()
        publish(made)
        yield made


def publish(world: GateWorld) -> None:
    scratch = create_bare(world.folder / "publish.git").folder
    world.act_as("publish", "publish")
    assert run(["publish", "--repo", str(scratch), "--remote", world.server.clone_url(BOARD)]) == 0
    world.act_as("hygiene", "look")


def git_of(world: GateWorld) -> GitRepository:
    return GitRepository(world.server.repository(BOARD).git.folder)


def hygiene(world: GateWorld, *words: str) -> int:
    return run(["hygiene", "--remote", world.server.clone_url(BOARD), *words])


def found(world: GateWorld, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    capsys.readouterr()
    status = hygiene(world, "--output-format", "json")
    troubles = json.loads(capsys.readouterr().out)
    assert status == (1 if troubles else 0)
    return [(each["kind"], each["where"]) for each in troubles]


def own_issues(world: GateWorld) -> list[tuple[str, str | None]]:
    issues = world.server.repository(BOARD).issues.values()
    return [
        (issue.state, issue.body)
        for issue in issues
        if issue.pull is None and issue.user.login == ACTIONS_BOT.login
    ]


def test_a_leaderboard_in_order_needs_nobody(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    assert found(world, capsys) == []
    assert hygiene(world, "--issue") == 0
    assert own_issues(world) == []


def test_a_head_without_a_verdict_is_told_after_its_hours(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.push()
    assert found(world, capsys) == []
    world.server.repository(BOARD).issues[1].updated_at = LONG_AGO
    assert found(world, capsys) == [("stuck", "pull request 1")]
    world.check()
    assert found(world, capsys) == [("stale", "pull request 1")]
    world.server.repository(BOARD).issues[1].state = "closed"
    assert found(world, capsys) == []


def test_files_of_the_leaderboard_that_somebody_changed_are_told(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    git = git_of(world)
    changed = {"leaderboard/mini.findings.md": b"we won\n", "leaderboard/README.md": None}
    extra: dict[str, bytes | None] = {**changed, "leaderboard/more.md": b"x"}
    git.run("update-ref", "refs/heads/main", commit(git, git.resolve("main"), extra))
    assert found(world, capsys) == [("drift", path) for path in sorted(extra)]
    publish(world)
    assert found(world, capsys) == []


def test_row_40_what_another_publication_would_mend_starts_one(
    world: GateWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = tmp_path / "outputs"
    monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))

    def said() -> str:
        hygiene(world)
        _, said, _ = outputs.read_text(encoding="utf-8").splitlines()[-3:]
        return said

    assert said() == "false"
    git = git_of(world)
    lost = commit(git, git.resolve("main"), {"leaderboard/README.md": None})
    git.run("update-ref", "refs/heads/main", lost)
    assert said() == "true"
    publish(world)
    assert said() == "false"


def test_a_merged_entry_without_a_present_score_is_told(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.record()
    world.check()
    world.approve()
    world.act_as("commands", "answer")
    assert world.pulls().merge(1, world.head()) == ""
    world.act_as("hygiene", "look")
    assert ("rescore", "moe, mini.findings") not in found(world, capsys)
    git = git_of(world)
    git.run("update-ref", "-d", "refs/heads/ledger")
    publish(world)
    assert found(world, capsys) == [("unscored", "moe, mini.findings")]


def test_a_ledger_that_was_written_over_is_told(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    card = scorecard("1" * 64)
    with world.upstream() as upstream:
        upstream.ledger.append([(card, table(card))])
    git = git_of(world)
    path = f"scores/mini/{card.key}.json"
    better = scorecard("1" * 64, value=0.9).to_json()
    git.run("update-ref", "refs/heads/ledger", commit(git, git.resolve("ledger"), {path: better}))
    ((kind, where),) = found(world, capsys)
    assert kind == "ledger"
    assert where.startswith("commit ")


def test_the_issue_is_one_however_often_and_however_github_fails(world: GateWorld) -> None:
    world.server.repository(BOARD).issues[1].updated_at = LONG_AGO
    stranger = world.server.account("eve")
    repository = world.server.repository(BOARD)
    world.server.add_issue(repository, stranger, "Upkeep", f"{MARKER}\nAll is well.")
    world.server.faults.append(Fault("POST", r"/issues$", 1, "drop_after"))
    for _ in range(3):
        assert hygiene(world, "--issue") == 1
    ((state, body),) = own_issues(world)
    assert state == "open"
    assert body is not None
    assert "pull request 1" in body
    assert "nothing happened since 2024-02-01" in body
    repository.issues[1].state = "closed"
    for _ in range(2):
        assert hygiene(world, "--issue") == 0
    ((state, body),) = own_issues(world)
    assert state == "closed"
    assert body is not None
    assert "Nothing needs a maintainer." in body
    repository.issues[1].state = "open"
    assert hygiene(world, "--issue") == 1
    assert [state for state, _ in own_issues(world)] == ["open"]
    assert repository.issues[2].body == f"{MARKER}\nAll is well."


def test_the_table_ends_somewhere() -> None:
    troubles = [Trouble("stuck", f"pull request {number}", "x") for number in range(1000)]
    shown = render_troubles(troubles)
    assert "1,000 things to look at" in shown
    assert "and 800 more rows." in shown
    assert len(shown) < 60_000
