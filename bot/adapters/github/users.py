"""A user's numeric id, which GitHub tells everybody."""

from __future__ import annotations

from bot.adapters.github.calls import Patience, call_again

TIMEOUT_S = 30


def read_user_id(
    login: str, *, api_url: str, token: str | None = None, patience: Patience | None = None
) -> int:
    """Return the numeric id of a user, which stays when the login changes.

    Raises:
        Misconfigured: There is no such user.
        ServiceUnavailable: GitHub does not answer.
    """
    from github import Auth, Github

    def read() -> int:
        auth = Auth.Token(token) if token else None
        with Github(auth=auth, base_url=api_url, timeout=TIMEOUT_S, retry=None) as github:
            return github.get_user(login).id

    return call_again(f"reading the user {login}", "metadata: read", read, patience)
