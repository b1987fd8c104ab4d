"""Claims: whether somebody else handed in a predictions file before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.checks.reading.ledger_records import CLAIM_RECORDS, FETCHED_LEDGER, read_records
from bot.domain.claim import Claim, claim_path
from bot.domain.finding import Finding
from bot.domain.manifest import PredictionsEntry
from bot.domain.rules import RULES
from bot.domain.submission import SubmissionFolder
from bot.errors import Misconfigured
from bot.ports import GitObjects


def read_claims(git: GitObjects, tip: str, wanted: Collection[str]) -> dict[str, Claim]:
    """Return the claims of some files by SHA-256; no other claim is read, however many there are.

    Raises:
        Misconfigured: One is not a claim, or lies in another's place.
    """
    paths = sorted({claim_path(sha256) for sha256 in wanted})
    claims = read_records(git, tip, CLAIM_RECORDS, paths)
    return {claim.sha256: claim for claim in claims}


def check_claims(
    git: GitObjects,
    folder: SubmissionFolder,
    entries: Sequence[PredictionsEntry],
    *,
    user_id: int,
    kept: Collection[str] | None,
) -> Iterator[Finding]:
    """Yield a finding for each file that another account handed in first.

    Nothing is said where the ledger was not fetched, or has no claim of them.

    Args:
        git: Repository of the pull request.
        folder: The entry's files.
        entries: The files that its manifest lists.
        user_id: Numeric id of who opened the pull request.
        kept: SHA-256 of the files that the entry has on the target branch, when they may change it:
            these are theirs, even if claimed by others later, and so is what was claimed for it.
            None for an entry that is not there.
    """
    try:
        tip = git.resolve(FETCHED_LEDGER)
    except Misconfigured:
        return
    claims = read_claims(git, tip, {entry.sha256 for entry in entries})
    for entry in entries:
        claim = claims.get(entry.sha256)
        if claim is None or claim.user_id == user_id:
            continue
        if kept is not None and (claim.submission == folder.id or entry.sha256 in kept):
            continue
        rule = RULES["content.sealed-copy" if entry.is_sealed else "content.handed-in-before"]
        message = "another account handed in this very file first"
        seen = f"claimed on {claim.day}, pull request {claim.pull}"
        yield rule.finding(folder.path(entry.file), message=message, seen=seen)
