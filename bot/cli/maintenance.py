"""What the gate and the commands are wired with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from bot.adapters.git import GitRepository
from bot.adapters.github import GitHubPullRequests
from bot.adapters.github_upkeep import GitHubUpkeep
from bot.adapters.tombstones import BranchTombstones
from bot.cli.remotes import pushing_repository
from bot.cli.wiring import REPOSITORY_VARIABLE, Workshop, api_url, secret_token
from bot.domain.repository_setup import ACTIONS_APP_ID
from bot.errors import Misconfigured
from bot.pipeline.gate import Repository
from bot.ports import PullRequest

Client = TypeVar("Client", bound=GitHubPullRequests)

app_option = click.option(
    "--app",
    "app_id",
    type=int,
    default=ACTIONS_APP_ID,
    show_default=True,
    envvar="REXRANK_APP_ID",
    help="Number of the GitHub App whose check counts; GitHub Actions' own by default.",
)


class Upstream:
    """The leaderboard's repository, fetched into one that lasts for one command."""

    def __init__(
        self, workshop: Workshop, repository: GitRepository, remote: str, branch: str
    ) -> None:
        """Name what is fetched, and the repository that gets it; nothing is fetched yet."""
        self._git = repository
        self._workshop = workshop
        self._remote = remote
        self._branch = branch
        self.tombstones = BranchTombstones(self._git, remote=remote, author=workshop.author())

    def open(self, pull: PullRequest) -> Repository:
        """Return the target branch, the pull request and the ledger as they are now."""
        self._git.fetch(self._remote, f"+refs/pull/{pull.number}/head:refs/rexrank/pull")
        target = self._git.remote_tip(self._remote, self._branch)
        if target is None:
            raise Misconfigured(f"{self._remote}: no branch {self._branch}")
        return Repository(
            git=self._git,
            target=target,
            scorecards=self._workshop.ledger(self._git, self._remote).scorecards(),
            withdrawn=frozenset(w.submission for w in self.tombstones.read()),
        )


@contextmanager
def open_upstream(workshop: Workshop, remote: str, branch: str) -> Iterator[Upstream]:
    """Yield the leaderboard's repository; what was fetched is removed at the end."""
    with pushing_repository(remote) as repository:
        yield Upstream(workshop, repository, remote, branch)


def open_pulls(workshop: Workshop) -> GitHubUpkeep:
    """Return the pull requests of the repository that the environment names."""
    return open_repository(workshop, GitHubUpkeep)


def open_repository(workshop: Workshop, kind: type[Client]) -> Client:
    """Return an adapter for the repository that the environment names."""
    from bot.render.comment import MARKER

    repository = os.environ.get(REPOSITORY_VARIABLE)
    if not repository:
        raise Misconfigured(f"{REPOSITORY_VARIABLE} is not set; give it owner/name")
    return kind(
        repository,
        secret_token(),
        bot_login=workshop.bot_login,
        marker=MARKER,
        api_url=api_url(),
    )
