"""The loopback GitHub serves PyGithub and git as GitHub does, limits and faults included."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from github import GithubException

from tests.fakes.github_server import App, GitHubServer
from tests.fakes.github_server.clients import BOARD, MANIFEST, board, connect, pull_of, seed_board
from tests.fakes.github_server.description import DESCRIPTION
from tests.require import require

NOTE = {"path": MANIFEST, "start_line": 1, "end_line": 1, "annotation_level": "failure"}


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer(hang_s=5.0) as running:
        seed_board(running)
        yield running


def refusal(call: Callable[[], Any]) -> tuple[int, str]:
    """Return status and message of the refusal that a call meets."""
    with pytest.raises(GithubException) as caught:
        call()
    return caught.value.status, str(caught.value.data["message"])


def test_a_pull_request_shows_its_files_commits_and_ends(server: GitHubServer) -> None:
    pull = pull_of(server)
    assert (pull.user.login, pull.head.repo.full_name, pull.head.ref) == (
        "sam", "sam/reports", "moe",
    )  # fmt: skip
    assert [(one.filename, one.status, one.patch) for one in pull.get_files()] == [
        (MANIFEST, "added", "@@ -0,0 +1 @@\n+schema_version: 1")
    ]
    assert [one.sha for one in pull.get_commits()] == [pull.head.sha]
    assert (pull.mergeable, pull.changed_files, pull.base.ref) == (True, 1, "main")
    assert [one.number for one in board(server).get_pulls(state="all", head="sam:moe")] == [1]
    assert list(board(server).get_pulls(state="closed")) == []


def test_the_head_follows_the_fork_branch(server: GitHubServer) -> None:
    before = pull_of(server).head.sha
    pushed = server.push("sam/reports", "moe", {MANIFEST: "schema_version: 2\n"})
    assert pull_of(server).head.sha == pushed != before
    assert board(server).get_git_ref("pull/1/head").object.sha == pushed


def test_a_clone_can_be_pushed_with_a_token_only(server: GitHubServer, tmp_path: Path) -> None:
    def git(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {"GIT_TERMINAL_PROMPT": "0", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
        who = ("-c", "user.name=sam", "-c", "user.email=sam@host.invalid")
        return subprocess.run(
            ["git", *who, *words], cwd=tmp_path, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    assert git("clone", "-q", "-b", "moe", server.clone_url("sam/reports"), "c").returncode == 0
    (tmp_path / "c/big.bin").write_bytes(bytes(range(256)) * 8000)
    git("-C", "c", "add", "-A")
    git("-C", "c", "commit", "-qm", "Grow")
    assert git("-C", "c", "push", "-q", "origin", "moe").returncode != 0
    refused = git("-C", "c", "push", "-q", server.clone_url("sam/reports", "mia-token"), "moe")
    assert refused.returncode != 0
    done = git("-C", "c", "push", "-q", server.clone_url("sam/reports", "sam-token"), "moe")
    assert done.returncode == 0, done.stderr
    head = git("-C", "c", "rev-parse", "HEAD").stdout.strip()
    assert pull_of(server).head.sha == head
    fetched = git("-C", "c", "fetch", "-q", server.clone_url(BOARD), "refs/pull/1/head")
    assert fetched.returncode == 0, fetched.stderr


def test_merging_needs_the_head_that_was_reviewed(server: GitHubServer) -> None:
    pull = pull_of(server)
    status, _ = refusal(lambda: pull.merge(sha="0" * 40))
    assert status == 409
    assert pull.merge(sha=pull.head.sha).merged
    merged = pull_of(server)
    assert (merged.merged, merged.state, merged.merged_by.login) == (
        True, "closed", "github-actions[bot]",
    )  # fmt: skip
    tip = board(server).get_branch("main").commit
    assert tip.sha == merged.merge_commit_sha
    assert [parent.sha for parent in tip.parents] == [merged.base.sha, merged.head.sha]
    assert board(server).get_contents(MANIFEST).decoded_content == b"schema_version: 1\n"  # type: ignore[union-attr]
    assert refusal(pull.merge)[0] == 405


def test_comments_come_in_pages_and_belong_to_the_bot(server: GitHubServer) -> None:
    pull = pull_of(server)
    for number in range(101):
        server.comment(BOARD, 1, "sam", f"comment {number}")
    made = pull.create_issue_comment("verdict")
    made.edit("verdict, edited")
    listed = list(pull.get_issue_comments())
    assert len(listed) == 102
    assert listed[-1].body == "verdict, edited"
    assert (made.user.login, made.user.type) == ("github-actions[bot]", "Bot")
    pages = [one for one in server.requests if one.path.endswith("/comments")]
    assert len([one for one in pages if one.method == "GET"]) == 4
    [seen] = [one for one in pull_of(server, "sam-token").get_issue_comments() if one.id == made.id]
    seen.create_reaction("rocket")
    assert [one.content for one in seen.get_reactions()] == ["rocket"]
    made.delete()
    assert len(list(pull.get_issue_comments())) == 101
    assert refusal(lambda: pull.create_issue_comment("x" * 65_537))[0] == 422


def test_labels_are_made_added_set_and_removed(server: GitHubServer) -> None:
    pull, repository = pull_of(server, "mia-token"), board(server, "mia-token")
    repository.create_label("ready", "00ff00", "May be merged")
    assert refusal(lambda: repository.create_label("Ready", "00ff00"))[0] == 422
    pull.add_to_labels("ready", "new")
    pull.remove_from_labels("new")
    assert [(one.name, one.color) for one in pull.get_labels()] == [("ready", "00ff00")]
    pull.set_labels("waiting")
    assert [one.name for one in repository.get_issue(1).labels] == ["waiting"]
    assert refusal(lambda: repository.get_label("absent"))[0] == 404


def test_check_runs_keep_to_fifty_annotations_and_to_their_app(server: GitHubServer) -> None:
    pull, repository = pull_of(server), board(server)
    notes = [{**NOTE, "message": f"note {number}"} for number in range(51)]
    output = {"title": "t", "summary": "s"}

    def create(count: int) -> Any:
        shown: Any = {**output, "annotations": notes[:count]}
        return repository.create_check_run("rexrank", pull.head.sha, output=shown)

    assert refusal(lambda: create(51))[0] == 422
    run = create(50)
    more: Any = {**output, "annotations": notes[50:]}
    run.edit(status="completed", conclusion="failure", output=more)
    assert (run.app.id, run.app.slug, run.output.annotations_count) == (15368, "github-actions", 51)
    assert [one.message for one in run.get_annotations()][-1] == "note 50"
    server.add_token("other", "other[bot]", {"checks": "write"}, App(7, "other", "Other"))
    foreign = board(server, "other").create_check_run("rexrank", pull.head.sha)
    runs = repository.get_commit(pull.head.sha).get_check_runs(check_name="rexrank")
    assert {(one.app.id, one.id) for one in runs} == {(15368, run.id), (7, foreign.id)}
    assert refusal(lambda: board(server, "other").get_check_run(run.id).edit(name="x"))[0] == 403
    by_person = refusal(lambda: board(server, "mia-token").create_check_run("x", pull.head.sha))
    assert by_person == (403, "You must authenticate via a GitHub App.")
    assert max(one.annotations for one in server.requests) == 51


def test_statuses_reviews_permissions_and_people_are_served(server: GitHubServer) -> None:
    pull, repository = pull_of(server), board(server)
    commit = repository.get_commit(pull.head.sha)
    commit.create_status("success", description="fine", context="gate")
    assert [one.context for one in commit.get_statuses()] == ["gate"]
    assert commit.get_combined_status().state == "success"
    pull_of(server, "mia-token").create_review(body="good", event="APPROVE")
    [review] = pull.get_reviews()
    assert (review.state, review.commit_id, review.user.login) == (
        "APPROVED", pull.head.sha, "mia",
    )  # fmt: skip
    levels = [repository.get_collaborator_permission(name) for name in ("board", "mia", "sam")]
    assert levels == ["admin", "write", "read"]
    assert connect(server.api_url).get_user("mia").login == "mia"
    assert connect(server.api_url).get_rate_limit().rate.remaining > 0


def test_tokens_open_what_they_were_given(server: GitHubServer) -> None:
    server.add_token("weak", permissions={"contents": "read"})
    forbidden = (403, "Resource not accessible by integration")
    assert refusal(lambda: pull_of(server, "weak")) == forbidden
    server.add_token("weak", permissions={"contents": "read", "pull-requests": "read"})
    weak = pull_of(server, "weak")
    assert refusal(lambda: weak.create_issue_comment("x")) == forbidden
    assert refusal(weak.merge) == forbidden
    assert refusal(lambda: connect(server.api_url).get_user().login) == forbidden
    assert connect(server.api_url, "sam-token").get_user().login == "sam"
    assert pull_of(server, "sam-token").create_issue_comment("mine").user.login == "sam"
    assert refusal(lambda: pull_of(server, "sam-token").merge())[0] == 403
    assert refusal(lambda: board(server, "unknown")) == (401, "Bad credentials")
