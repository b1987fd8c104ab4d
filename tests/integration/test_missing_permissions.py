"""Whatever permission a job lacks: what can be written is written, and what is missing is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.git.repository import create_bare
from bot.cli.app import run
from bot.jobs.installation import Installation
from tests.fakes.github_server.state import CheckRun
from tests.integration.api_roads import ReportRoad
from tests.integration.gate_world import BOARD, SECRET, GateWorld, gate_world, permissions

MISCONFIGURED = 78
REPORTS = [
    (workflow, missing)
    for workflow in ("submission", "score-sealed")
    for missing in sorted(permissions(workflow, "report"))
]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GateWorld]:
    with gate_world(tmp_path) as made:
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("GITHUB_API_URL", made.server.api_url)
        monkeypatch.setenv("REXRANK_TOKEN", SECRET)
        monkeypatch.setenv("REXRANK_APP_ID", "")
        monkeypatch.delenv("REXRANK_SCORER_IMAGE", raising=False)
        monkeypatch.setattr(Installation, "host", lambda _: made.pulls())
        yield made


def without(world: GateWorld, workflow: str, job: str, missing: str) -> None:
    """Give the next command the token of a job that lacks one of its permissions."""
    given = permissions(workflow, job)
    del given[missing]
    world.server.add_token(SECRET, permissions=given, repository=BOARD)


def the_check(world: GateWorld) -> CheckRun:
    *_, check = world.server.repository(BOARD).check_runs.values()
    return check


def labels(world: GateWorld) -> list[str]:
    return world.server.repository(BOARD).issues[1].labels


def test_row_39_the_first_pull_request_has_its_verdict_before_any_label_was_made(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.server.repository(BOARD).labels.clear()
    road = ReportRoad(world)
    assert run(road.words()) == 0
    said = capsys.readouterr().err
    assert "labels: not written: the repository has no label 'rexrank: scored'" in said
    (comment,) = world.answers()
    assert "Ready, waiting for a person" in comment
    assert "could not be written" not in comment
    assert the_check(world).conclusion == "success"
    assert labels(world) == []
    assert world.server.repository(BOARD).labels == {}


def test_a_report_makes_no_label_although_it_could(world: GateWorld) -> None:
    world.server.repository(BOARD).labels.clear()
    road = ReportRoad(world)
    given = permissions("submission", "report") | {"issues": "write"}
    world.server.add_token(SECRET, permissions=given, repository=BOARD)
    assert run(road.words()) == 0
    assert world.server.repository(BOARD).labels == {}


@pytest.mark.parametrize(("workflow", "missing"), REPORTS)
def test_row_39_a_report_without_one_permission_stays_honest(
    world: GateWorld, workflow: str, missing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    road = ReportRoad(world)
    road.prepare()
    without(world, workflow, "report", missing)
    status = run(road.words())
    said = capsys.readouterr().err
    comments = world.answers()
    if missing == "pull-requests":
        assert status == MISCONFIGURED
        assert "give the token the permission `pull-requests: write`" in said
        assert comments == []
        assert labels(world) == []
        summary = the_check(world).summary or ""
        assert the_check(world).conclusion == "success"
        assert "The comment could not be written" in summary
        assert "The bot's comment says" not in summary
        assert "approve by review" in summary
    elif missing == "checks":
        assert status == MISCONFIGURED
        assert "give the token the permission `checks: write`" in said
        assert "Ready, waiting for a person" in comments[0]
        assert "The check could not be written" in comments[0]
        assert labels(world) == ["rexrank: scored"]
        assert not world.server.repository(BOARD).check_runs
    else:  # only private repositories ask for it
        assert (missing, status) == ("contents", 0)
        road.check()
    world.act_as(workflow, "report")
    assert run(road.words()) == 0
    (comment,) = world.answers()
    assert "could not be written" not in comment
    assert "could not be written" not in (the_check(world).summary or "")
    assert labels(world) == ["rexrank: scored"]


def command(world: GateWorld, body: str, login: str = "mia") -> int:
    """Return how the job that answers a new comment ended."""
    comment = world.server.comment(BOARD, 1, login, body)
    payload = world.server.issue_comment_event(1, comment.id, full_name=BOARD)
    event = world.folder / "event.json"
    event.write_text(json.dumps(payload), encoding="utf-8")
    return run(["command", "--event", str(event), "--remote", world.server.clone_url(BOARD)])


@pytest.mark.parametrize("missing", sorted({*permissions("commands", "answer"), "issues"}))
def test_row_39_a_command_without_one_permission_says_which(
    world: GateWorld, missing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = permissions("commands", "answer") | {"issues": "write"}
    del given[missing]
    world.server.add_token(SECRET, permissions=given, repository=BOARD)
    asked = {"actions": "rescore", "checks": "status"}.get(missing, "help")
    status = command(world, f"/rexrank {asked}")
    said = capsys.readouterr().err
    if missing == "issues":
        assert status == 0
        assert "reaction: not written" in said
        assert "`issues: write`" in said
        assert len(world.answers()) == 1
    elif missing == "contents":
        assert (status, len(world.answers())) == (0, 1)
    else:
        needed = {"actions": "actions: write", "checks": "checks: read"}
        level = needed.get(missing, "pull-requests: read")
        assert status == MISCONFIGURED
        assert f"give the token the permission `{level}`" in said
        assert world.answers() == []
    world.server.add_token(SECRET, permissions=given | {missing: "write"}, repository=BOARD)
    assert command(world, f"/rexrank {asked}") == 0


def test_row_39_publishing_without_contents_is_no_success(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    without(world, "publish", "publish", "contents")
    scratch = create_bare(world.folder / "publish.git").folder
    words = ["publish", "--repo", str(scratch), "--remote", world.server.clone_url(BOARD)]
    git = world.server.repository(BOARD).git
    before = git.resolve("main")
    assert run(words) == MISCONFIGURED
    said = capsys.readouterr().err
    for way in ("REXRANK_APP_KEY", "REXRANK_DEPLOY_KEY", "docs/how-to/set-up-github.md"):
        assert way in said
    assert git.resolve("main") == before


@pytest.mark.parametrize("missing", ["checks", "issues", "pull-requests"])
def test_row_39_hygiene_without_one_permission_says_which(
    world: GateWorld, missing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world.server.repository(BOARD).issues[1].updated_at = "2024-02-01T10:00:00Z"
    without(world, "hygiene", "look", missing)
    words = ["hygiene", "--remote", world.server.clone_url(BOARD), "--issue"]
    assert run(words) == MISCONFIGURED
    told = capsys.readouterr()
    assert f"give the token the permission `{missing}: " in told.err
    assert ("stuck: pull request 1" in told.out) == (missing == "issues")
