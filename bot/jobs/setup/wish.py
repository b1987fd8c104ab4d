"""What the operator wishes of a repository, and the repository as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.adapters.disk.files import read_bytes
from bot.adapters.github.connection import Connection
from bot.adapters.github.settings import GitHubSettings
from bot.domain.repository_setup import (
    ACTIONS_APP_ID,
    IDENTITY_SECRET,
    WRITER_SECRETS,
    RepositorySetup,
    SetupWish,
    Writer,
)
from bot.errors import WrongUsage
from bot.jobs.environment import BOT_LOGIN_VARIABLE, api_url, secret_token
from bot.jobs.installation import Installation

PAUSE_S = 1.0
"""Seconds between two writes, which GitHub asks for."""


def make_wish(installation: Installation, repository: str, branch: str, **values: Any) -> SetupWish:
    """Return a wish; what the leaderboard's own file says comes from the catalog."""
    card = installation.catalog.card
    return SetupWish(
        repository=repository,
        branch=branch,
        bot_login=card.bot_login,
        named_repository=str(card.repository),
        named_maintainers=tuple(card.maintainers),
        **values,
    )


def writer_of(app_id: int | None, token_only: bool) -> Writer:
    """Return who pushes: the app that is named, else the run's token if asked, else a key."""
    if app_id not in {None, ACTIONS_APP_ID}:
        return "app"
    return "token" if token_only else "deploy-key"


def read_secret(path: Path | None) -> str | None:
    """Return what a file with a secret holds, None without one."""
    return None if path is None else read_bytes(path).decode(errors="replace").strip() + "\n"


def read_secrets(app_key: Path | None, identity: Path | None) -> dict[str, str]:
    """Return the secrets that an operator gives, by the name that they have on GitHub.

    Raises:
        WrongUsage: The second file holds no age identity.
    """
    given = {WRITER_SECRETS["app"]: read_secret(app_key), IDENTITY_SECRET: read_secret(identity)}
    if identity is not None and "AGE-SECRET-KEY-1" not in (given[IDENTITY_SECRET] or ""):
        raise WrongUsage(f"{identity}: holds no age identity, which begins with AGE-SECRET-KEY-1")
    return {name: value for name, value in given.items() if value is not None}


def read_setup(
    host: GitHubSettings, wish: SetupWish, app_key: str | None = None
) -> RepositorySetup:
    """Return the repository's setup; the app's key tells the account that writes comments."""
    setup = host.read_setup(wish, app_key)
    app = setup.app["app"] if isinstance(setup.app, Mapping) else None
    if app is None or BOT_LOGIN_VARIABLE in wish.variables:
        return setup
    variables = {**wish.variables, BOT_LOGIN_VARIABLE: f"{app['slug']}[bot]"}
    return replace(setup, wish=replace(wish, variables=variables))


def open_settings(repository: str) -> GitHubSettings:
    """Return the adapter for a repository that is named on the command line."""
    connection = Connection(repository, secret_token(), api_url=api_url(), pause_s=PAUSE_S)
    return GitHubSettings(connection)
