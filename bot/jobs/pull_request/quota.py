"""How much of its quota a team has used, what it reserves before scoring, and gives back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.adapters.github.actions import write_outputs
from bot.domain.board import BoardFile
from bot.domain.finding import has_errors
from bot.domain.inspection import Inspection
from bot.domain.quota import Allowance, QuotaEvent, party_of, weigh
from bot.errors import SubmissionRejected
from bot.jobs.console import say
from bot.jobs.environment import today
from bot.jobs.installation import Installation
from bot.jobs.pull_request.handover import read_inspection
from bot.jobs.upstream import Upstream, pushing_upstream, reading_upstream
from bot.ports import PullRequest


def ask_quota(
    installation: Installation, number: int, head: str, inspection_folder: Path, remote: str
) -> tuple[Allowance, ...]:
    """Return how much of its quotas an inspected pull request's team has used."""
    inspection = read_inspection(inspection_folder, head)
    pull = installation.host().read(number)
    with reading_upstream(installation, remote) as upstream:
        return read_allowances(upstream, inspection, pull)


def reserve_quota(
    installation: Installation, number: int, head: str, inspection_folder: Path, remote: str
) -> None:
    """Reserve what scoring an inspected pull request will cost, and tell a workflow whether it was.

    Raises:
        SubmissionRejected: It has moved or has errors, or the quota is used up.
    """
    inspection = read_inspection(inspection_folder, head)
    pull = installation.host().read(number)
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
    with pushing_upstream(installation, remote) as upstream:
        try:
            made = upstream.quota.reserve(charges, head, installation.catalog.quotas())
        except SubmissionRejected:
            write_outputs({"reserved": "false"})
            raise
    write_outputs({"reserved": "true"})
    say(f"reserved {made} files; {len(charges) - made} were reserved or scored before")


def release_quota(
    installation: Installation, number: int, head: str, inspection_folder: Path | None, remote: str
) -> None:
    """Give back what a head of a pull request has reserved and was not charged."""
    if inspection_folder:
        read_inspection(inspection_folder, head)
    with pushing_upstream(installation, remote) as upstream:
        made = upstream.quota.release(number, head, today())
    say(f"released {made} files of pull request {number} at {head[:12]}")


def read_allowances(
    upstream: Upstream, inspection: Inspection | None, pull: PullRequest
) -> tuple[Allowance, ...]:
    """Return how much of its quotas a pull request has used; the ledger is asked only if needed."""
    asked = plan_costs(upstream.installation, inspection, pull) if inspection else ()
    if not asked:
        return ()
    book = upstream.quota.book()
    return weigh(asked, book.events, upstream.installation.catalog.quotas(), book.held)


def plan_costs(
    installation: Installation, inspection: Inspection, pull: PullRequest
) -> Sequence[QuotaEvent]:
    """Return what scoring every planned file of an entry costs."""
    files = [plan.file for plan in inspection.plans]
    return plan_charges(installation, inspection, files, pull)


def plan_charges(
    installation: Installation,
    inspection: Inspection,
    files: Iterable[BoardFile],
    pull: PullRequest,
) -> Sequence[QuotaEvent]:
    """Return what scoring some files costs: nothing where the dataset has no quota."""
    limits = installation.catalog.quotas()
    counted = [file for file in files if file.board.dataset in limits]
    if not counted or inspection.manifest is None:
        return ()
    party = party_of(pull.author_id, inspection.manifest)
    return tuple(
        QuotaEvent(
            dataset=file.board.dataset,
            section=file.board.section,
            predictions_sha256=file.sha256,
            user_id=party.user_id,
            team=party.team,
            pull=pull.number,
            day=today(),
        )
        for file in counted
    )
