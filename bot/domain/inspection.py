"""What the untrusted stage hands over about a pull request: checked again by who receives it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from bot.domain.board import BoardFile, BoardId
from bot.domain.finding import Finding
from bot.domain.manifest import Manifest
from bot.domain.scorecard import Scorecard
from bot.domain.value import GitOid, Section, Sha256, Slug, Value

Readiness = Literal["ready", "sealed", "private"]
"""Can be scored in the open; waits for decryption; waits for private references."""


class BoardPlan(Value):
    """One predictions file that passed its checks, and how it can be scored."""

    dataset: Slug
    """Dataset id."""
    section: Section
    """Section the texts stand for."""
    path: Annotated[str, Field(max_length=300)]
    """Predictions file, from the root of the repository."""
    blob: GitOid
    """Git's name of the file's bytes."""
    sha256: Sha256
    """SHA-256 of the file's bytes."""
    readiness: Readiness
    """How it can be scored."""

    @property
    def board(self) -> BoardId:
        """The board it is for."""
        return BoardId(self.dataset, self.section)

    @property
    def file(self) -> BoardFile:
        """The file on its board."""
        return BoardFile(self.board, self.sha256)


class Inspection(Value):
    """Everything the untrusted stage found out about one head of a pull request."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    base: GitOid
    """Tip of the target branch that was compared."""
    head: GitOid
    """Commit that was inspected."""
    merge_base: GitOid | None = None
    """Best common ancestor of the two, the first one where there are several; None without any."""
    merged_tree: GitOid | None = None
    """Tree that merging the head into `base` makes, which was judged; None when there is none."""
    kind: Literal["submission", "withdrawal", "other"]
    """Adds or changes an entry; removes one; touches no entry, so it is not the bot's business."""
    submission: Slug | None = None
    """The entry's folder name, when there is exactly one."""
    manifest: Manifest | None = None
    """The entry's manifest, when it could be read."""
    plans: tuple[BoardPlan, ...] = ()
    """The predictions files that can be scored, in the manifest's order."""
    findings: tuple[Finding, ...] = ()
    """Everything that was found, in the order of the checks."""

    def unscored(self, scorecards: Iterable[Scorecard]) -> tuple[BoardPlan, ...]:
        """Return the predictions files that have no scorecard yet."""
        scored = {card.file for card in scorecards}
        return tuple(plan for plan in self.plans if plan.file not in scored)
