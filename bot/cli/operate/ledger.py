"""`rexrank ledger`: the append-only store of scorecards."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.options import (
    catalog_option,
    dry_run,
    exit_status,
    inspection_option,
    ledger_option,
    output_format,
)
from bot.jobs.console import say
from bot.jobs.installation import Installation
from bot.jobs.pull_request.handover import read_inspection
from bot.jobs.pull_request.record import record_claims, record_scores
from bot.jobs.upstream import reading_upstream, verify_upstream


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
    installation = Installation(catalog_folder)
    inspection = read_inspection(inspection_folder, head)
    record_scores(installation, scores, inspection, number, remote, dry_run=dry_run)


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
    installation = Installation(catalog_folder)
    inspection = read_inspection(inspection_folder, head)
    record_claims(installation, inspection, number, remote, dry_run=dry_run)


@ledger.command()
@ledger_option
@output_format("text", "json")
@catalog_option
def show(remote: str, format_: str, catalog_folder: Path | None) -> None:
    """List the scorecards of the ledger."""
    with reading_upstream(Installation(catalog_folder), remote) as upstream:
        scorecards = upstream.ledger.scorecards()
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
    tip, faults = verify_upstream(remote, open_sealed=open_sealed)
    for fault in faults:
        click.echo(fault)
    say(f"ledger at {tip[:12]}: {len(faults)} faults" if tip else "there is no ledger yet")
    return exit_status(bool(faults))
