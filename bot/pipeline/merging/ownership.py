"""Ownership of entries: what a pull request is judged by, and what publishing records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.checks.merging.ownership import OwnershipClaim, check_author, check_named_people, folded
from bot.domain.catalog import Catalog
from bot.domain.finding import Finding
from bot.domain.manifest import MANIFEST_FILE, Manifest
from bot.domain.owners import EntryOwners, Person
from bot.domain.submission import SUBMISSIONS_FOLDER
from bot.pipeline.pull_request.entries import read_manifest
from bot.ports import GitObjects

LookUp = Callable[[str], Person | None]
"""Returns the account of a login, None when there is none."""


@dataclass(frozen=True)
class Asker:
    """Who asks for a change, and who else takes part."""

    author: str
    """Login of who opened the pull request; empty when that account is gone."""
    author_id: int | None = None
    """Numeric id of that account; None where it is not known."""
    participants: tuple[Person, ...] | None = None
    """Who opened it, commented on it or reviewed it; None where that is not known."""
    may_write: bool | None = None
    """Whether who opened it may write to the repository; None where that is not known."""


def find_claim(
    git: GitObjects,
    base: str,
    submission: str,
    asker: Asker,
    catalog: Catalog,
    record: EntryOwners | None,
) -> OwnershipClaim:
    """Return an entry as the target branch, the ledger and the pull request know it."""
    manifest = read_manifest(git, base, submission)
    return OwnershipClaim(
        path=f"{SUBMISSIONS_FOLDER}/{submission}/{MANIFEST_FILE}",
        author=asker.author,
        author_id=asker.author_id,
        before=manifest.submitters if manifest else None,
        record=record,
        maintainers=tuple(catalog.card.maintainers),
        may_write=asker.may_write,
    )


def check_people(claim: OwnershipClaim, asker: Asker, manifest: Manifest) -> list[Finding]:
    """Return what is wrong with whom the entry names; without participants that is not asked."""
    findings = check_author(claim, manifest.submitters)
    if asker.participants is not None:
        findings += check_named_people(claim, manifest.submitters, asker.participants)
    return findings


def follow_manifests(
    entries: Iterable[tuple[str, Manifest]],
    present: Mapping[str, EntryOwners],
    look_up: LookUp,
) -> dict[str, EntryOwners]:
    """Return the records that publishing adds or brings up to date.

    A record that a maintainer decided stays. Another one follows the manifest on the branch: who
    is named for the first time is looked up, who was looked up before keeps the id of that time,
    and who is named no more goes.
    """
    made = {}
    for name, manifest in entries:
        known = present.get(name)
        if known is None or known.decided_by is None:
            record = follow_manifest(name, manifest.submitters, known, look_up)
            if record != known:
                made[name] = record
    return made


def follow_manifest(
    name: str, logins: Sequence[str], known: EntryOwners | None, look_up: LookUp
) -> EntryOwners:
    """Return the record of one entry as its manifest names people now."""
    absent_before = folded(known.absent) if known else frozenset()
    people, absent = [], []
    for login in logins:
        person = next((p for p in known.people if p.is_named(login)), None) if known else None
        if person is None and login.casefold() not in absent_before:
            person = look_up(login)
        if person is None:
            absent.append(login)
        else:
            people.append(person)
    return EntryOwners(submission=name, people=tuple(people), absent=tuple(absent))
