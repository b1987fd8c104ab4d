"""Claims: one file each on the ledger's branch, added once and never changed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.adapters.ledger.records import RecordStore
from bot.checks.reading.ledger_records import CLAIM_RECORDS
from bot.domain.claim import Claim


def add_claims(store: RecordStore, claims: Sequence[Claim]) -> int:
    """Record who handed in some files and return how many were new; the first claim stays."""
    if not claims:
        return 0
    message = f"Claim {len(claims)} files of {claims[0].submission}\n"
    return store.add(CLAIM_RECORDS, claims, message)
