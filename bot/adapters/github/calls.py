"""Calls of GitHub's API, made again when that can help, and what their failures mean."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bot.errors import Misconfigured, ServiceUnavailable

if TYPE_CHECKING:
    from github import GithubException

Answer = TypeVar("Answer")

SECONDARY_LIMIT_S = 60.0
"""What GitHub asks to wait after a secondary limit that names no time."""
MAX_SAID_CHARS = 300


@dataclass(frozen=True)
class Patience:
    """How long a service that fails is asked again."""

    retries: int = 5
    """How often a call that failed is made again."""
    first_s: float = 1.0
    """Seconds before the first repetition; doubled for each further one."""
    longest_s: float = 120.0
    """A limit that lasts longer than this ends the run instead: the next one starts afresh."""
    wait: Callable[[float], None] = time.sleep
    """Waits for some seconds."""
    clock: Callable[[], float] = time.time
    """Returns the seconds since 1970."""


def call_again(
    doing: str, needs: str, call: Callable[[], Answer], patience: Patience | None = None
) -> Answer:
    """Return what a call returns; it is made again after a failure that may pass.

    A repetition starts from the beginning, so a call that first looks at what is there and then
    changes it has no second effect when only the answer to the change was lost.

    Args:
        doing: What the call does, for messages.
        needs: Permission that it needs, as a workflow writes it.
        call: May be made any number of times.
        patience: How often and how long; Patience() when absent.

    Raises:
        Misconfigured: Asking again cannot help.
        ServiceUnavailable: GitHub failed too often, or asks to wait for too long.
    """
    from github import GithubException
    from requests import RequestException

    patience = patience or Patience()
    attempt = 0
    while True:
        try:
            return call()
        except GithubException as error:
            said = f"{error.status} {describe(error)}"
            if is_permanent(error):
                hint = hint_of(error.status, needs)
                raise Misconfigured(f"GitHub, {doing}: {said}; {hint}") from error
            asked_s = seconds_asked(error, patience.clock())
            failure = ServiceUnavailable(f"GitHub, {doing}: {said}")
            cause: Exception = error
        except RequestException as error:
            asked_s = 0.0
            failure = ServiceUnavailable(f"GitHub, {doing}: {type(error).__name__}")
            cause = error
        if attempt == patience.retries or asked_s > patience.longest_s:
            raise failure from cause
        patience.wait(max(asked_s, patience.first_s * 2**attempt))
        attempt += 1


def is_permanent(error: GithubException) -> bool:
    """Return whether asking again cannot help: a wrong token, a missing permission or object."""
    return error.status in {401, 403, 404, 410, 422} and not is_limit(error)


def is_limit(error: GithubException) -> bool:
    """Return whether GitHub refuses because it was asked too much."""
    from github import RateLimitExceededException

    headers = headers_of(error)
    return (
        isinstance(error, RateLimitExceededException)
        or error.status == 429
        or (error.status == 403 and "retry-after" in headers)
        or (error.status == 403 and headers.get("x-ratelimit-remaining") == "0")
    )


def seconds_asked(error: GithubException, now_s: float) -> float:
    """Return for how many seconds GitHub asks to be left alone; 0 when it does not ask.

    Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api,
    "Exceeding the rate limit".
    """
    headers = headers_of(error)
    after = headers.get("retry-after", "")
    if after.isdecimal():
        return float(after)
    if not is_limit(error):
        return 0.0
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        # One more second: nobody says when in that second the limit ends.
        return max(float(reset) - now_s, 0.0) + 1.0
    return SECONDARY_LIMIT_S


def headers_of(error: GithubException) -> dict[str, str]:
    """Return the headers of a refusal, by lower-case name."""
    return {name.lower(): str(value) for name, value in (error.headers or {}).items()}


def describe(error: GithubException) -> str:
    """Return what GitHub said, in one line, with its reasons where it gives some."""
    data = error.data if isinstance(error.data, dict) else {}
    reasons = [
        str(one.get("message") or f"{one.get('field')}: {one.get('code')}")
        if isinstance(one, dict)
        else str(one)
        for one in data.get("errors") or ()
    ]
    said = ": ".join([str(data.get("message") or error.message or ""), "; ".join(reasons)])
    return " ".join(said.removesuffix(": ").split())[:MAX_SAID_CHARS]


def hint_of(status: int, needs: str) -> str:
    """Return what to do about a refusal that lasts."""
    hints = {
        401: "the token is wrong or has expired; give the bot another one",
        403: f"give the token the permission `{needs}`",
        422: "it takes no such content; please report this",
    }
    absent = f"check the repository's name and the number, and that the token has `{needs}`"
    return hints.get(status, absent)
