"""Quotas on the ledger's branch: one file for each reservation, release and charge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from bot.adapters.git.commits import Author, push_on_tip
from bot.adapters.git.repository import GitRepository
from bot.adapters.ledger.scores import BRANCH
from bot.checks.reading.ledger_records import RecordKind, read_records
from bot.domain.board import BoardFile
from bot.domain.quota import (
    QuotaBook,
    QuotaEvent,
    Release,
    Reservation,
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


def reservation_path(reserved: Reservation | Release) -> str:
    """Return where the ledger keeps a reservation, or its release.

    A file has as many as it had attempts to score it, since nothing in the ledger is ever removed.
    """
    folder = RELEASES if isinstance(reserved, Release) else RESERVATIONS
    file = f"{reserved.dataset}/{reserved.section}.{reserved.predictions_sha256}"
    return f"{folder}/{file}.{reserved.pull}.{reserved.head}.{reserved.attempt}.json"


UNNAMED = "what belongs here"
CHARGE_RECORDS = RecordKind(QUOTA, UNNAMED, QuotaEvent, event_path)
RESERVATION_RECORDS = RecordKind(RESERVATIONS, UNNAMED, Reservation, reservation_path)
RELEASE_RECORDS = RecordKind(RELEASES, UNNAMED, Release, reservation_path)


class BranchQuota:
    """The quotas of a leaderboard's repository."""

    def __init__(self, repository: GitRepository, *, remote: str, author: Author) -> None:
        """Name the branch's home; the arguments are those of `BranchLedger`."""
        self._repository = repository
        self._remote = remote
        self._author = author

    def book(self) -> QuotaBook:
        """Return everything that the ledger says about quotas now."""
        return read_book(self._repository, self._repository.remote_tip(self._remote, BRANCH))

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

        def make_files(tip: str | None) -> Mapping[str, bytes | None]:
            nonlocal made
            book = read_book(self._repository, tip)
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
            return {reservation_path(each): each.to_json() for each in new}

        self._push(make_files, f"Reserve for {head[:12]}\n")
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

        def make_files(tip: str | None) -> Mapping[str, bytes | None]:
            nonlocal made
            held = read_book(self._repository, tip).held_for(pull, head)
            new = [
                Release(**each.model_dump(exclude={"user_id", "team", "day"}), day=day)
                for file, each in held.items()
                if files is None or file in files
            ]
            made = len(new)
            return {reservation_path(each): each.to_json() for each in new}

        self._push(make_files, f"Release for {head[:12]}\n")
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
            book = read_book(self._repository, tip)
            demand(weigh(book.uncovered(asked, head), book.events, limits, book.held))
            charged = book.charged
            files = {}
            for event in asked:
                held = book.held_for(event.pull, head).get(event.file)
                paid = held.charge() if held else event
                if event.file not in charged:
                    files[event_path(paid)] = paid.to_json()
            return files

        return make_files

    def _push(
        self, make_files: Callable[[str | None], Mapping[str, bytes | None]], message: str
    ) -> None:
        """Add files to the ledger's tip."""
        push_on_tip(self._repository, self._remote, BRANCH, make_files, message, self._author)


def read_book(repository: GitRepository, tip: str | None) -> QuotaBook:
    """Return what a ledger's commit says about quotas; nothing where there is no ledger yet.

    Raises:
        Misconfigured: A file is not what belongs there, or lies in another's place.
    """
    if tip is None:
        return QuotaBook()
    reserved = repository.entries(tip, RESERVATIONS)
    released = repository.entries(tip, RELEASES)
    return QuotaBook(
        events=read_events(repository, tip),
        reservations=read_records(repository, reserved, RESERVATION_RECORDS),
        releases=read_records(repository, released, RELEASE_RECORDS),
    )


def read_events(repository: GitRepository, tip: str) -> tuple[QuotaEvent, ...]:
    """Return the charges of a ledger's commit, in the order of dataset, section and file."""
    return read_records(repository, repository.entries(tip, QUOTA), CHARGE_RECORDS)
