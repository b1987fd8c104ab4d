"""One repository on GitHub through PyGithub, and a token to ask it with."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from bot.adapters.github.calls import Answer, Patience, call_again

if TYPE_CHECKING:
    from github import Github
    from github.Auth import Auth
    from github.Repository import Repository

API_URL = "https://api.github.com"
TIMEOUT_S = 30


class Connection:
    """A repository, asked with a token. Every call may be made again when it failed."""

    def __init__(
        self,
        name: str,
        token: str,
        *,
        api_url: str = API_URL,
        patience: Patience | None = None,
        pause_s: float = 1.0,
        timeout_s: int = TIMEOUT_S,
    ) -> None:
        """Name the repository; nothing is asked yet.

        Args:
            name: `owner/name`.
            token: Token of the bot.
            api_url: Root of the REST API.
            patience: How often a call that failed is made again; Patience() when absent.
            pause_s: Seconds between two writes, which GitHub asks for.
            timeout_s: Seconds after which an answer is not waited for any longer.
        """
        self.name = name
        self.token = token
        self.api_url = api_url
        self.timeout_s = timeout_s
        self._patience = patience or Patience()
        self._pause_s = pause_s

    def call(self, doing: str, needs: str, call: Callable[[], Answer]) -> Answer:
        """Return what a call returns, made again as `call_again` says."""
        return call_again(doing, needs, call, self._patience)

    @cached_property
    def repository(self) -> Repository:
        """The repository; naming it asks nothing of GitHub."""
        from github import Auth

        client = open_client(
            Auth.Token(self.token), self.api_url, timeout_s=self.timeout_s, pause_s=self._pause_s
        )
        return client.get_repo(self.name)


def open_client(
    auth: Auth | None, api_url: str, *, timeout_s: int = TIMEOUT_S, pause_s: float = 0
) -> Github:
    """Return a client that repeats nothing by itself and asks only for what is used."""
    from github import Github

    return Github(
        auth=auth,
        base_url=api_url,
        timeout=timeout_s,
        per_page=100,
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=pause_s,
        lazy=True,
    )
