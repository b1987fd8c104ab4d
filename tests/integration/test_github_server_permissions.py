"""The loopback GitHub gives a token what it was given, as GitHub's documents list it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from github import GithubException

from tests.fakes.github_server import GitHubServer
from tests.fakes.github_server.calls import ROUTES
from tests.fakes.github_server.clients import BOARD, board, connect, pull_of, seed_board
from tests.fakes.github_server.description import DESCRIPTION, load
from tests.fakes.github_server.permissions import TABLE
from tests.integration.act.job_tokens import SCOPES
from tests.require import require

BY_APP = "Resource not accessible by integration"


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer() as running:
        seed_board(running)
        yield running


def refusal(call: Any) -> tuple[int, str]:
    with pytest.raises(GithubException) as caught:
        call()
    return caught.value.status, str(caught.value.data["message"])


def ask(server: GitHubServer, secret: str, method: str, path: str) -> tuple[int, Any, str]:
    """Return status, document and the header about permissions of a call to the board."""
    request = urllib.request.Request(
        f"{server.api_url}/repos/{BOARD}{path}",
        method=method,
        data=b"{}" if method != "GET" else None,
        headers={"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read() or b"null"), ""
    except urllib.error.HTTPError as error:
        with error:
            header = error.headers.get("x-accepted-github-permissions", "")
            return error.code, json.loads(error.read()), header


def test_every_endpoint_of_a_repository_has_its_row_and_is_described() -> None:
    served = {
        (one.method, one.template)
        for one in ROUTES
        if one.template.startswith("/repos/") and not one.app
    }
    assert served - set(TABLE) == set()
    paths = load()["paths"]
    for method, template in TABLE:
        older = template == "/repos/{owner}/{repo}/statuses/{ref}"
        assert older or method.lower() in paths[template], (method, template)


def test_a_token_with_every_other_permission_is_refused_everywhere(server: GitHubServer) -> None:
    """For each endpoint: all that a workflow can ask for, but not what this one needs."""
    for route in ROUTES:
        needs = TABLE.get((route.method, route.template), ())
        asked = {scope.replace("_", "-") for one in needs for scope, _ in one}
        if route.app or not needs or "metadata" in asked:
            continue
        others = dict.fromkeys(set(SCOPES) - asked, "write")
        server.add_token("others", permissions=others)
        numbers = ("issue_number", "pull_number")
        known = {"owner": "board", "repo": "reports", **dict.fromkeys(numbers, "1")}
        path = route.template
        for name, value in known.items():
            path = path.replace(f"{{{name}}}", value)
        if "{comment_id}" in path:
            comment = server.comment(BOARD, 1, "sam", "Hello.")
            path = path.replace("{comment_id}", str(comment.id))
        path = path.replace("{", "").replace("}", "").removeprefix(f"/repos/{BOARD}")
        status, document, accepted = ask(server, "others", route.method, path)
        assert (status, document["message"]) == (403, BY_APP), (route.method, path)
        assert [one.split("=")[0] for one in accepted.replace(",", "; ").split("; ")] == [
            scope for one in needs for scope, _ in one
        ]


def test_reading_is_not_writing(server: GitHubServer) -> None:
    server.add_token("reader", permissions=dict.fromkeys(SCOPES, "read"))
    pull = pull_of(server, "reader")
    assert refusal(lambda: pull.create_issue_comment("x")) == (403, BY_APP)
    assert refusal(lambda: pull.add_to_labels("question")) == (403, BY_APP)
    assert refusal(pull.merge) == (403, BY_APP)
    assert [one.name for one in pull.get_labels()] == []


def test_a_label_that_is_not_there_takes_issues_write(server: GitHubServer) -> None:
    server.add_token("talker", permissions={"pull-requests": "write"})
    pull = pull_of(server, "talker")
    pull.add_to_labels("question")
    told = (403, "You do not have permission to create labels on this repository.")
    assert refusal(lambda: pull.add_to_labels("new")) == told
    assert refusal(lambda: pull.set_labels("new")) == told
    assert [one.name for one in pull.get_labels()] == ["question"]
    assert refusal(lambda: board(server, "talker").create_label("new", "00ff00")) == (403, BY_APP)
    server.add_token("talker", permissions={"pull-requests": "write", "issues": "write"})
    pull.add_to_labels("new")
    assert "new" in server.repository(BOARD).labels


def test_permissions_for_pull_requests_open_no_plain_issue(server: GitHubServer) -> None:
    issue = server.add_issue(server.repository(BOARD), server.account("sam"), "Question", None)
    comment = server.comment(BOARD, issue.number, "sam", "Anybody?")
    server.add_token("talker", permissions={"pull-requests": "write"})
    for path in (f"/issues/{issue.number}/comments", f"/issues/comments/{comment.id}"):
        status, _, accepted = ask(server, "talker", "GET", path)
        assert (status, accepted) == (403, "issues=read")


def test_a_private_repository_is_not_there_for_who_may_not_know_of_it(
    server: GitHubServer,
) -> None:
    server.create_repository("board/secret", private=True, collaborators={"mia": "read"})
    server.add_token("elsewhere", permissions={"contents": "write"}, repository=BOARD)
    server.add_token("here", permissions={}, repository="board/secret")

    def read(secret: str) -> str:
        return connect(server.api_url, secret).get_repo("board/secret").full_name

    for secret in ("sam-token", "elsewhere"):
        assert refusal(lambda secret=secret: read(secret)) == (404, "Not Found")
    assert read("mia-token") == read("here") == "board/secret"
    contents = connect(server.api_url, "here").get_repo("board/secret")
    assert refusal(lambda: contents.get_contents("README.md")) == (403, BY_APP)


def test_a_job_token_ends_with_its_run_and_is_for_one_repository(server: GitHubServer) -> None:
    server.create_repository("board/other")
    server.add_token("job", permissions={"contents": "write"}, repository=BOARD)
    other = connect(server.api_url, "job").get_repo("board/other")
    assert not other.create_repository_dispatch("x")
    assert server.requests[-1].status == 403
    assert board(server, "job").create_repository_dispatch("x")
    server.remove_token("job")
    assert refusal(lambda: board(server, "job")) == (401, "Bad credentials")
