"""Whose an entry is: people by login and numeric id, because a login can be given up and taken."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.domain.value import END, GitOid, Login, Slug, Value

GHOST_ID = 10137
"""Numeric id of the account that GitHub shows in place of deleted ones: it is nobody."""


AccountLogin = Annotated[str, StringConstraints(pattern=rf"^[A-Za-z0-9][A-Za-z0-9_-]{{0,99}}{END}")]
"""Login as the code host gives it: old ones end with a hyphen, a company's have underscores."""


class Person(Value):
    """An account of the code host."""

    login: AccountLogin
    """Its login, which can be given up and taken by somebody else."""
    user_id: Annotated[int, Field(ge=1)]
    """Its numeric id, which stays and is never given again."""

    def is_named(self, login: str) -> bool:
        """Return whether a login is this account's; upper and lower case are one.

        Example:
            >>> Person(login="Sam", user_id=5).is_named("sam")
            True
        """
        return self.login.casefold() == login.casefold()


class EntryOwners(Value):
    """`owners/<submission>.json` in the ledger: the only file there that may be replaced."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    submission: Slug
    """Entry's folder name."""
    people: Annotated[tuple[Person, ...], Field(max_length=20)]
    """Whose the entry is."""
    absent: Annotated[tuple[Login, ...], Field(max_length=20)] = ()
    """Logins in the manifest that had no account when this was written; who takes one later
    does not own the entry."""
    decided_by: Person | None = None
    """Maintainer who decided it; None when it was read from the manifest after a merge."""
    pull: Annotated[int, Field(ge=1)] | None = None
    """Pull request on which it was decided."""
    comment: Annotated[int, Field(ge=1)] | None = None
    """Comment that decided it."""

    def find(self, login: str, user_id: int) -> Person | None:
        """Return the owner that an account is: login and id must both fit."""
        return next((p for p in self.people if p.is_named(login) and p.user_id == user_id), None)

    def is_decided_for(self, login: str) -> bool:
        """Return whether a maintainer named this login."""
        return self.decided_by is not None and any(p.is_named(login) for p in self.people)

    def contradicts(self, login: str, user_id: int) -> bool:
        """Return whether an account has either the login or the id of an owner, and not both."""
        return self.find(login, user_id) is None and any(
            person.is_named(login) or person.user_id == user_id for person in self.people
        )


class PullFacts(Value):
    """What `rexrank pull --output` writes: facts of a pull request that only the API has."""

    number: Annotated[int, Field(ge=1)]
    """Its number."""
    author: Annotated[str, Field(max_length=100)]
    """Login of who opened it, an app's among them; empty when that account is gone."""
    author_id: Annotated[int, Field(ge=0)]
    """Numeric id of that account; 0 when it is gone."""
    may_write: bool
    """Whether that account may write to the repository."""
    base: GitOid
    """Tip of the target branch."""
    head: GitOid
    """Commit at the tip of the pull request."""
    participants: tuple[Person, ...]
    """Who opened it, commented on it or reviewed it."""
