"""Withdrawn entries: one file each on the ledger's branch, added once and never changed."""

from __future__ import annotations

from bot.adapters.ledger.records import RecordStore
from bot.checks.reading.ledger_records import RecordKind
from bot.domain.withdrawal import Withdrawal

TOMBSTONE_RECORDS = RecordKind(
    "withdrawn", "a withdrawal", Withdrawal, lambda record: f"withdrawn/{record.submission}.json"
)


class BranchTombstones:
    """The withdrawals of a leaderboard's repository. Fulfils `bot.ports.Tombstones`."""

    def __init__(self, store: RecordStore) -> None:
        """Name the branch that keeps them."""
        self._store = store

    def read(self) -> tuple[Withdrawal, ...]:
        """Return every withdrawal, in the order of the entries' names."""
        return self._store.read(TOMBSTONE_RECORDS)

    def add(self, withdrawal: Withdrawal) -> bool:
        """Record a withdrawal; return False when the entry has one, which then stays."""
        message = f"Withdraw {withdrawal.submission}\n"
        return self._store.add(TOMBSTONE_RECORDS, [withdrawal], message) > 0
