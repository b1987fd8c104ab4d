"""Quotas on the ledger's branch: one file for each reservation, release and charge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from bot.adapters.git.repository import GitRepository
from bot.adapters.ledger.records import RecordStore
from bot.checks.reading.ledger_records import RecordKind, read_records
from bot.domain.board import BoardFile
from bot.domain.quota import (
    QuotaBook,
    QuotaEvent,
    Release,
    Reservation,
    ReservationName,
    demand,
    weigh,
)

QUOTA = "quota"
RESERVATIONS = "reservations"
RELEASES = "releases"


def event_path(event: QuotaEvent) -> str:
    """Return where the ledger keeps an event: one for each file on each board.

    Example:
        >>> event_path(QuotaEvent(dataset="hidden", section="report", predictions_sha256="a" * 64,
        ...                       user_id=1, team="t", pull=1, day="2026-11-25"))[:24]
        'quota/hidden/report.aaaa'
    """
    return f"{QUOTA}/{event.dataset}/{event.section}.{event.predictions_sha256}.json"


def reservation_path(name: ReservationName, folder: str = RESERVATIONS) -> str:
    """Return where the ledger keeps a reservation, or in another folder its release.

    A file has as many as it had attempts to score it, since nothing in the ledger is ever removed.
    """
    file, pull, head, attempt = name
    dataset, section = file.board.dataset, file.board.section
    return f"{folder}/{dataset}/{section}.{file.sha256}.{pull}.{head}.{attempt}.json"


UNNAMED = "what belongs here"
CHARGE_RECORDS = RecordKind(QUOTA, UNNAMED, QuotaEvent, event_path)
RESERVATION_RECORDS = RecordKind(
    RESERVATIONS, UNNAMED, Reservation, lambda each: reservation_path(each.name)
)
RELEASE_RECORDS = RecordKind(
    RELEASES, UNNAMED, Release, lambda each: reservation_path(each.name, RELEASES)
)


class BranchQuota:
    """The quotas of a leaderboard's repository."""

    def __init__(self, store: RecordStore) -> None:
        """Name the branch that keeps them."""
        self._store = store

    def book(self) -> QuotaBook:
        """Return everything that the ledger says about quotas now."""
        return read_book(self._store.repository, self._store.tip())

    def reserve(self, asked: Sequence[QuotaEvent], head: str, limits: Mapping[str, int]) -> int:
        """Reserve files for a head and return how many were new; those that are held stay.

        It is weighed again for every tip, so runs at once cannot share what is left: the one that
        pushes later is refused, before anything was scored.

        Args:
            asked: What scoring costs, all of one pull request.
            head: Commit that is scored.
            limits: Files that are scored in a month, by dataset.

        Raises:
            SubmissionRejected: The quota is used up; nothing is reserved then.
        """
        made = 0

        def make_files(tip: str | None) -> Mapping[str, bytes]:
            nonlocal made
            book = read_book(self._store.repository, tip)
            needed = book.uncovered(asked, head)
            demand(weigh(needed, book.events, limits, book.held))
            attempts = Counter((r.file, r.pull, r.head) for r in book.reservations)
            new = [
                Reservation(
                    **event.model_dump(),
                    head=head,
                    attempt=attempts[event.file, event.pull, head] + 1,
                )
                for event in needed
            ]
            made = len(new)
            return RESERVATION_RECORDS.files(new)

        self._store.push(make_files, f"Reserve for {head[:12]}\n")
        return made

    def release(
        self, pull: int, head: str, day: str, files: Collection[BoardFile] | None = None
    ) -> int:
        """Release what a head has reserved and return how many that were; what is charged stays.

        Args:
            pull: The pull request.
            head: Commit that was to be scored.
            day: Date, in UTC.
            files: Files that are released; all when None.
        """
        made = 0

        def make_files(tip: str | None) -> Mapping[str, bytes]:
            nonlocal made
            held = read_book(self._store.repository, tip).held_for(pull, head)
            new = [
                Release(**each.model_dump(exclude={"user_id", "team", "day"}), day=day)
                for file, each in held.items()
                if files is None or file in files
            ]
            made = len(new)
            return RELEASE_RECORDS.files(new)

        self._store.push(make_files, f"Release for {head[:12]}\n")
        return made

    def charge(
        self, asked: Sequence[QuotaEvent], head: str, limits: Mapping[str, int]
    ) -> Callable[[str | None], Mapping[str, bytes]]:
        """Return what `BranchLedger.append` adds beside the scores.

        What was reserved for this head becomes the charge as it is. The rest is weighed, again for
        every tip, so two runs at once cannot both use what is left: the one that pushes later is
        refused, and its scores with it.
        """

        def make_files(tip: str | None) -> Mapping[str, bytes]:
            book = read_book(self._store.repository, tip)
            demand(weigh(book.uncovered(asked, head), book.events, limits, book.held))
            charged = book.charged
            paid = []
            for event in asked:
                held = book.held_for(event.pull, head).get(event.file)
                if event.file not in charged:
                    paid.append(held.charge() if held else event)
            return CHARGE_RECORDS.files(paid)

        return make_files


def read_book(repository: GitRepository, tip: str | None) -> QuotaBook:
    """Return what a ledger's commit says about quotas; nothing where there is no ledger yet.

    Raises:
        Misconfigured: A file is not what belongs there, or lies in another's place.
    """
    return QuotaBook(
        events=read_records(repository, tip, CHARGE_RECORDS),
        reservations=read_records(repository, tip, RESERVATION_RECORDS),
        releases=read_records(repository, tip, RELEASE_RECORDS),
    )
