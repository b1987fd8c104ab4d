"""On the loopback GitHub names change hands, accounts and forks go, apps mint their tokens."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from github import Auth, GithubIntegration

from tests.fakes.github_server import App, GitHubServer
from tests.fakes.github_server.clients import BOARD, connect, pull_of, seed_board
from tests.fakes.github_server.description import DESCRIPTION
from tests.require import require

APP = App(4711, "board-bot", "Board Bot")


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer() as running:
        seed_board(running)
        yield running


def test_a_login_is_given_up_and_taken_by_somebody_else(server: GitHubServer) -> None:
    before = server.account("sam").id
    server.rename_account("sam", "samuel")
    newcomer = server.account("sam")
    assert (newcomer.id != before, server.account("samuel").id) == (True, before)
    pull = pull_of(server)
    assert (pull.user.login, pull.user.id) == ("samuel", before)
    assert pull.head.repo.full_name == "samuel/reports"
    github = connect(server.api_url, "mia-token")
    assert [github.get_user(name).id for name in ("samuel", "sam")] == [before, newcomer.id]
    assert github.get_user_by_id(before).login == "samuel"
    assert github.get_repo("sam/reports").full_name == "samuel/reports"


def test_who_deleted_their_account_is_nobody(server: GitHubServer) -> None:
    server.comment(BOARD, 1, "eve", "Look!")
    server.review(BOARD, 1, "eve")
    server.delete_account("eve")
    pull = pull_of(server, "mia-token")
    assert [one.user for one in pull.get_issue_comments()] == [None]
    assert [one.user for one in pull.get_reviews()] == [None]


def test_a_deleted_fork_leaves_the_pull_request_and_its_head(
    server: GitHubServer, tmp_path: Path
) -> None:
    head = pull_of(server).head.sha
    server.delete_account("sam")
    pull = pull_of(server)
    assert (pull.user.login, pull.head.repo, pull.head.sha) == ("ghost", None, head)
    done = subprocess.run(
        ["git", "ls-remote", server.clone_url(BOARD), "refs/pull/1/head"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split()[0] == head


def test_an_app_mints_a_token_for_an_hour_and_no_more_than_it_has(server: GitHubServer) -> None:
    given = {"contents": "write", "pull_requests": "write", "metadata": "read"}
    installed = server.add_app(APP, "board", given)
    auth = Auth.AppAuth(APP.id, installed.private_key)
    integration = GithubIntegration(
        auth=auth, base_url=server.api_url, seconds_between_requests=0, seconds_between_writes=0
    )
    found = integration.get_repo_installation("board", "reports")
    assert (found.id, found.raw_data["app_slug"]) == (installed.id, "board-bot")
    minted = integration.get_access_token(found.id, permissions={"contents": "write"})
    repository = connect(server.api_url, minted.token).get_repo(BOARD)
    assert repository.create_git_ref("refs/heads/x", repository.get_branch("main").commit.sha)
    assert server.tokens[minted.token].account.login == "board-bot[bot]"
    with pytest.raises(Exception, match="permissions requested are not granted"):
        integration.get_access_token(found.id, permissions={"administration": "write"})


@pytest.mark.parametrize("fault", ["key", "issuer", "expired", "unsigned"])
def test_a_statement_that_the_app_did_not_sign_mints_nothing(
    server: GitHubServer, fault: str
) -> None:
    installed = server.add_app(APP, "board", {"contents": "write"})
    other = server.add_app(App(5, "other", "Other"), "board", {"contents": "write"})
    now = int(time.time())
    claims: dict[str, Any] = {"iat": now - 30, "exp": now + 300, "iss": str(APP.id)}
    key: str | None = installed.private_key
    algorithm = "RS256"
    if fault == "key":
        key = other.private_key
    elif fault == "issuer":
        claims["iss"] = "12"
    elif fault == "expired":
        claims |= {"iat": now - 900, "exp": now - 600}
    else:
        key, algorithm = None, "none"
    token = jwt.encode(claims, key, algorithm=algorithm)
    address = f"{server.api_url}/app/installations/{installed.id}/access_tokens"
    request = urllib.request.Request(
        address, method="POST", data=b"{}", headers={"Authorization": f"Bearer {token}"}
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=10)
    with caught.value as error:
        assert error.code == 401
        assert "could not be decoded" in json.loads(error.read())["message"]
