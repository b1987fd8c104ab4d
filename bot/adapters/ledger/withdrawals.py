"""Withdrawn entries: one file each on the ledger's branch, added once and never changed."""

from __future__ import annotations

from collections.abc import Mapping

from bot.adapters.git.commits import Author, push_on_tip
from bot.adapters.git.repository import GitRepository
from bot.adapters.ledger.scores import BRANCH
from bot.checks.reading.ledger_records import RecordKind, read_records
from bot.domain.withdrawal import Withdrawal

WITHDRAWN = "withdrawn"


def tombstone_path(submission: str) -> str:
    """Return where the ledger keeps a withdrawal.

    Example:
        >>> tombstone_path("moerad")
        'withdrawn/moerad.json'
    """
    return f"{WITHDRAWN}/{submission}.json"


class BranchTombstones:
    """The withdrawals of a leaderboard's repository. Fulfils `bot.ports.Tombstones`."""

    def __init__(self, repository: GitRepository, *, remote: str, author: Author) -> None:
        """Name the branch's home; the arguments are those of `BranchLedger`."""
        self._repository = repository
        self._remote = remote
        self._author = author

    def read(self) -> tuple[Withdrawal, ...]:
        """Return every withdrawal, in the order of the entries' names."""
        tip = self._repository.remote_tip(self._remote, BRANCH)
        return () if tip is None else read_withdrawals(self._repository, tip)

    def add(self, withdrawal: Withdrawal) -> bool:
        """Record a withdrawal; return False when the entry has one, which then stays."""
        path = tombstone_path(withdrawal.submission)

        def make_files(tip: str | None) -> Mapping[str, bytes | None]:
            if tip is not None and self._repository.entries(tip, path):
                return {}
            return {path: withdrawal.to_json()}

        message = f"Withdraw {withdrawal.submission}\n"
        commit = push_on_tip(
            self._repository, self._remote, BRANCH, make_files, message, self._author
        )
        return commit is not None


TOMBSTONE_RECORDS = RecordKind(
    WITHDRAWN, "a withdrawal", Withdrawal, lambda record: tombstone_path(record.submission)
)


def read_withdrawals(repository: GitRepository, tip: str) -> tuple[Withdrawal, ...]:
    """Return the withdrawals of a ledger's commit, in the order of the entries' names.

    Raises:
        Misconfigured: One is not a withdrawal, or lies under another entry's name.
    """
    return read_records(repository, repository.entries(tip, WITHDRAWN), TOMBSTONE_RECORDS)
