"""The loopback GitHub fails on order, tells of events, and notices its own mistakes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from github import GithubException

from tests.fakes.github_server import Fault, GitHubServer
from tests.fakes.github_server.clients import BOARD, MANIFEST, connect, pull_of, seed_board
from tests.fakes.github_server.description import DESCRIPTION, describe_mismatch
from tests.require import require


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer(hang_s=5.0) as running:
        seed_board(running)
        yield running


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("500", 500), ("502", 502), ("rate_limit", 403), ("secondary_rate_limit", 403),
        ("secondary_rate_limit_429", 429),
    ],
)  # fmt: skip
def test_an_ordered_fault_strikes_once(server: GitHubServer, kind: Any, status: int) -> None:
    pull = pull_of(server)
    server.faults.append(Fault("POST", r"/issues/1/comments$", 2, kind))
    pull.create_issue_comment("first")
    with pytest.raises(GithubException) as caught:
        pull.create_issue_comment("second")
    headers = caught.value.headers or {}
    assert caught.value.status == status
    assert ("retry-after" in headers) == kind.startswith("secondary")
    assert (headers.get("x-ratelimit-remaining") == "0") == (kind == "rate_limit")
    pull.create_issue_comment("third")
    assert [one.body for one in server.repository(BOARD).issues[1].comments] == ["first", "third"]


@pytest.mark.parametrize(("kind", "left"), [("drop_before", 0), ("drop_after", 1), ("timeout", 0)])
def test_a_lost_answer_may_have_had_its_effect(server: GitHubServer, kind: Any, left: int) -> None:
    pull = connect(server.api_url, timeout_s=1).get_repo(BOARD).get_pull(1)
    server.faults.append(Fault("POST", r"/comments$", 1, kind))
    with pytest.raises(OSError, match=r"."):
        pull.create_issue_comment("lost")
    assert len(server.repository(BOARD).issues[1].comments) == left


def test_payloads_point_at_this_server(server: GitHubServer) -> None:
    opened = server.pull_request_event(1)
    head = opened["pull_request"]["head"]["sha"]
    assert (opened["action"], opened["number"], opened["sender"]["login"]) == ("opened", 1, "sam")
    assert head == pull_of(server).head.sha
    server.comment(BOARD, 1, "mia", "/rexrank score")
    said = server.issue_comment_event(1)
    assert (said["comment"]["body"], said["issue"]["number"]) == ("/rexrank score", 1)
    pull_of(server).merge()
    pushed = server.push_event(sender="mia")
    assert pushed["after"] == pushed["head_commit"]["id"]
    assert MANIFEST in pushed["head_commit"]["added"]
    texts = [repr(one) for one in (opened, said, pushed)]
    assert not any("Codertocat/Hello-World" in text for text in texts)
    assert all(server.api_url in text for text in texts)


def test_an_answer_github_would_not_give_is_noticed(server: GitHubServer) -> None:
    template = "/repos/{owner}/{repo}/issues/{issue_number}/comments"
    assert describe_mismatch("GET", template, 200, []) is None
    assert "'id' is a required property" in (describe_mismatch("GET", template, 200, [{}]) or "")
    with (
        pytest.raises(AssertionError, match="answers that GitHub would not give"),
        GitHubServer() as bad,
    ):
        bad.failures.append("GET /x: not so")
