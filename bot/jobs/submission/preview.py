"""The comment and the leaderboard that a submission would get."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.adapters.disk.files import read_submission
from bot.adapters.disk.score_folder import read_scores
from bot.domain.finding import has_errors
from bot.jobs.board.local import describe_local, read_local_state
from bot.jobs.environment import today
from bot.jobs.installation import Installation
from bot.jobs.scoring.scorer import shown_columns
from bot.pipeline.pull_request.report import Handover, ReportContext, make_report
from bot.pipeline.pull_request.validate import validate_submission
from bot.render.board.board_page import render_board_markdown
from bot.render.pull_request.comment import render_comment


@dataclass(frozen=True)
class Preview:
    """What a submission would get."""

    comment: str
    """The bot's comment, as Markdown."""
    boards: tuple[str, ...]
    """The boards with the submission on them, as Markdown."""
    failed: bool
    """Whether the submission has errors."""


def preview_submission(
    installation: Installation, folder: Path, scores: Path, submissions: Path
) -> Preview:
    """Return what the bot would answer, and the boards.

    Args:
        installation: Has the catalog.
        folder: The submission.
        scores: Folder that `rexrank score` wrote.
        submissions: Folder of all entries.
    """
    catalog = installation.catalog
    entry = read_submission(folder)
    validation = validate_submission(entry, catalog, references=installation.public_texts)
    manifest = validation.submission.manifest if validation.submission else None
    inspection = describe_local(installation, entry.id, manifest, tuple(validation.findings))
    failed = has_errors(validation.findings)
    here = scores / entry.id
    cards = () if failed or not here.is_dir() else tuple(card for card, _ in read_scores(here))
    state = read_local_state(installation, submissions, scores)
    context = ReportContext(catalog, shown_columns(catalog), state.leaderboard, None, state.tables)
    handover = Handover(inspection, cards, "", state.tables)
    data = make_report(handover, context, entry.id, today())
    scored = {card.board for card in cards}
    boards = tuple(
        render_board_markdown(board, catalog.datasets[board.dataset], ())
        for board in state.leaderboard.boards
        if board.id in scored
    )
    return Preview(render_comment(data) or "", boards, failed)
