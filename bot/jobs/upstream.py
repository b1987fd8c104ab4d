"""What the gate and the commands are wired with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from bot.adapters.git.repository import GitRepository
from bot.adapters.github.connection import Connection
from bot.adapters.github.host import GitHubHost
from bot.adapters.ledger.owners import BranchOwners
from bot.adapters.ledger.withdrawals import BranchTombstones
from bot.domain.repository_setup import ACTIONS_APP_ID
from bot.errors import Misconfigured
from bot.jobs.installation import REPOSITORY_VARIABLE, Installation, api_url, secret_token
from bot.jobs.remotes import pushing_repository
from bot.pipeline.merging.gate import Repository
from bot.pipeline.merging.merge import Gate
from bot.ports import CodeHost, PullRequest

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
        self, installation: Installation, repository: GitRepository, remote: str, branch: str
    ) -> None:
        """Name what is fetched, and the repository that gets it; nothing is fetched yet."""
        self._git = repository
        self._workshop = installation
        self._remote = remote
        self._branch = branch
        self.tombstones = BranchTombstones(self._git, remote=remote, author=installation.author())
        self.owners = BranchOwners(self._git, remote=remote, author=installation.author())

    def open(self, pull: PullRequest) -> Repository:
        """Return the target branch, the pull request and the ledger as they are now."""
        self._git.fetch(self._remote, f"+refs/pull/{pull.number}/head:refs/rexrank/pull")
        return Repository(
            git=self._git,
            target=self.tip(),
            scorecards=self._workshop.ledger(self._git, self._remote).scorecards(),
            withdrawn=frozenset(w.submission for w in self.tombstones.read()),
            owners=self.owners.read(),
        )

    def tip(self) -> str:
        """Return the tip of the target branch as it is now, fetched."""
        target = self._git.remote_tip(self._remote, self._branch)
        if target is None:
            raise Misconfigured(f"{self._remote}: no branch {self._branch}")
        return target

    def fetch_queue(self, ref: str, commit: str) -> str:
        """Return the name of a commit on a branch of the merge queue, fetched."""
        self._git.fetch(self._remote, f"+{ref}:refs/rexrank/queue")
        return self._git.resolve(commit)


@contextmanager
def open_upstream(installation: Installation, remote: str, branch: str) -> Iterator[Upstream]:
    """Yield the leaderboard's repository; what was fetched is removed at the end."""
    with pushing_repository(remote) as repository:
        yield Upstream(installation, repository, remote, branch)


def make_gate(
    installation: Installation, pulls: CodeHost, upstream: Upstream, branch: str, app_id: int
) -> Gate:
    """Return what the gate judges and merges with."""
    return Gate(
        pulls=pulls,
        open_repository=upstream.open,
        read_tip=upstream.tip,
        catalog=installation.catalog,
        read_texts=installation.public_texts,
        branch=branch,
        app_id=app_id,
    )


def open_pulls(installation: Installation) -> GitHubHost:
    """Return the repository that the environment names."""
    from bot.render.pull_request.comment import MARKER

    repository = os.environ.get(REPOSITORY_VARIABLE)
    if not repository:
        raise Misconfigured(f"{REPOSITORY_VARIABLE} is not set; give it owner/name")
    connection = Connection(repository, secret_token(), api_url=api_url())
    return GitHubHost(connection, bot_login=installation.bot_login, marker=MARKER)
