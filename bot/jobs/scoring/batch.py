"""Several submissions scored one after the other, of which one that fails can cost only itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.disk.score_failures import forget_failure, write_failure
from bot.adapters.disk.score_folder import write_entry
from bot.domain.score_failure import MAX_REASON, ScoreFailure
from bot.domain.scorecard import Scorecard
from bot.errors import RexrankError
from bot.jobs.console import say
from bot.jobs.scoring.score import Way
from bot.jobs.scoring.stopping import place_of


@dataclass
class Batch:
    """What came of each submission so far."""

    asked: int
    """How many submissions are to be scored."""
    output: Path | None
    """Folder that gets the scores, None when they are only shown."""
    cards: list[Scorecard] = field(default_factory=list)
    """Scorecards of those that were scored."""
    failures: list[ScoreFailure] = field(default_factory=list)
    """Those that were not."""

    @property
    def exit_status(self) -> int:
        """Return the highest exit status of the submissions that failed."""
        return max((each.exit_status for each in self.failures), default=0)

    def say_how_it_ended(self) -> None:
        """Say what was written, and what could not be scored."""
        if self.output:
            say(f"wrote {len(self.cards)} scorecards to {self.output}")
        if self.failures:
            names = ", ".join(each.submission for each in self.failures)
            say(f"not scored: {len(self.failures)} of {self.asked} submissions: {names}")


def score_batch(
    way: Way,
    folders: Sequence[Path],
    output: Path | None,
    show: Callable[[str, Sequence[Scorecard]], None],
    *,
    keeps_going: bool,
) -> Batch:
    """Score submissions, each written and shown as it is made.

    Args:
        way: How and where each is scored.
        folders: The submissions.
        output: Folder that gets the scores.
        show: Takes the name of a submission and its scorecards.
        keeps_going: Whether one that fails costs only itself.
    """
    batch = Batch(len(folders), output)
    for path in folders:
        name = path.resolve().name
        with costs_one(name, batch) if keeps_going else nullcontext():
            scored = way.score(path)
            if output:
                write_entry(output, name, scored)
                forget_failure(output, name)
            own = [card for card, _ in scored]
            batch.cards += own
            show(name, own)
    return batch


@contextmanager
def costs_one(name: str, batch: Batch) -> Iterator[None]:
    """Note what goes wrong with one submission, say it and write it down; the rest goes on."""
    status, reason = 0, ""
    try:
        yield
    except RexrankError as error:
        status, reason = error.exit_status, str(error)
    except Exception as error:  # noqa: BLE001 - a bug that one entry wakes costs that entry too
        status, reason = RexrankError.exit_status, f"a fault of this program at {place_of(error)}"
    if not status:
        return
    failure = ScoreFailure(submission=name, exit_status=status, reason=reason[:MAX_REASON])
    batch.failures.append(failure)
    say(f"{name}: not scored: {failure.reason}")
    if batch.output:
        write_failure(batch.output, failure)
