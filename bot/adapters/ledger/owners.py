"""Owners of entries: one file each on the ledger's branch, replaced when a maintainer decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.adapters.git.repository import GitRepository
from bot.adapters.ledger.records import RecordStore
from bot.checks.reading.ledger_records import FETCHED_LEDGER, RecordKind, read_records
from bot.domain.owners import EntryOwners

OWNERS = "owners"
OWNER_RECORDS = RecordKind(
    OWNERS, "a record of owners", EntryOwners, lambda record: f"{OWNERS}/{record.submission}.json"
)

Records = Mapping[str, EntryOwners]
"""Record of each entry that has one, by the entry's folder name."""


class BranchOwners:
    """The owners that a leaderboard's ledger records. Fulfils `bot.ports.OwnerRecords`."""

    def __init__(self, store: RecordStore) -> None:
        """Name the branch that keeps them."""
        self._store = store

    def read(self) -> Records:
        """Return every record, by the entry's name."""
        return read_owners(self._store.repository, self._store.tip())

    def decide(self, record: EntryOwners) -> EntryOwners:
        """Record what a maintainer decided, in place of what was there; return what stands.

        That is an earlier record when a later comment decided it: a run that was made again does
        not take back what was decided since.
        """
        stands = record

        def make_records(present: Records) -> Records:
            nonlocal stands
            there = present.get(record.submission)
            is_later = there is not None and (there.comment or 0) > (record.comment or 0)
            stands = there if there is not None and is_later else record
            return {record.submission: stands}

        self._push(make_records, f"Decide whose {record.submission} is")
        return stands

    def update(self, make_records: Callable[[Records], Records]) -> bool:
        """Record what a function makes of the records of the tip; return whether that changed it.

        The function is asked again for every tip, so what somebody else decided meanwhile is seen.
        """
        return self._push(make_records, "Record whose entries are")

    def _push(self, make_records: Callable[[Records], Records], subject: str) -> bool:
        """Return whether a commit was needed."""

        def make_files(tip: str | None) -> Mapping[str, bytes]:
            made = make_records(read_owners(self._store.repository, tip))
            return OWNER_RECORDS.files(made.values())

        return self._store.push(make_files, f"{subject}\n")


def read_owners(repository: GitRepository, tip: str | None) -> dict[str, EntryOwners]:
    """Return the records of a ledger's commit, by the entry's name.

    Raises:
        Misconfigured: One is no record, or lies under another entry's name.
    """
    records = read_records(repository, tip, OWNER_RECORDS)
    return {record.submission: record for record in records}


def read_fetched_owners(repository: GitRepository) -> dict[str, EntryOwners]:
    """Return the records of the ledger that was fetched with a pull request, none without one."""
    done = repository.attempt("rev-parse", "--verify", "--quiet", f"{FETCHED_LEDGER}^{{commit}}")
    return read_owners(repository, FETCHED_LEDGER if done.returncode == 0 else None)
