"""Accounts: whose they are, their numeric ids, and what they may do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast, get_args
from urllib.parse import quote

from bot.adapters.github.calls import Patience, call_again
from bot.adapters.github.connection import open_client
from bot.domain.owners import GHOST_ID, Person
from bot.ports import Permission

if TYPE_CHECKING:
    from github.NamedUser import NamedUser
    from github.Repository import Repository

PERSON = "User"
"""Type of an account that is a person's: not an app's and not an organisation's."""


def read_user_id(
    login: str, *, api_url: str, token: str | None = None, patience: Patience | None = None
) -> int:
    """Return the numeric id of a user, which stays when the login changes.

    Raises:
        Misconfigured: There is no such user.
        ServiceUnavailable: GitHub does not answer.
    """
    from github import Auth

    def read() -> int:
        with open_client(Auth.Token(token) if token else None, api_url) as github:
            return github.get_user(login).id

    return call_again(f"reading the user {login}", "metadata: read", read, patience)


def find_person(repository: Repository, login: str) -> Person | None:
    """Return the person with a login, None when there is none of that name."""
    from github import UnknownObjectException

    try:
        _, said = repository.requester.requestJsonAndCheck("GET", f"/users/{quote(login, safe='')}")
    except UnknownObjectException:
        return None
    if said["type"] != PERSON or said["id"] == GHOST_ID:
        return None
    return Person(login=said["login"], user_id=said["id"])


def read_permission(repository: Repository, login: str) -> Permission:
    """Return what somebody may do in a repository; `none` for who is not a user."""
    from github import UnknownObjectException

    try:
        said = repository.get_collaborator_permission(login)
    except UnknownObjectException:
        return "none"
    return cast("Permission", said) if said in get_args(Permission) else "none"


def people_of(users: Iterable[NamedUser | None]) -> tuple[Person, ...]:
    """Return the people among some accounts, each once, in order."""
    people = {
        user.id: Person(login=user.login, user_id=user.id)
        for user in users
        if user is not None and not is_gone(user) and user.type == PERSON
    }
    return tuple(people.values())


def is_gone(user: NamedUser | None) -> bool:
    """Return whether an account was deleted: GitHub shows none, or one that stands for them all."""
    return user is None or user.id == GHOST_ID
