"""The ledger branch: scores, quota, withdrawals, claims and owners, one file a record."""
