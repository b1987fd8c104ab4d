"""Report: what the trusted stage makes of what it was handed about a pull request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.domain.catalog import Catalog
from bot.domain.column import Column
from bot.domain.finding import has_errors
from bot.domain.inspection import BoardPlan, Inspection
from bot.domain.leaderboard import Leaderboard
from bot.domain.outcome import Outcome, Report
from bot.domain.quota import Allowance
from bot.domain.rank_preview import RankPreview
from bot.domain.scorecard import Fingerprint, Scorecard
from bot.errors import Misconfigured
from bot.pipeline.board.build import is_about, is_stale
from bot.pipeline.board.evidence import NO_TABLES, Tables
from bot.pipeline.board.rank_preview import UNKNOWN, Entrant, preview_rank
from bot.pipeline.pull_request.judge_alarm import check_judgements


@dataclass(frozen=True)
class Handover:
    """What the earlier stages of one run left, read and checked against the schemas."""

    inspection: Inspection | None
    """The inspection, None when it did not end well."""
    scorecards: tuple[Scorecard, ...]
    """The scorecards, none when scoring did not end well."""
    failure: str
    """What failed on our side, in the bot's own words; empty when nothing did."""
    tables: Tables = field(default_factory=lambda: NO_TABLES)
    """Per-study scores by the key of their scorecard."""


@dataclass(frozen=True)
class ReportContext:
    """What the comment says beside the findings and the scores."""

    catalog: Catalog
    """What this leaderboard is."""
    columns: tuple[Column, ...]
    """Metrics that are shown."""
    leaderboard: Leaderboard | None
    """The leaderboard as it is now, None when it is not at hand."""
    run_url: str | None
    """Address of the run."""
    tables: Tables = field(default_factory=lambda: NO_TABLES)
    """Per-study scores of the leaderboard's rows, by the key of their scorecard."""
    allowances: tuple[Allowance, ...] = ()
    """How much of the quotas that count is used."""


def check_handover(
    inspection: Inspection, scorecards: Sequence[Scorecard], catalog: Catalog
) -> None:
    """Raise unless every scorecard is about a file that was inspected, and about all its studies.

    Raises:
        Misconfigured: One is not. The hand-off of the run was changed, or its parts do not
            belong together.
    """
    if scorecards and has_errors(inspection.findings):
        raise Misconfigured("there are scores of a submission that has errors")
    plans = {plan.board: plan for plan in inspection.plans}
    seen = set()
    for card in scorecards:
        board = card.board
        plan = plans.get(board)
        if plan is None or plan.sha256 != card.predictions_sha256:
            raise Misconfigured(f"scorecard {board}: no such predictions file was inspected")
        if board in seen:
            raise Misconfigured(f"scorecard {board}: there are two of it")
        seen.add(board)
        if card.dataset not in catalog.datasets:
            raise Misconfigured(f"scorecard {board}: the catalog has no such dataset")
        if card.decimals != catalog.datasets[card.dataset].published_decimals:
            raise Misconfigured(f"scorecard {board}: not rounded as the dataset's card says")
        studies = catalog.board_studies(board)
        if studies is None:
            continue
        if card.n != len(studies.ids) or card.references_commitment != studies.commitment:
            raise Misconfigured(f"scorecard {board}: made with other references than the catalog's")


def missing_plans(handover: Handover) -> tuple[BoardPlan, ...]:
    """Return the files that no open run can score, and that this run did not score either."""
    inspection = handover.inspection
    if inspection is None or has_errors(inspection.findings):
        return ()
    scored = {card.board for card in handover.scorecards}
    return tuple(
        plan for plan in inspection.plans if plan.readiness != "ready" and plan.board not in scored
    )


def add_known(
    handover: Handover, known: Sequence[Scorecard], catalog: Catalog, scorer: Fingerprint | None
) -> Handover:
    """Return a hand-over with what the ledger says about files that no open run can score.

    They were scored by a trusted job, for this very file; what another scorer would score
    otherwise now is not taken.
    """
    found = []
    for plan in missing_plans(handover):
        fitting = [
            card
            for card in known
            if card.predictions_sha256 == plan.sha256
            and is_about(card, catalog, plan.board)
            and not is_stale(card, scorer)
        ]
        found += fitting[:1]
    return replace(handover, scorecards=(*handover.scorecards, *found))


def make_report(
    handover: Handover, context: ReportContext, submission: str | None, since: str
) -> Report:
    """Return everything that the comment, the check and the labels say.

    Args:
        handover: What the earlier stages left.
        context: What else is shown.
        submission: Entry's folder name, whose present row is not its own neighbour.
        since: Date since which the pull request waits.
    """
    inspection, scorecards = handover.inspection, handover.scorecards
    if inspection is not None:
        alarms = tuple(check_judgements(inspection, scorecards, context.leaderboard))
        inspection = inspection.model_copy(update={"findings": (*inspection.findings, *alarms)})
    card = context.catalog.card
    return Report(
        inspection=inspection,
        outcome=decide_outcome(inspection, scorecards, failed=bool(handover.failure)),
        maintainers=card.maintainers,
        since=since,
        repository=card.repository,
        run_url=context.run_url,
        scorecards=scorecards,
        columns=context.columns,
        previews=preview_ranks(handover, context, submission),
        failure=handover.failure,
        allowances=context.allowances,
    )


def decide_outcome(
    inspection: Inspection | None, scorecards: Sequence[Scorecard], *, failed: bool
) -> Outcome | None:
    """Return the verdict, None when the pull request is not the bot's business.

    What should have been scored and was not is a failure of ours, never a pass.

    Args:
        inspection: What was found; None when the inspection itself failed.
        scorecards: What was scored.
        failed: Whether a step on our side failed.
    """
    if inspection is None:
        return "our-fault"
    if inspection.kind == "other":
        return None
    if has_errors(inspection.findings):
        return "needs-work"
    if inspection.kind == "withdrawal":
        return "our-fault" if failed else "withdrawal"
    unscored = inspection.unscored(scorecards)
    if failed or not inspection.plans or any(plan.readiness == "ready" for plan in unscored):
        return "our-fault"
    return "waiting" if unscored else "scored"


def preview_ranks(
    handover: Handover, context: ReportContext, submission: str | None
) -> tuple[RankPreview, ...]:
    """Return where each scorecard would stand on the leaderboard as it is now.

    Scores of single studies are used on boards where they are open, and nowhere else.
    """
    leaderboard, catalog = context.leaderboard, context.catalog
    if leaderboard is None:
        return ()
    manifest = handover.inspection.manifest if handover.inspection else None
    entrant = UNKNOWN
    if submission is not None:
        model = manifest.model if manifest else None
        names = (model.name, model.institution) if model else ("", "")
        entrant = Entrant(submission, *names)
    tables = {**context.tables, **handover.tables}
    boards = {board.id: board for board in leaderboard.boards}
    return tuple(
        preview_rank(
            boards[card.board],
            card,
            entrant,
            tables if catalog.is_open(card.dataset) else NO_TABLES,
            catalog.clusters(card.board),
        )
        for card in handover.scorecards
        if card.board in boards
    )
