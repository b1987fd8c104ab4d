"""Whether a ledger is what it claims to be: only ever added to, and every file in its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from pydantic import ValidationError

from bot.adapters.git import GitRepository
from bot.adapters.ledger import SCORES, scorecard_path
from bot.adapters.owners import OWNERS, owners_path
from bot.adapters.quota import QUOTA, RELEASES, RESERVATIONS, event_path, reservation_path
from bot.adapters.sealed_scores import check_rounded_agreement, check_sealed_score
from bot.adapters.sealing import CannotOpen, Opener
from bot.adapters.tombstones import WITHDRAWN, tombstone_path
from bot.domain.claim import CLAIMS, Claim, claim_path
from bot.domain.owners import EntryOwners
from bot.domain.per_study import decode_table
from bot.domain.quota import QuotaEvent, Release, Reservation
from bot.domain.scorecard import PerStudyTable, Scorecard
from bot.domain.withdrawal import Withdrawal

PLAIN_FILE = "100644"
TABLE_SUFFIXES = (".npz", ".npz.age")


def verify_ledger(
    repository: GitRepository, tip: str, opener: Opener | None = None
) -> tuple[str, ...]:
    """Return every fault of a ledger's branch: of its history, then of its files.

    Args:
        repository: Where the branch was fetched to.
        tip: Its last commit.
        opener: Opens sealed tables, whose means are then held against the scorecards.
    """
    return (*verify_history(repository, tip), *verify_files(repository, tip, opener))


def verify_history(repository: GitRepository, tip: str) -> Iterator[str]:
    """Yield where the history is not a line of commits that only add files.

    Whose an entry is may be decided anew: those files are replaced, and never removed.
    """
    listed = repository.run("rev-list", "--parents", tip).decode().splitlines()
    for line in listed:
        commit, *parents = line.split()
        if len(parents) > 1:
            yield f"commit {commit[:12]}: joins {len(parents)} histories"
        for parent in parents:
            for change in repository.changes(parent, commit):
                path = change.path.decode(errors="backslashreplace")
                if change.after is None:
                    yield f"commit {commit[:12]}: removes {path}"
                elif change.before is not None and not path.startswith(f"{OWNERS}/"):
                    yield f"commit {commit[:12]}: changes {path}"


def verify_files(
    repository: GitRepository, tip: str, opener: Opener | None = None
) -> Iterator[str]:
    """Yield what is wrong with the files of scores, quotas, claims, withdrawals and owners."""
    entries = [entry for folder in (SCORES, *PLACES) for entry in repository.entries(tip, folder)]
    contents = repository.read([e.oid for e in entries if e.mode == PLAIN_FILE])
    cards: dict[str, Scorecard] = {}
    tables = []
    for entry in entries:
        path = entry.path.decode(errors="backslashreplace")
        if entry.mode != PLAIN_FILE:
            yield f"{path}: not a plain file"
        elif path.endswith(TABLE_SUFFIXES) and path.startswith(f"{SCORES}/"):
            tables.append((path, contents[entry.oid]))
        else:
            try:
                expected, card = place_of(path, contents[entry.oid])
            except ValidationError as error:
                yield f"{path}: not what belongs here; {error.error_count()} faults"
                continue
            if expected != path:
                yield f"{path}: its content belongs at {expected}"
            elif card is not None:
                cards[path] = card
    for path, data in tables:
        yield from verify_table(path, data, cards, opener)
    stems = Counter(path[: path.index(".npz")] for path, _ in tables)
    yield from (f"{stem}.json: has two tables" for stem, n in stems.items() if n > 1)


PLACES: Mapping[str, Callable[[bytes], str]] = {
    WITHDRAWN: lambda data: tombstone_path(Withdrawal.from_json(data).submission),
    OWNERS: lambda data: owners_path(EntryOwners.from_json(data).submission),
    QUOTA: lambda data: event_path(QuotaEvent.from_json(data)),
    RESERVATIONS: lambda data: reservation_path(Reservation.from_json(data)),
    RELEASES: lambda data: reservation_path(Release.from_json(data)),
    CLAIMS: lambda data: claim_path(Claim.from_json(data).sha256),
}
"""Where a file of each folder but the scores' belongs by its content."""


def place_of(path: str, data: bytes) -> tuple[str, Scorecard | None]:
    """Return where a file belongs by its content, and the scorecard if it is one."""
    find_place = PLACES.get(path.partition("/")[0])
    if find_place is not None:
        return find_place(data), None
    card = Scorecard.from_json(data)
    return scorecard_path(card), card


def verify_table(
    path: str, data: bytes, cards: dict[str, Scorecard], opener: Opener | None = None
) -> Iterator[str]:
    """Yield what is wrong with a per-study table; a sealed one is looked into with an opener."""
    stem = path[: path.index(".npz")]
    card = cards.get(f"{stem}.json")
    if card is None:
        yield f"{path}: there is no scorecard beside it"
        return
    try:
        if not path.endswith(".age"):
            check_studies(decode_table(data), card)
            return
        check_sealed_score(card, data)
        if opener is not None:
            table = decode_table(opener(data))
            check_studies(table, card)
            check_rounded_agreement(card, table)
    except (ValueError, CannotOpen) as error:
        yield f"{path}: {error}"


def check_studies(table: PerStudyTable, card: Scorecard) -> None:
    """Raise ValueError unless a table has as many studies as its scorecard says."""
    if len(table.study_ids) != card.n:
        raise ValueError(f"{len(table.study_ids)} studies, the scorecard has {card.n}")
