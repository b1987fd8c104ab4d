"""Whether a ledger is what it claims to be: only ever added to, and every file in its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from bot.adapters.disk.sealed_scores import check_rounded_agreement, check_sealed_score
from bot.adapters.git.repository import GitRepository
from bot.adapters.ledger.owners import OWNER_RECORDS, OWNERS
from bot.adapters.ledger.quota import CHARGE_RECORDS, RELEASE_RECORDS, RESERVATION_RECORDS
from bot.adapters.ledger.scores import SCORECARD_RECORDS, SCORES
from bot.adapters.ledger.withdrawals import TOMBSTONE_RECORDS
from bot.adapters.references.sealing import CannotOpen, Opener
from bot.checks.reading.ledger_records import CLAIM_RECORDS, RecordKind
from bot.domain.limits import PLAIN_FILE
from bot.domain.per_study import decode_table
from bot.domain.scorecard import PerStudyTable, Scorecard

TABLE_SUFFIXES = (".npz", ".npz.age")
KINDS: dict[str, RecordKind[Any]] = {
    kind.folder: kind
    for kind in (
        SCORECARD_RECORDS,
        TOMBSTONE_RECORDS,
        OWNER_RECORDS,
        CHARGE_RECORDS,
        RESERVATION_RECORDS,
        RELEASE_RECORDS,
        CLAIM_RECORDS,
    )
}
"""Every kind of record, by its folder."""


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
    entries = [entry for folder in KINDS for entry in repository.entries(tip, folder)]
    contents = repository.read([e.oid for e in entries if e.mode == PLAIN_FILE])
    cards: dict[str, Scorecard] = {}
    tables = []
    for entry in entries:
        path = entry.path.decode(errors="backslashreplace")
        folder = path.partition("/")[0]
        if entry.mode != PLAIN_FILE:
            yield f"{path}: not a plain file"
        elif folder == SCORES and path.endswith(TABLE_SUFFIXES):
            tables.append((path, contents[entry.oid]))
        else:
            try:
                record = KINDS[folder].value.from_json(contents[entry.oid])
            except ValidationError as error:
                yield f"{path}: not what belongs here; {error.error_count()} faults"
                continue
            place = KINDS[folder].path_of(record)
            if place != path:
                yield f"{path}: its content belongs at {place}"
            elif folder == SCORES:
                cards[path] = record
    for path, data in tables:
        yield from verify_table(path, data, cards, opener)
    stems = Counter(path[: path.index(".npz")] for path, _ in tables)
    yield from (f"{stem}.json: has two tables" for stem, n in stems.items() if n > 1)


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
