"""Repairing a repository's setup: in order, each repair once, and one failure stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.domain.repository_setup import Repair, SetupPoint
from bot.errors import RexrankError


class SetupRun:
    """The repairs of one run; several points can share one, which is done once."""

    def __init__(self, repair: Callable[[Repair], None]) -> None:
        """Name what does a repair; it raises a RexrankError for one that cannot be done."""
        self._repair = repair
        self._outcomes: list[tuple[Repair, str]] = []
        self.left: dict[str, str] = {}
        """Why each point that was not in order still is not."""

    @property
    def done(self) -> int:
        """Return how many repairs were done."""
        return sum(not failure for _, failure in self._outcomes)

    def work_off(self, points: Iterable[SetupPoint]) -> None:
        """Do the repairs of every point that is not in order; a failure stops no other point."""
        for point in points:
            failure = self._failure_of(point) if point.problem else ""
            if failure:
                self.left[point.name] = failure

    def _failure_of(self, point: SetupPoint) -> str:
        """Return why a point could not be set right; empty when its repairs were done."""
        waits_for = [name for name in point.after if name in self.left]
        if waits_for:
            return f"not tried: first put right {', '.join(waits_for)}"
        if not point.repairs:
            return point.problem
        return next((failure for one in point.repairs if (failure := self._attempt(one))), "")

    def _attempt(self, repair: Repair) -> str:
        """Return why a repair failed; empty when it was done, now or for another point."""
        for known, failure in self._outcomes:
            if known == repair:
                return failure
        try:
            self._repair(repair)
            failure = ""
        except RexrankError as error:
            failure = str(error)
        self._outcomes.append((repair, failure))
        return failure
