"""A board with one pull request, and PyGithub signed in to it: where most tests begin."""

from __future__ import annotations

from github import Auth, Github
from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.domain.label import LABELS, Label

from .server import GitHubServer

BOARD = "board/reports"
MANIFEST = "submissions/moe/manifest.yaml"
OTHER_LABELS = (Label("help wanted", "008672", ""), Label("question", "d876e3", ""))
"""What a new repository has of its own, two of them."""
BOT = {"pull-requests": "write", "checks": "write", "contents": "write", "statuses": "write"}


def seed_board(server: GitHubServer) -> None:
    """Give a server a board, its maintainer mia, and sam's pull request from a fork.

    The tokens are "bot" (GitHub Actions), "mia-token" and "sam-token".
    """
    server.create_repository(BOARD, {"README.md": "hi\n"}, collaborators={"mia": "maintain"})
    server.add_labels(BOARD, (*LABELS, *OTHER_LABELS))
    server.add_token("bot", permissions=BOT)
    server.add_token("mia-token", "mia")
    server.add_token("sam-token", "sam")
    server.fork(BOARD, "sam")
    server.push("sam/reports", "moe", {MANIFEST: "schema_version: 1\n"})
    server.open_pull_request("sam/reports:moe")


def connect(address: str, secret: str = "bot", timeout_s: int = 30) -> Github:
    """Return PyGithub signed in with a token; it neither paces its requests nor tries again."""
    return Github(
        auth=Auth.Token(secret),
        base_url=address,
        seconds_between_requests=0,
        seconds_between_writes=0,
        retry=None,
        timeout=timeout_s,
    )


def board(server: GitHubServer, secret: str = "bot") -> Repository:
    """Return the board as one token's holder sees it."""
    return connect(server.api_url, secret).get_repo(BOARD)


def pull_of(server: GitHubServer, secret: str = "bot") -> PullRequest:
    """Return sam's pull request as one token's holder sees it."""
    return board(server, secret).get_pull(1)
