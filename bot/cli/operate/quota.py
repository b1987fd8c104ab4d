"""`rexrank quota`: how much of its quota a team has used, and what it reserves before scoring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from bot.adapters.git.repository import GitRepository, scratch_repository
from bot.cli.options import catalog_option, inspection_option, ledger_option, say
from bot.domain.finding import has_errors
from bot.domain.inspection import Inspection
from bot.domain.quota import Allowance, QuotaEvent, party_of, weigh
from bot.domain.value import Section
from bot.errors import SubmissionRejected
from bot.jobs.installation import Installation, today
from bot.ports import PullRequest

File = tuple[str, Section, str]
"""Dataset, section and SHA-256 of a predictions file."""

head_option = click.option("--head", required=True, help="Commit that was inspected.")


class AskingGroup(click.Group):
    """A group that takes a number for `ask NUMBER`, as it was called before."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `ask` in front of what begins with no command and no option of the group."""
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = ["ask", *args]
        return super().parse_args(ctx, args)


@click.group(cls=AskingGroup)
def quota() -> None:
    """Ask how much of a quota is used, reserve before scoring, and release.

    `rexrank quota NUMBER` is short for `rexrank quota ask NUMBER`.
    """


@quota.command()
@click.argument("number", type=int)
@head_option
@inspection_option
@ledger_option
@catalog_option
def ask(
    number: int, head: str, inspection_folder: Path, remote: str, catalog_folder: Path | None
) -> None:
    """Say how much of its quota a pull request's team has used; fail when it is used up.

    For the start of a job that scores on private references. Nothing is recorded.
    """
    from bot.adapters.ledger.quota import demand
    from bot.jobs.installation import optional_token
    from bot.jobs.pull_request.handover import read_inspection
    from bot.jobs.upstream import open_pulls

    installation = Installation(catalog_folder)
    inspection = read_inspection(inspection_folder, head)
    pull = open_pulls(installation).read(number)
    with scratch_repository(optional_token()) as repository:
        allowances = read_allowances(installation, inspection, pull, repository, remote)
    for each in allowances:
        click.echo(f"{each.dataset}: {each.used} of {each.limit} this month, {each.wanted} asked")
    if not allowances:
        say("no quota counts here")
    demand(allowances)


@quota.command()
@click.argument("number", type=int)
@head_option
@inspection_option
@ledger_option
@catalog_option
def reserve(
    number: int, head: str, inspection_folder: Path, remote: str, catalog_folder: Path | None
) -> None:
    """Reserve what scoring a pull request will cost; fail, reserving nothing, when too much.

    Comes after the approval and before the scoring, and counts at once, so that runs at once cannot
    show more than a month has. Again for the same head it changes nothing. `rexrank ledger add`
    turns it into the charge. The step's output `reserved` is true or false.
    """
    from bot.adapters.github.actions import write_outputs
    from bot.jobs.pull_request.handover import read_inspection
    from bot.jobs.remotes import pushing_repository
    from bot.jobs.upstream import open_pulls

    installation = Installation(catalog_folder)
    inspection = read_inspection(inspection_folder, head)
    pull = open_pulls(installation).read(number)
    if pull.head != head or pull.state != "open":
        raise SubmissionRejected(
            f"pull request {number} is {pull.state} at {pull.head[:12]}; nothing is reserved for "
            f"{head[:12]}"
        )
    if has_errors(inspection.findings):
        raise SubmissionRejected("the inspection has errors; nothing is reserved")
    charges = plan_costs(installation, inspection, pull)
    if not charges:
        write_outputs({"reserved": "true"})
        say("no quota counts here")
        return
    with pushing_repository(remote) as repository:
        book = installation.quota(repository, remote)
        try:
            made = book.reserve(charges, head, installation.catalog.quotas())
        except SubmissionRejected:
            write_outputs({"reserved": "false"})
            raise
    write_outputs({"reserved": "true"})
    say(f"reserved {made} files; {len(charges) - made} were reserved or scored before")


@quota.command()
@click.argument("number", type=int)
@click.option("--head", required=True, help="Commit that was to be scored.")
@click.option(
    "--inspection",
    "inspection_folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder that `rexrank inspect` wrote; checked to be about this commit where it is given.",
)
@ledger_option
@catalog_option
def release(
    number: int,
    head: str,
    inspection_folder: Path | None,
    remote: str,
    catalog_folder: Path | None,
) -> None:
    """Give back what a head of a pull request has reserved and was not charged.

    For a run that failed for a reason of ours, or was cancelled, and for a maintainer who finds a
    reservation that a lost run left behind. What was charged stays.
    """
    from bot.jobs.pull_request.handover import read_inspection
    from bot.jobs.remotes import pushing_repository

    installation = Installation(catalog_folder)
    if inspection_folder:
        read_inspection(inspection_folder, head)
    with pushing_repository(remote) as repository:
        made = installation.quota(repository, remote).release(number, head, today())
    say(f"released {made} files of pull request {number} at {head[:12]}")


def read_allowances(
    installation: Installation,
    inspection: Inspection | None,
    pull: PullRequest,
    repository: GitRepository,
    remote: str,
) -> tuple[Allowance, ...]:
    """Return how much of its quotas a pull request has used; the ledger is asked only if needed."""
    asked = plan_costs(installation, inspection, pull) if inspection else ()
    if not asked:
        return ()
    book = installation.quota(repository, remote).book()
    return weigh(asked, book.events, installation.catalog.quotas(), book.held)


def plan_costs(
    installation: Installation, inspection: Inspection, pull: PullRequest
) -> Sequence[QuotaEvent]:
    """Return what scoring every planned file of an entry costs."""
    files = [(plan.dataset, plan.section, plan.sha256) for plan in inspection.plans]
    return plan_charges(installation, inspection, files, pull)


def plan_charges(
    installation: Installation, inspection: Inspection, files: Iterable[File], pull: PullRequest
) -> Sequence[QuotaEvent]:
    """Return what scoring some files costs: nothing where the dataset has no quota."""
    limits = installation.catalog.quotas()
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
