"""Quota events: one file each on the ledger's branch, pushed with the scores they pay for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pydantic import ValidationError

from bot.adapters.git import GitRepository
from bot.adapters.ledger import BRANCH
from bot.domain.quota import Allowance, QuotaEvent, weigh
from bot.errors import Misconfigured, SubmissionRejected

QUOTA = "quota"


def event_path(event: QuotaEvent) -> str:
    """Return where the ledger keeps an event: one for each file on each board.

    Example:
        >>> event_path(QuotaEvent(dataset="hidden", section="report", predictions_sha256="a" * 64,
        ...                       user_id=1, team="t", pull=1, day="2026-11-25"))[:24]
        'quota/hidden/report.aaaa'
    """
    return f"{QUOTA}/{event.dataset}/{event.section}.{event.predictions_sha256}.json"


class BranchQuota:
    """The quota events of a leaderboard's repository."""

    def __init__(self, repository: GitRepository, *, remote: str) -> None:
        """Name the branch's home; the arguments are those of `BranchLedger`."""
        self._repository = repository
        self._remote = remote

    def events(self) -> tuple[QuotaEvent, ...]:
        """Return every event, in the order of dataset, section and file."""
        tip = self._repository.remote_tip(self._remote, BRANCH)
        return read_events(self._repository, tip)

    def charge(
        self, asked: Sequence[QuotaEvent], limits: Mapping[str, int]
    ) -> Callable[[str | None], Mapping[str, bytes]]:
        """Return what `BranchLedger.append` adds beside the scores.

        It is asked again for every tip, so two runs at once cannot both use what is left: the one
        that pushes later is refused, and its scores with it.
        """

        def make_files(tip: str | None) -> Mapping[str, bytes]:
            events = read_events(self._repository, tip)
            demand(weigh(asked, events, limits))
            known = {event.file for event in events}
            return {event_path(e): e.to_json() for e in asked if e.file not in known}

        return make_files


def demand(allowances: Sequence[Allowance]) -> None:
    """Raise SubmissionRejected unless all that is asked for may be scored."""
    spent = [each for each in allowances if not each.is_enough]
    if spent:
        said = "; ".join(
            f"{each.dataset}: {each.used} of {each.limit} files were scored in {each.month}, and "
            f"{each.wanted} more are asked for"
            for each in spent
        )
        raise SubmissionRejected(f"the quota is used up; {said}. Ask again next month")


def read_events(repository: GitRepository, tip: str | None) -> tuple[QuotaEvent, ...]:
    """Return the events of a ledger's commit; none where there is no ledger yet.

    Raises:
        Misconfigured: One is not an event, or lies in another's place.
    """
    if tip is None:
        return ()
    entries = repository.entries(tip, QUOTA)
    contents = repository.read([entry.oid for entry in entries])
    events = []
    for entry in entries:
        path = entry.path.decode(errors="backslashreplace")
        try:
            event = QuotaEvent.from_json(contents[entry.oid])
        except ValidationError as error:
            raise Misconfigured(f"ledger {path}: not a quota event: {error}") from error
        if event_path(event) != path:
            raise Misconfigured(f"ledger {path}: its content belongs at {event_path(event)}")
        events.append(event)
    return tuple(events)
