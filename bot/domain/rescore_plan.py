"""What has to be scored again, and what came of it: boards that today's scorer has not scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from bot.domain.board import BoardId
from bot.domain.scorecard import MetricScore
from bot.domain.value import GitOid, Line, Section, Sha256, Slug, Value

Reason = Literal["stale", "unscored"]
"""Scored by an earlier scorer; merged, and not scored at all."""


class PlannedBoard(Value):
    """One predictions file that is to be scored again."""

    submission: Slug
    """Entry's folder name."""
    model: Line
    """Model's name."""
    dataset: Slug
    """Dataset id."""
    section: Section
    """Section."""
    reason: Reason
    """Why."""
    open: bool
    """Whether the workflow can score it; a maintainer scores what is not public."""
    before: Sha256 | None = None
    """Key of the scorecard that counted until now."""

    @property
    def board(self) -> BoardId:
        """The board it is on."""
        return BoardId(self.dataset, self.section)


class RescorePlan(Value):
    """`plan.json`: what one rescoring is about, kept for the table at its end."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    commit: GitOid
    """Tip of the branch whose entries were looked at."""
    boards: tuple[PlannedBoard, ...] = ()
    """Boards, in the order of entries."""

    def submissions(self) -> tuple[str, ...]:
        """Return the entries that the workflow can score, each once."""
        return tuple(dict.fromkeys(board.submission for board in self.boards if board.open))


class Batch(Value):
    """One job of the matrix."""

    name: Annotated[Line, Field(max_length=20)]
    """Number of the job, for the names of its artifacts."""
    submissions: str
    """Folders of its entries, with spaces between them."""


@dataclass(frozen=True)
class Rescored:
    """One planned board, before and after."""

    planned: PlannedBoard
    """What was planned."""
    before: Mapping[str, MetricScore]
    """Scores that counted when the plan was made."""
    after: Mapping[str, MetricScore]
    """Scores that count now."""
    done: bool
    """Whether today's scorer has scored it."""
    why: str = ""
    """Why it has no new score, where that is known."""
