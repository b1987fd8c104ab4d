"""The leaderboard's repository: its branch of entries and its ledger, fetched and pushed to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.adapters.git.repository import GitRepository
from bot.adapters.ledger.owners import BranchOwners
from bot.adapters.ledger.quota import BranchQuota
from bot.adapters.ledger.records import RecordStore
from bot.adapters.ledger.scores import BranchLedger
from bot.adapters.ledger.verify import verify_ledger
from bot.adapters.ledger.withdrawals import BranchTombstones
from bot.adapters.references.sealing import take_opener
from bot.domain.repository_setup import LEDGER_BRANCH
from bot.errors import Misconfigured
from bot.jobs.installation import Installation
from bot.jobs.remotes import pushing_repository, reading_repository

MAIN = "main"


class Upstream:
    """The leaderboard's repository, fetched into one of this machine."""

    def __init__(
        self, installation: Installation, git: GitRepository, remote: str, branch: str = MAIN
    ) -> None:
        """Name what is fetched, and the repository that gets it; nothing is fetched yet.

        Args:
            installation: Says who signs, and which scores of single studies may be public.
            git: Repository of this machine.
            remote: Address of the leaderboard's repository.
            branch: Branch that holds the entries.
        """
        self.installation = installation
        self.git = git
        self.remote = remote
        self.branch = branch
        self.records = RecordStore(git, remote=remote, author=installation.author())
        self.ledger = BranchLedger(self.records, may_publish=installation.catalog.is_open)
        self.quota = BranchQuota(self.records)
        self.tombstones = BranchTombstones(self.records)
        self.owners = BranchOwners(self.records)

    def tip(self) -> str:
        """Return the tip of the branch as it is now, fetched.

        Raises:
            Misconfigured: There is no such branch.
        """
        return self.there(self.git.remote_tip(self.remote, self.branch))

    def there(self, tip: str | None) -> str:
        """Return a tip of the branch that was fetched; raises Misconfigured when there is none."""
        if tip is None:
            raise Misconfigured(f"{self.remote}: no branch {self.branch}")
        return tip


@contextmanager
def reading_upstream(
    installation: Installation, remote: str, branch: str = MAIN, folder: Path | None = None
) -> Iterator[Upstream]:
    """Yield the leaderboard's repository, to read; without a folder all is removed at the end."""
    with reading_repository(folder) as git:
        yield Upstream(installation, git, remote, branch)


@contextmanager
def pushing_upstream(
    installation: Installation, remote: str, branch: str = MAIN, folder: Path | None = None
) -> Iterator[Upstream]:
    """Yield the leaderboard's repository, to push to; the rest is as with `reading_upstream`.

    Raises:
        Misconfigured: The environment has nothing to push with.
    """
    with pushing_repository(remote, folder) as git:
        yield Upstream(installation, git, remote, branch)


def verify_upstream(remote: str, *, open_sealed: bool) -> tuple[str | None, Sequence[str]]:
    """Return the tip of a remote's ledger, None without one, and every fault of the ledger.

    Args:
        remote: Address of the repository.
        open_sealed: Open sealed tables with the identity of the environment.
    """
    opener = take_opener() if open_sealed else None
    with reading_repository() as git:
        tip = git.remote_tip(remote, LEDGER_BRANCH)
        return tip, verify_ledger(git, tip, opener) if tip else ()
