"""Who runs a leaderboard: maintainers, the app that writes, and what leaderboard.yaml says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.domain.repository_setup import RepositorySetup, SetupPoint, Unreadable, unreadable

CARD = "bot/catalog/leaderboard.yaml"
MAY_WRITE = frozenset({"admin", "maintain", "write"})
APP_PERMISSIONS = {
    "contents": "write",
    "checks": "write",
    "pull_requests": "write",
    "issues": "write",
    "actions": "write",
}
"""What the app must be allowed in the repository."""


def check_card(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield whether the leaderboard's own file is about this repository and its people."""
    wish = setup.wish
    named = wish.named_repository.removesuffix(".git").rstrip("/")
    fits = named.casefold().endswith(f"/{wish.repository}".casefold())
    problem = f"repository is {named or 'not set'}"
    yield SetupPoint(
        "leaderboard.yaml: repository",
        "" if fits else problem,
        f"edit {CARD} in a pull request",
        "contents: write",
        named,
        wish.repository,
    )
    for login in wish.named_maintainers:
        yield _may_write(setup, f"leaderboard.yaml: maintainer {login}", login, f"edit {CARD}")


def check_maintainers(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield whether each person who was named may write here."""
    for login in setup.wish.maintainers:
        place = "Settings > Collaborators and teams"
        yield _may_write(setup, f"maintainer {login}", login, place)


def valid_maintainers(setup: RepositorySetup) -> tuple[tuple[str, int], ...]:
    """Return login and number of each maintainer who was named and may write."""
    found = []
    for login in setup.wish.maintainers:
        role = role_of(setup, login)
        user = setup.settings.get(f"/users/{login}")
        if role in MAY_WRITE and isinstance(user, dict):
            found.append((str(user["login"]), int(user["id"])))
    return tuple(found)


def role_of(setup: RepositorySetup, login: str) -> str | Unreadable:
    """Return what somebody is here, `none` for people whom GitHub does not know."""
    answer = setup.settings.get(f"collaborators/{login}/permission")
    if isinstance(answer, Unreadable):
        return answer
    return str((answer or {}).get("permission", "none"))


def _may_write(setup: RepositorySetup, name: str, login: str, place: str) -> SetupPoint:
    role = role_of(setup, login)
    if isinstance(role, Unreadable):
        return unreadable(name, role)
    problem = "" if role in MAY_WRITE else f"{login} may not write to {setup.wish.repository}"
    return SetupPoint(name, problem, place, "administration: write", role, "write")


def check_app(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield whether the app that writes is installed here with what it needs."""
    wish = setup.wish
    if wish.writer != "app":
        return
    name = f"app {wish.app_id}"
    place = "Settings > GitHub Apps"
    if setup.app is None:
        note = "only its key can tell whether it is installed with its permissions; give --app-key"
        yield SetupPoint(name, note=note)
        return
    if isinstance(setup.app, Unreadable) or setup.app["app"] is None:
        problem = f"the key is not one of app {wish.app_id}"
        yield SetupPoint(name, problem, "Settings of the app > Private keys")
        return
    installation: dict[str, Any] | None = setup.app["installation"]
    if installation is None:
        yield SetupPoint(name, "it is not installed on this repository", place)
        return
    granted = installation.get("permissions") or {}
    now = ", ".join(f"{key}: {granted[key]}" for key in APP_PERMISSIONS if key in granted)
    lacking = [f"{k}: {v}" for k, v in APP_PERMISSIONS.items() if granted.get(k) != v]
    problem = f"it lacks {', '.join(lacking)}" if lacking else ""
    wanted = ", ".join(f"{key}: {level}" for key, level in APP_PERMISSIONS.items())
    yield SetupPoint(name, problem, "Settings of the app > Permissions", "", now, wanted)
