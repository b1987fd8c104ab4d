"""Entries head to head: on the published leaderboard, or on that of this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.domain.head_to_head import HeadToHead
from bot.errors import Misconfigured
from bot.jobs.board.leaderboard_file import read_leaderboard
from bot.jobs.board.local import read_local_state
from bot.jobs.installation import Installation
from bot.jobs.upstream import reading_upstream
from bot.metrics.registry import columns_for
from bot.pipeline.board.evidence import NO_TABLES
from bot.pipeline.board.head_to_head import Question, answer, wanted_scorecards


def ask(entries: tuple[str, ...], boards: tuple[str, ...], metric: str | None) -> Question:
    """Return who is compared, where, and by what; raises WrongUsage for an unknown metric."""
    return Question(entries, boards, columns_for([metric])[0] if metric else None)


def compare_published(
    installation: Installation, question: Question, leaderboard: Path, remote: str | None
) -> Sequence[HeadToHead]:
    """Return the comparisons of a published leaderboard's rows.

    Args:
        installation: Has the catalog.
        question: Who is compared, where, and by what.
        leaderboard: File of the leaderboard.
        remote: Address of the repository whose ledger has the per-study scores.

    Raises:
        Misconfigured: There is no such file.
    """
    board = read_leaderboard(leaderboard)
    if board is None:
        raise Misconfigured(f"{leaderboard}: no such file; run `rexrank publish`, or --scores")
    if not remote:
        return answer(question, board, NO_TABLES, installation.catalog)
    with reading_upstream(installation, remote) as upstream:
        tables = upstream.ledger.tables(wanted_scorecards(question, board))
    return answer(question, board, tables, installation.catalog)


def compare_local(
    installation: Installation, question: Question, submissions: Path, scores: Path
) -> Sequence[HeadToHead]:
    """Return the comparisons of local entries and published rows."""
    state = read_local_state(installation, submissions, scores)
    return answer(question, state.by_value, state.tables, installation.catalog)
