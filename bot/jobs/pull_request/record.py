"""What the ledger gets of a pull request: its scores and their charge, and who handed in a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.adapters.ledger.claims import add_claims
from bot.adapters.ledger.records import RecordStore
from bot.domain.board import BoardFile
from bot.domain.claim import Claim
from bot.domain.finding import has_errors
from bot.domain.inspection import Inspection
from bot.domain.quota import QuotaEvent
from bot.domain.scorecard import Scorecard
from bot.errors import SubmissionRejected, WrongUsage
from bot.jobs.console import say
from bot.jobs.environment import today
from bot.jobs.installation import Installation
from bot.jobs.pull_request.handover import read_scored
from bot.jobs.pull_request.quota import plan_charges
from bot.jobs.remotes import pushing_repository
from bot.jobs.upstream import pushing_upstream


def record_scores(
    installation: Installation,
    scores: Path,
    inspection: Inspection,
    number: int | None,
    remote: str,
    *,
    dry_run: bool,
) -> None:
    """Record the scores of an inspected pull request, with what counts against a quota.

    Args:
        installation: Has the catalog.
        scores: Folder of the scores.
        inspection: What was inspected.
        number: The pull request; needed where a quota counts.
        remote: Address of the repository with the ledger.
        dry_run: Say what would be recorded instead.
    """
    scored = read_scored(scores, inspection, installation.catalog)
    if dry_run:
        say(f"would record {len(scored)} scorecards of {inspection.submission}")
        return
    cards = [card for card, _ in scored]
    charges = find_charges(installation, inspection, cards, number)
    head = inspection.head
    with pushing_upstream(installation, remote) as upstream:
        quota = upstream.quota
        beside = quota.charge(charges, head, installation.catalog.quotas()) if charges else None
        added = upstream.ledger.append(scored, beside)
        free = find_free(installation, cards, charges)
        if number is not None and free:
            quota.release(number, head, today(), free)
    say(f"recorded {added} scorecards of {inspection.submission}; {len(scored) - added} were there")


def find_charges(
    installation: Installation,
    inspection: Inspection,
    scorecards: Sequence[Scorecard],
    number: int | None,
) -> Sequence[QuotaEvent]:
    """Return what some scorecards cost; one in which nothing was scored is our failure, and free.

    Raises:
        WrongUsage: A quota counts, and nobody said whose.
    """
    limits = installation.catalog.quotas()
    files = [
        card.file
        for card in scorecards
        if card.dataset in limits
        and any(score.status == "scored" for score in card.metrics.values())
    ]
    if not files:
        return ()
    if number is None:
        raise WrongUsage(f"{files[0].board.dataset} has a quota; give the pull request with --pull")
    return plan_charges(installation, inspection, files, installation.host().read(number))


def find_free(
    installation: Installation, scorecards: Sequence[Scorecard], charges: Sequence[QuotaEvent]
) -> set[BoardFile]:
    """Return the files with a quota that cost nothing, because nothing was scored."""
    limits = installation.catalog.quotas()
    files = {card.file for card in scorecards if card.dataset in limits}
    return files - {charge.file for charge in charges}


def record_claims(
    installation: Installation, inspection: Inspection, number: int, remote: str, *, dry_run: bool
) -> None:
    """Record who handed in the files of an inspected pull request.

    Raises:
        SubmissionRejected: The inspection found errors, or no submission.
    """
    submission = inspection.submission
    if inspection.kind != "submission" or submission is None or has_errors(inspection.findings):
        raise SubmissionRejected("no submission without errors was inspected; nothing is claimed")
    files = list(dict.fromkeys(plan.sha256 for plan in inspection.plans))
    if dry_run:
        say(f"would claim {len(files)} files of {submission}")
        return
    user_id, day = installation.host().read(number).author_id, today()
    claims = [
        Claim(sha256=sha256, submission=submission, user_id=user_id, pull=number, day=day)
        for sha256 in files
    ]
    with pushing_repository(remote) as repository:
        store = RecordStore(repository, remote=remote, author=installation.author())
        added = add_claims(store, claims)
    say(f"claimed {added} files of {submission}; {len(files) - added} were claimed before")
