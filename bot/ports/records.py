"""Records that the ledger keeps beside the scores."""

from __future__ import annotations

from typing import Protocol

from bot.domain.owners import EntryOwners
from bot.domain.withdrawal import Withdrawal


class Tombstones(Protocol):
    """The withdrawn entries, which the ledger keeps for good."""

    def read(self) -> tuple[Withdrawal, ...]:
        """Return every withdrawal, in the order of the entries' names."""

    def add(self, withdrawal: Withdrawal) -> bool:
        """Record a withdrawal; return False when the entry has one, which then stays."""


class OwnerRecords(Protocol):
    """The owners of entries, as the ledger records them."""

    def decide(self, record: EntryOwners) -> EntryOwners:
        """Record what a maintainer decided and return what stands: a later decision stays."""
