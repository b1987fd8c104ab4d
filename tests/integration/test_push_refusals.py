"""A push that the remote's rules forbid is told at once, with what to set up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.adapters.git.commits import push_on_tip
from bot.adapters.git.repository import GitRepository, create_bare
from bot.errors import Misconfigured
from tests.fakes.github_server import GitHubServer
from tests.fakes.github_server.description import DESCRIPTION
from tests.integration.git_objects import AUTHOR
from tests.require import require

SECRET = "ghs_0123456789abcdefSECRET"
BOARD = "board/reports"
GH013 = """error: GH013: Repository rule violations found for refs/heads/main.

- Changes must be made through a pull request.
"""
GH006 = """error: GH006: Protected branch update failed for refs/heads/main.
error: At least 1 approving review is required by reviewers with write access.
"""
WAYS_OUT = ("REXRANK_APP_ID", "REXRANK_DEPLOY_KEY", "REXRANK_TOKEN", "how-to/set-up-github.md")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitHubServer]:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer(tmp_path / "github") as running:
        running.create_repository(BOARD)
        running.add_token(SECRET, permissions={"contents": "write"})
        yield running


def refuse_pushes(folder: Path, words: str) -> None:
    hook = folder / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{words}END\nexit 1\n")
    hook.chmod(0o755)


def refusal(pusher: GitRepository, remote: str) -> str:
    """Return what is said of a push to main; it must be tried once and no more."""
    tries = []

    def make_files(tip: str | None) -> Mapping[str, bytes | None]:
        tries.append(tip)
        return {"a": b"1"}

    with pytest.raises(Misconfigured) as caught:
        push_on_tip(pusher, remote, "main", make_files, "Add\n", AUTHOR)
    assert len(tries) == 1
    return str(caught.value)


@pytest.mark.parametrize(
    ("words", "reason"),
    [(GH013, "Changes must be made through a pull request"), (GH006, "1 approving review")],
)
def test_a_push_that_rules_forbid_says_what_to_set_up(
    tmp_path: Path, words: str, reason: str
) -> None:
    upstream = create_bare(tmp_path / "upstream.git")
    refuse_pushes(upstream.folder, words)
    said = refusal(create_bare(tmp_path / "mine.git"), f"file://{upstream.folder}")
    assert "main does not take" in said
    assert reason in said
    assert all(way in said for way in WAYS_OUT)


def test_the_rules_are_told_over_http_too(server: GitHubServer, tmp_path: Path) -> None:
    refuse_pushes(server.repository(BOARD).git.folder, GH013)
    pusher = GitRepository(create_bare(tmp_path / "mine.git").folder, token=SECRET)
    said = refusal(pusher, server.clone_url(BOARD))
    assert "GH013" in said
    assert all(way in said for way in WAYS_OUT)
    assert SECRET not in said


@pytest.mark.parametrize("token", [None, "ghs_reads_only", "ghs_of_nobody"])
def test_a_token_that_may_not_push_is_told_at_once(
    server: GitHubServer, tmp_path: Path, token: str | None
) -> None:
    server.add_token("ghs_reads_only", permissions={"contents": "read"})
    pusher = GitRepository(create_bare(tmp_path / "mine.git").folder, token=token)
    assert all(way in refusal(pusher, server.clone_url(BOARD)) for way in WAYS_OUT)


def test_the_push_token_pushes_and_the_other_one_fetches(
    server: GitHubServer, tmp_path: Path
) -> None:
    server.add_token("ghs_reads_only", permissions={"contents": "read"})
    folder = create_bare(tmp_path / "mine.git").folder
    pusher = GitRepository(folder, token="ghs_reads_only", push_token=SECRET)
    made = push_on_tip(
        pusher, server.clone_url(BOARD), "main", lambda _: {"a": b"1"}, "Add\n", AUTHOR
    )
    assert server.repository(BOARD).git.resolve("main") == made
