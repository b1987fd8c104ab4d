"""The loopback GitHub says which workflows an event would start, and which runs come of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.github_server import GitHubServer
from tests.fakes.github_server.clients import board, pull_of
from tests.fakes.github_server.description import DESCRIPTION
from tests.fakes.github_server.runs import Runs
from tests.require import require

BOARD = "board/reports"
WORKFLOWS = Path(__file__).resolve().parents[2] / ".github/workflows"
NAMES = ("submission.yml", "publish.yml", "commands.yml", "score-sealed.yml", "hygiene.yml")
ENTRY = "submissions/moe/manifest.yaml"


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    """A leaderboard with this project's workflows; nothing has happened yet."""
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer() as running:
        files = {f".github/workflows/{name}": (WORKFLOWS / name).read_bytes() for name in NAMES}
        running.create_repository(BOARD, {**files}, collaborators={"mia": "maintain"})
        job = {"contents": "write", "pull-requests": "write", "actions": "write"}
        running.add_token("job", permissions=job)
        running.add_token("mia-token", "mia")
        running.fork(BOARD, "sam")
        yield running


def propose(server: GitHubServer) -> None:
    server.push("sam/reports", "moe", {ENTRY: "a\n"})
    server.open_pull_request("sam/reports:moe")


def started(server: GitHubServer, runs: Runs) -> list[tuple[str, str]]:
    return [(run.workflow, run.event) for run in runs.take(server.happenings)]


def test_a_pull_request_a_push_and_a_comment_start_what_their_triggers_say(
    server: GitHubServer,
) -> None:
    runs = Runs()
    server.push("sam/reports", "moe", {ENTRY: "a\n"})
    assert [run for run in started(server, runs) if run[0] == "submission.yml"] == []
    server.open_pull_request("sam/reports:moe")
    assert started(server, runs) == [("submission.yml", "pull_request_target")]
    server.push("sam/reports", "moe", {ENTRY: "b\n"})
    assert ("submission.yml", "pull_request_target") in started(server, runs)
    server.comment(BOARD, 1, "sam", "/rexrank status")
    assert started(server, runs) == [("commands.yml", "issue_comment")]
    server.press_merge(BOARD, 1, "mia")
    assert ("publish.yml", "push") in started(server, runs)
    server.push(BOARD, "main", {"README.md": "x\n"})
    assert ("publish.yml", "push") not in started(server, runs)


def test_what_a_run_does_starts_no_run_but_a_dispatch(server: GitHubServer) -> None:
    propose(server)
    runs = Runs()
    runs.take(server.happenings)
    pull = pull_of(server, "job")
    pull.create_issue_comment("/rexrank help")
    assert pull.merge().merged
    assert started(server, runs) == []
    inputs = {"number": "1", "head": "x"}
    workflow = f"{board(server, 'job').url}/actions/workflows/score-sealed.yml/dispatches"
    requester = board(server, "job").requester
    requester.requestJsonAndCheck("POST", workflow, input={"ref": "main", "inputs": inputs})
    assert started(server, runs) == [("score-sealed.yml", "workflow_dispatch")]


@pytest.mark.parametrize("words", ["[skip ci]", "[ci skip]", "[no ci]", "[skip actions]"])
def test_words_in_the_head_commit_skip_a_push_but_no_pull_request_target(
    server: GitHubServer, words: str
) -> None:
    runs = Runs()
    server.push(BOARD, "main", {ENTRY: f"{words}\n"}, message=f"Merge {words}")
    assert started(server, runs) == []
    server.push("sam/reports", "moe", {ENTRY: "a\n"}, message=f"Add {words}")
    server.open_pull_request("sam/reports:moe")
    assert started(server, runs) == [("submission.yml", "pull_request_target")]


def test_a_newer_run_of_a_pull_request_ends_the_one_before(server: GitHubServer) -> None:
    propose(server)
    runs = Runs()
    runs.take(server.happenings)
    server.push("sam/reports", "moe", {ENTRY: "b\n"})
    runs.take(server.happenings)
    own = [run for run in runs.listed if run.workflow == "submission.yml"]
    assert [run.state for run in own] == ["cancelled", "running"]
    assert {run.group for run in own} == {"submission-1"}


def test_one_run_waits_for_a_group_and_a_newer_one_takes_its_place(server: GitHubServer) -> None:
    runs = Runs()
    for number in range(3):
        server.push(BOARD, "main", {ENTRY: f"{number}\n"})
        runs.take(server.happenings)
    own = [run for run in runs.listed if run.workflow == "publish.yml"]
    assert [run.state for run in own] == ["running", "cancelled", "pending"]
    runs.finish(own[0])
    assert [run.state for run in own] == ["done", "cancelled", "running"]
