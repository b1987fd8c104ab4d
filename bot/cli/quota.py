"""`rexrank quota`: whether what a pull request proposes may still be scored this month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.adapters.git import GitRepository, scratch_repository
from bot.cli.options import catalog_option, inspection_option, ledger_option, say
from bot.cli.wiring import Workshop
from bot.domain.inspection import Inspection
from bot.domain.quota import Allowance, QuotaEvent, party_of, weigh
from bot.domain.value import Section
from bot.ports import PullRequest

File = tuple[str, Section, str]
"""Dataset, section and SHA-256 of a predictions file."""


@click.command()
@click.argument("number", type=int)
@click.option("--head", required=True, help="Commit that was inspected.")
@inspection_option
@ledger_option
@catalog_option
def quota(
    number: int, head: str, inspection_folder: Path, remote: str, catalog_folder: Path | None
) -> None:
    """Say how much of its quota a pull request's team has used; fail when it is used up.

    For the start of a job that scores on private references. Nothing is recorded: what counts is
    recorded with the scores, by `rexrank ledger add --pull`.
    """
    from bot.adapters.quota import demand
    from bot.cli.handover import read_inspection
    from bot.cli.maintenance import open_pulls
    from bot.cli.wiring import optional_token

    workshop = Workshop(catalog_folder)
    inspection = read_inspection(inspection_folder, head)
    pull = open_pulls(workshop).read(number)
    with scratch_repository(optional_token()) as repository:
        allowances = read_allowances(workshop, inspection, pull, repository, remote)
    for each in allowances:
        click.echo(f"{each.dataset}: {each.used} of {each.limit} this month, {each.wanted} asked")
    if not allowances:
        say("no quota counts here")
    demand(allowances)


def today() -> str:
    """Return the date in UTC, as 2026-11-25."""
    return datetime.now(tz=UTC).date().isoformat()


def read_allowances(
    workshop: Workshop,
    inspection: Inspection | None,
    pull: PullRequest,
    repository: GitRepository,
    remote: str,
) -> tuple[Allowance, ...]:
    """Return how much of its quotas a pull request has used; the ledger is asked only if needed."""
    from bot.adapters.quota import BranchQuota

    if inspection is None:
        return ()
    files = [(plan.dataset, plan.section, plan.sha256) for plan in inspection.plans]
    asked = plan_charges(workshop, inspection, files, pull)
    if not asked:
        return ()
    events = BranchQuota(repository, remote=remote).events()
    return weigh(asked, events, workshop.catalog.quotas())


def plan_charges(
    workshop: Workshop, inspection: Inspection, files: Iterable[File], pull: PullRequest
) -> Sequence[QuotaEvent]:
    """Return what scoring some files costs: nothing where the dataset has no quota."""
    limits = workshop.catalog.quotas()
    counted = [file for file in files if file[0] in limits]
    if not counted or inspection.manifest is None:
        return ()
    party = party_of(pull.author_id, inspection.manifest)
    return tuple(
        QuotaEvent(
            dataset=dataset,
            section=section,
            predictions_sha256=sha256,
            user_id=party.user_id,
            team=party.team,
            pull=pull.number,
            day=today(),
        )
        for dataset, section, sha256 in counted
    )
