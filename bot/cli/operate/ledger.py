"""`rexrank ledger`: the append-only store of scorecards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import (
    catalog_option,
    dry_run,
    exit_status,
    inspection_option,
    ledger_option,
    output_format,
    say,
)
from bot.errors import SubmissionRejected, WrongUsage

if TYPE_CHECKING:
    from bot.domain.inspection import Inspection
    from bot.domain.quota import QuotaEvent, QuotaFile
    from bot.domain.scorecard import Scorecard
    from bot.jobs.installation import Installation


@click.group()
def ledger() -> None:
    """Record, show and verify scorecards, and who handed in what."""


@ledger.command()
@click.argument("scores", type=click.Path(path_type=Path, file_okay=False, exists=True))
@inspection_option
@click.option("--head", required=True, help="Commit that was inspected.")
@click.option(
    "--pull", "number", type=int, help="Pull request whose author's quota is used, if one counts."
)
@ledger_option
@catalog_option
@dry_run
def add(
    scores: Path,
    inspection_folder: Path,
    head: str,
    number: int | None,
    remote: str,
    catalog_folder: Path | None,
    dry_run: bool,
) -> None:
    """Record the scores of an inspected pull request. A second run adds nothing.

    What counts against a quota is recorded with them; when the quota is used up, neither is. What
    was reserved becomes the charge, or is released where nothing could be scored.
    """
    from bot.jobs.installation import Installation, today
    from bot.jobs.pull_request.handover import read_inspection, read_scored
    from bot.jobs.remotes import pushing_repository

    installation = Installation(catalog_folder)
    inspection = read_inspection(inspection_folder, head)
    scored = read_scored(scores, inspection, installation.catalog)
    if dry_run:
        say(f"would record {len(scored)} scorecards of {inspection.submission}")
        return
    charges = find_charges(installation, inspection, [card for card, _ in scored], number)
    with pushing_repository(remote) as repository:
        quota = installation.quota(repository, remote)
        beside = quota.charge(charges, head, installation.catalog.quotas()) if charges else None
        added = installation.ledger(repository, remote).append(scored, beside)
        free = find_free(installation, [card for card, _ in scored], charges)
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
    from bot.cli.operate.quota import plan_charges
    from bot.jobs.upstream import open_pulls

    limits = installation.catalog.quotas()
    files = [
        (card.dataset, card.section, card.predictions_sha256)
        for card in scorecards
        if card.dataset in limits
        and any(score.status == "scored" for score in card.metrics.values())
    ]
    if not files:
        return ()
    if number is None:
        raise WrongUsage(f"{files[0][0]} has a quota; give the pull request with --pull")
    return plan_charges(installation, inspection, files, open_pulls(installation).read(number))


def find_free(
    installation: Installation, scorecards: Sequence[Scorecard], charges: Sequence[QuotaEvent]
) -> set[QuotaFile]:
    """Return the files with a quota that cost nothing, because nothing was scored."""
    limits = installation.catalog.quotas()
    files: set[QuotaFile] = {
        (c.dataset, c.section, c.predictions_sha256) for c in scorecards if c.dataset in limits
    }
    return files - {charge.file for charge in charges}


@ledger.command()
@inspection_option
@click.option("--head", required=True, help="Commit that was inspected.")
@click.option("--pull", "number", required=True, type=int, help="Pull request of the files.")
@ledger_option
@catalog_option
@dry_run
def claim(
    inspection_folder: Path,
    head: str,
    number: int,
    remote: str,
    catalog_folder: Path | None,
    dry_run: bool,
) -> None:
    """Record who handed in the files of an inspected pull request. A second run adds nothing.

    The first account that hands in a file keeps the claim to it: `rexrank inspect` reports the same
    file in another account's pull request.
    """
    from bot.adapters.ledger.claims import add_claims
    from bot.domain.claim import Claim
    from bot.domain.finding import has_errors
    from bot.jobs.installation import Installation, today
    from bot.jobs.pull_request.handover import read_inspection
    from bot.jobs.remotes import pushing_repository
    from bot.jobs.upstream import open_pulls

    installation = Installation(catalog_folder)
    inspection = read_inspection(inspection_folder, head)
    submission = inspection.submission
    if inspection.kind != "submission" or submission is None or has_errors(inspection.findings):
        raise SubmissionRejected("no submission without errors was inspected; nothing is claimed")
    files = list(dict.fromkeys(plan.sha256 for plan in inspection.plans))
    if dry_run:
        say(f"would claim {len(files)} files of {submission}")
        return
    user_id, day = open_pulls(installation).read(number).author_id, today()
    claims = [
        Claim(sha256=sha256, submission=submission, user_id=user_id, pull=number, day=day)
        for sha256 in files
    ]
    with pushing_repository(remote) as repository:
        added = add_claims(repository, claims, remote=remote, author=installation.author())
    say(f"claimed {added} files of {submission}; {len(files) - added} were claimed before")


@ledger.command()
@ledger_option
@output_format("text", "json")
@catalog_option
def show(remote: str, format_: str, catalog_folder: Path | None) -> None:
    """List the scorecards of the ledger."""
    import json

    from bot.adapters.git.repository import scratch_repository
    from bot.jobs.installation import Installation, optional_token

    installation = Installation(catalog_folder)
    with scratch_repository(optional_token()) as repository:
        scorecards = installation.ledger(repository, remote).scorecards()
    if format_ == "json":
        rows = [card.model_dump(mode="json", exclude_none=True) for card in scorecards]
        click.echo(json.dumps(rows, sort_keys=True, indent=2))
        return
    for card in scorecards:
        click.echo(f"{card.key[:12]}  {card.board}  n={card.n}")
    say(f"{len(scorecards)} scorecards")


@ledger.command()
@ledger_option
@click.option(
    "--open-sealed",
    is_flag=True,
    help="Open sealed tables with REXRANK_AGE_IDENTITY, and hold their means against the scores.",
)
def verify(remote: str, open_sealed: bool) -> int:
    """Check that the ledger was only ever added to, and that every file is in its place."""
    from bot.adapters.git.repository import scratch_repository
    from bot.adapters.ledger.scores import BRANCH
    from bot.adapters.ledger.verify import verify_ledger
    from bot.adapters.references.sealing import take_opener
    from bot.jobs.installation import optional_token

    opener = take_opener() if open_sealed else None
    with scratch_repository(optional_token()) as repository:
        tip = repository.remote_tip(remote, BRANCH)
        faults = verify_ledger(repository, tip, opener) if tip else ()
    for fault in faults:
        click.echo(fault)
    say(f"ledger at {tip[:12]}: {len(faults)} faults" if tip else "there is no ledger yet")
    return exit_status(bool(faults))
