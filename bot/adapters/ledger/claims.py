"""Claims: one file each on the ledger's branch, added once and never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.adapters.git.commits import Author, push_on_tip
from bot.adapters.git.repository import GitRepository
from bot.adapters.ledger.scores import BRANCH
from bot.domain.claim import Claim, claim_path


def add_claims(
    repository: GitRepository, claims: Sequence[Claim], *, remote: str, author: Author
) -> int:
    """Record who handed in some files and return how many were new; the first claim stays.

    Args:
        repository: Local repository, in which objects are read and made.
        claims: One for each file.
        remote: Name or address of the repository that holds the branch.
        author: Who signs.
    """
    added = 0

    def make_files(tip: str | None) -> Mapping[str, bytes | None]:
        nonlocal added
        files = {claim_path(claim.sha256): claim.to_json() for claim in claims}
        found = repository.entries(tip, *files) if tip is not None and files else ()
        known = {entry.path.decode() for entry in found}
        new = {path: data for path, data in files.items() if path not in known}
        added = len(new)
        return new

    if claims:
        message = f"Claim {len(claims)} files of {claims[0].submission}\n"
        push_on_tip(repository, remote, BRANCH, make_files, message, author)
    return added
