"""Whether the author of a change may make it: the owners of an entry, and those it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.finding import Finding
from bot.domain.owners import EntryOwners, Person
from bot.domain.rules import RULES

SUBMITTERS = "/submitters"
STRANGER = "nobody is known by an empty login: the account is gone"


@dataclass(frozen=True)
class OwnershipClaim:
    """An entry as the target branch, the ledger and a pull request know it."""

    path: str
    """The entry's manifest."""
    author: str
    """Login of who opened the pull request; empty when that account is gone."""
    author_id: int | None
    """Numeric id of that account; None where it is not known, and ids are not compared."""
    before: tuple[str, ...] | None
    """Submitters in the manifest on the target branch; None for a new entry."""
    record: EntryOwners | None
    """The ledger's record of the entry's owners."""
    maintainers: tuple[str, ...]
    """Who may change every entry, by the leaderboard's card."""
    may_write: bool | None = None
    """Whether the author may write to the repository; None where it is not known."""

    @property
    def is_by_maintainer(self) -> bool:
        """Whether a maintainer opened the pull request.

        The card names logins, and a login can be taken; who takes it may not write.
        """
        return self.author.casefold() in folded(self.maintainers) and self.may_write is not False


def check_owner(claim: OwnershipClaim) -> list[Finding]:
    """Return a finding when somebody changes an entry that is not theirs.

    Where the ledger has a record, login and id must both be those of an owner: the manifest names
    people, the record decides. Before there is one, the manifest on the target branch decides.
    """
    record = claim.record
    if record is not None and claim.author_id is not None:
        if record.contradicts(claim.author, claim.author_id):
            return [owner_finding(claim, describe_other_account(claim.author, record))]
        is_leftover = claim.before is None and record.decided_by is None
        is_owner = is_leftover or record.find(claim.author, claim.author_id) is not None
    else:
        is_owner = claim.before is None or claim.author.casefold() in folded(owner_logins(claim))
    if is_owner or claim.is_by_maintainer:
        return []
    message = "the entry belongs to other submitters than the author of this pull request"
    return [owner_finding(claim, message)]


def owner_logins(claim: OwnershipClaim) -> tuple[str, ...]:
    """Return the logins of an entry's owners: those of the record, else those of the manifest."""
    if claim.record is not None:
        return tuple(person.login for person in claim.record.people)
    return claim.before or ()


def owner_finding(claim: OwnershipClaim, message: str) -> Finding:
    """Return the finding about somebody who does not own an entry."""
    owners = ", ".join(owner_logins(claim)) or "nobody"
    seen = f"author {claim.author or STRANGER}; submitters {owners}"
    rule = RULES["changes.not-owner"]
    return rule.finding(claim.path, message=message, seen=seen, pointer=SUBMITTERS)


def describe_other_account(login: str, record: EntryOwners) -> str:
    """Return why an account is not the owner whose login or id it has."""
    names = any(person.is_named(login) for person in record.people)
    what = (
        f"the account {login} is another one than the owner of that name: the login was given up "
        "and taken again"
        if names
        else f"the account {login} owns the entry under another login"
    )
    return f"{what}; login and id must both fit, so a maintainer decides with /rexrank transfer"


def check_author(claim: OwnershipClaim, submitters: Sequence[str]) -> list[Finding]:
    """Return a finding when a new entry does not name who asks for it.

    Args:
        claim: The entry.
        submitters: Those in the manifest of the pull request.
    """
    decided = claim.record if claim.record and claim.record.decided_by else None
    if (
        claim.before is not None
        or claim.is_by_maintainer
        or claim.author.casefold() in folded(submitters)
        or (decided and decided.is_decided_for(claim.author))
    ):
        return []
    message = "the new entry does not name the author of this pull request under submitters"
    hint = (
        "Add your login to submitters, or ask a maintainer to write: "
        f"{transfer_line(claim, submitters)}"
    )
    seen = f"author {claim.author or STRANGER}; submitters {', '.join(submitters)}"
    rule = RULES["changes.author-not-named"]
    return [rule.finding(claim.path, message=message, hint=hint, seen=seen, pointer=SUBMITTERS)]


def check_named_people(
    claim: OwnershipClaim, submitters: Sequence[str], participants: Sequence[Person]
) -> list[Finding]:
    """Return a finding for each person whom a change names and who has no part in it.

    Args:
        claim: The entry.
        submitters: Those in the manifest of the pull request.
        participants: Who opened it, commented on it or reviewed it. Whoever wrote a commit is not
            among them: anybody can write any name there.
    """
    before = folded(claim.before or ())
    present = {person.login.casefold(): person for person in participants}
    findings = []
    for index, login in enumerate(submitters):
        record = claim.record
        if login.casefold() in before or (record and record.is_decided_for(login)):
            continue
        person = present.get(login.casefold())
        if person is None:
            message = f"{login} is named under submitters and has no part in this pull request"
        elif record and record.contradicts(person.login, person.user_id):
            message = describe_other_account(person.login, record)
        else:
            continue
        hint = (
            f"Let {login} write the comment /rexrank confirm here, or a maintainer: "
            f"{transfer_line(claim, submitters)}"
        )
        rule = RULES["changes.unconfirmed-submitter"]
        pointer = f"{SUBMITTERS}/{index}"
        findings.append(rule.finding(claim.path, message=message, hint=hint, pointer=pointer))
    return findings


def transfer_line(claim: OwnershipClaim, submitters: Sequence[str]) -> str:
    """Return the command with which a maintainer gives an entry to everybody it names."""
    author = claim.author if claim.before is None and claim.author else None
    people = {login.casefold(): login for login in (*([author] if author else []), *submitters)}
    return f"/rexrank transfer {' '.join(people.values())}"


def folded(logins: Sequence[str]) -> frozenset[str]:
    """Return logins as they are compared: GitHub ignores upper and lower case."""
    return frozenset(login.casefold() for login in logins)
