"""What the operator wishes, from the options that `setup` and `doctor --github` share."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.domain.repository_setup import (
    ACTIONS_APP_ID,
    RepositorySetup,
    SetupWish,
    Writer,
)

if TYPE_CHECKING:
    from bot.adapters.github.settings import GitHubSettings
    from bot.jobs.installation import Installation

Command = TypeVar("Command", bound=Callable[..., Any])

PAUSE_S = 1.0
"""Seconds between two writes, which GitHub asks for."""

maintainer_option = click.option(
    "--maintainer",
    "maintainers",
    multiple=True,
    metavar="LOGIN",
    help="Who reviews and approves sealed runs; may be repeated.",
)
app_key_option = click.option(
    "--app-key",
    "app_key",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="The app's private key, which alone can tell the app's permissions.",
)
token_only_option = click.option(
    "--token-only",
    is_flag=True,
    help="The run's own token pushes: main and ledger stay open to whoever may write.",
)
through_bot_option = click.option(
    "--merge-through-bot",
    "through_bot",
    is_flag=True,
    help="Only the app may merge: the merge button is refused, `/rexrank merge` is the way.",
)
squash_option = click.option(
    "--squash/--no-squash", default=None, help="Whether a pull request may be squashed."
)


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
    from bot.adapters.disk.files import read_bytes

    return None if path is None else read_bytes(path).decode(errors="replace").strip() + "\n"


def read_setup(
    host: GitHubSettings, wish: SetupWish, app_key: str | None = None
) -> RepositorySetup:
    """Return the repository's setup; the app's key tells the account that writes comments."""
    setup = host.read_setup(wish, app_key)
    app = setup.app["app"] if isinstance(setup.app, Mapping) else None
    if app is None or "REXRANK_BOT_LOGIN" in wish.variables:
        return setup
    variables = {**wish.variables, "REXRANK_BOT_LOGIN": f"{app['slug']}[bot]"}
    return replace(setup, wish=replace(wish, variables=variables))


def open_settings(repository: str) -> GitHubSettings:
    """Return the adapter for a repository that is named on the command line."""
    from bot.adapters.github.connection import API_URL, Connection
    from bot.adapters.github.settings import GitHubSettings
    from bot.jobs.installation import API_VARIABLE, secret_token

    api_url = os.environ.get(API_VARIABLE) or API_URL
    return GitHubSettings(Connection(repository, secret_token(), api_url=api_url, pause_s=PAUSE_S))
