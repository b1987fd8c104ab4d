"""Upkeep: what has come to a halt, or does not follow from its sources any longer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.outcome import CHECK_NAME
from bot.domain.quota import Reservation
from bot.domain.rescore_plan import RescorePlan
from bot.domain.trouble import Trouble
from bot.pipeline.merging.gate import own_checks
from bot.ports import CodeHost, GitObjects, OpenPull

RESERVED_DAYS = 1
"""Days after which what was reserved should have been scored: a run takes some hours."""


@dataclass(frozen=True)
class Patience:
    """How long things may take before somebody is told."""

    stuck: timedelta
    """Time after which a head should have a verdict."""
    stale: timedelta
    """Time after which a pull request should have been moved on."""


def find_halted(
    host: CodeHost, branch: str, app_id: int, now: datetime, patience: Patience
) -> Iterator[Trouble]:
    """Yield the pull requests whose run got stuck, and those that nobody moves.

    Args:
        host: The code host.
        branch: Branch that entries are merged into.
        app_id: App whose check counts.
        now: The time.
        patience: How long each may take.
    """
    for pull in host.open_pulls(branch):
        age = now - pull.updated
        where, since = f"pull request {pull.number}", f"{pull.updated:%Y-%m-%d}"
        if age > patience.stuck and not has_verdict(host, pull, app_id):
            what = f"its head {pull.head[:12]} has no verdict since {since}"
            yield Trouble("stuck", where, what)
        elif age > patience.stale:
            yield Trouble("stale", where, f"nothing happened since {since}")


def has_verdict(host: CodeHost, pull: OpenPull, app_id: int) -> bool:
    """Return whether the bot has finished with a head."""
    checks = own_checks(host.checks(pull.head, CHECK_NAME), app_id)
    return any(check.conclusion is not None for check in checks)


def find_unscored(plan: RescorePlan) -> Iterator[Trouble]:
    """Yield the boards of merged entries that the ledger has no present score of."""
    for board in plan.boards:
        where = f"{board.submission}, {board.board}"
        if board.reason == "unscored":
            yield Trouble("unscored", where, "merged, and the ledger has no score of it")
        else:
            yield Trouble("rescore", where, "its score is of an earlier scorer")


def find_drift(git: GitObjects, tip: str, files: Mapping[str, bytes | None]) -> Iterator[Trouble]:
    """Yield the leaderboard's files that differ from what main and the ledger say.

    Args:
        git: Has the commit.
        tip: Commit with the leaderboard.
        files: What each file should hold; None for one that should not be there.
    """
    folders = {path.split("/")[0] for path in files}
    entries = {
        entry.path.decode(errors="backslashreplace"): entry.oid
        for folder in sorted(folders)
        for entry in git.entries(tip, folder)
    }
    contents = git.read(list(entries.values()))
    for path, data in sorted(files.items()):
        present = contents[entries[path]] if path in entries else None
        if present != data:
            yield Trouble("drift", path, describe_drift(present, data))


def describe_drift(present: bytes | None, expected: bytes | None) -> str:
    """Return how a file differs.

    Example:
        >>> describe_drift(None, b"x"), describe_drift(b"x", None), describe_drift(b"x", b"y")
        ('missing', 'should not be there', 'not what main and the ledger give')
    """
    if present is None:
        return "missing"
    return "should not be there" if expected is None else "not what main and the ledger give"


def find_reserved(held: Iterable[Reservation], today: date) -> Iterator[Trouble]:
    """Yield the reservations of a month that count and were not followed by a score.

    Args:
        held: Reservations that were neither released nor charged.
        today: The date in UTC.
    """
    for each in held:
        since = date.fromisoformat(each.day)
        this_month = (since.year, since.month) == (today.year, today.month)
        if this_month and (today - since).days > RESERVED_DAYS:
            where = f"pull request {each.pull}, {each.board}"
            what = f"reserved since {each.day} for {each.head}, and not scored"
            yield Trouble("reserved", where, what)


def find_faults(faults: Iterable[str]) -> Iterator[Trouble]:
    """Yield the faults of the ledger, as `verify_ledger` tells them."""
    for fault in faults:
        where, _, what = fault.partition(": ")
        yield Trouble("ledger", where, what)
