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
from bot.errors import WrongUsage

if TYPE_CHECKING:
    from bot.cli.wiring import Workshop
    from bot.domain.inspection import Inspection
    from bot.domain.quota import QuotaEvent
    from bot.domain.scorecard import Scorecard


@click.group()
def ledger() -> None:
    """Record, show and verify scorecards."""


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

    What counts against a quota is recorded with them; when the quota is used up, neither is.
    """
    from bot.adapters.quota import BranchQuota
    from bot.cli.handover import read_inspection, read_scored
    from bot.cli.remotes import pushing_repository
    from bot.cli.wiring import Workshop

    workshop = Workshop(catalog_folder)
    inspection = read_inspection(inspection_folder, head)
    scored = read_scored(scores, inspection, workshop.catalog)
    if dry_run:
        say(f"would record {len(scored)} scorecards of {inspection.submission}")
        return
    charges = find_charges(workshop, inspection, [card for card, _ in scored], number)
    with pushing_repository(remote) as repository:
        quota = BranchQuota(repository, remote=remote)
        beside = quota.charge(charges, workshop.catalog.quotas()) if charges else None
        added = workshop.ledger(repository, remote).append(scored, beside)
    say(f"recorded {added} scorecards of {inspection.submission}; {len(scored) - added} were there")


def find_charges(
    workshop: Workshop, inspection: Inspection, scorecards: Sequence[Scorecard], number: int | None
) -> Sequence[QuotaEvent]:
    """Return what some scorecards cost; one in which nothing was scored is our failure, and free.

    Raises:
        WrongUsage: A quota counts, and nobody said whose.
    """
    from bot.cli.maintenance import open_pulls
    from bot.cli.quota import plan_charges

    limits = workshop.catalog.quotas()
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
    return plan_charges(workshop, inspection, files, open_pulls(workshop).read(number))


@ledger.command()
@ledger_option
@output_format("text", "json")
@catalog_option
def show(remote: str, format_: str, catalog_folder: Path | None) -> None:
    """List the scorecards of the ledger."""
    import json

    from bot.adapters.git import scratch_repository
    from bot.cli.wiring import Workshop, optional_token

    workshop = Workshop(catalog_folder)
    with scratch_repository(optional_token()) as repository:
        scorecards = workshop.ledger(repository, remote).scorecards()
    if format_ == "json":
        rows = [card.model_dump(mode="json", exclude_none=True) for card in scorecards]
        click.echo(json.dumps(rows, sort_keys=True, indent=2))
        return
    for card in scorecards:
        click.echo(f"{card.key[:12]}  {card.dataset}.{card.section}  n={card.n}")
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
    from bot.adapters.git import scratch_repository
    from bot.adapters.ledger import BRANCH
    from bot.adapters.ledger_verify import verify_ledger
    from bot.adapters.sealing import take_opener
    from bot.cli.wiring import optional_token

    opener = take_opener() if open_sealed else None
    with scratch_repository(optional_token()) as repository:
        tip = repository.remote_tip(remote, BRANCH)
        faults = verify_ledger(repository, tip, opener) if tip else ()
    for fault in faults:
        click.echo(fault)
    say(f"ledger at {tip[:12]}: {len(faults)} faults" if tip else "there is no ledger yet")
    return exit_status(bool(faults))
