"""The leaderboard's repository, opened with the push credential that the environment holds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bot.adapters.git.push_credentials import deploy_key, read_host_keys
from bot.adapters.git.repository import GitRepository, scratch_repository
from bot.adapters.references.sealing import take_secret
from bot.errors import Misconfigured
from bot.jobs.environment import (
    DEPLOY_KEY_VARIABLE,
    PUSH_TOKEN_VARIABLE,
    TOKEN_VARIABLE,
    api_url,
    optional_token,
)


@contextmanager
def reading_repository(folder: Path | None = None) -> Iterator[GitRepository]:
    """Yield a repository for what is only fetched; without a folder it is removed at the end."""
    with ExitStack() as stack:
        home = folder or stack.enter_context(scratch_repository()).folder
        yield GitRepository(home, token=optional_token())


@contextmanager
def pushing_repository(remote: str, folder: Path | None = None) -> Iterator[GitRepository]:
    """Yield a repository that pushes to a remote with the first of these that is set.

    `REXRANK_PUSH_TOKEN`, an app's token; `REXRANK_DEPLOY_KEY`, a private key, which is taken out of
    the environment; `REXRANK_TOKEN`, the run's own. The last one fetches, where it is set.

    Args:
        remote: Address of the remote.
        folder: Bare repository to work in; one that is removed at the end when absent.

    Raises:
        Misconfigured: None of them is set, and the remote is an http address.
    """
    token = optional_token()
    push_token = os.environ.get(PUSH_TOKEN_VARIABLE) or None
    key_text = take_secret(DEPLOY_KEY_VARIABLE)
    with ExitStack() as stack:
        key = None
        if key_text and not push_token:
            host_keys = read_host_keys(api_url(), token)
            key = stack.enter_context(deploy_key(key_text, remote, host_keys))
        elif token is None and remote.startswith(("http://", "https://")):
            raise Misconfigured(
                f"{PUSH_TOKEN_VARIABLE}, {DEPLOY_KEY_VARIABLE} and {TOKEN_VARIABLE} are not set; "
                "give the bot one of them that may push"
            )
        home = folder or stack.enter_context(scratch_repository()).folder
        yield GitRepository(home, token=token, push_token=push_token, deploy_key=key)
