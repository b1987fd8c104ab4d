"""What a comment asks of the bot: the command on its first line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

Name = Literal[
    "help", "status", "confirm", "rescore", "score", "merge", "withdraw", "transfer", "unknown"
]

PREFIX = "/rexrank"
MAX_LINE_CHARS = 300
MAX_LOGINS = 10
LOGIN = re.compile(r"[A-Za-z0-9](-?[A-Za-z0-9]){0,38}")
SQUASH = "--squash"


@dataclass(frozen=True)
class Comment:
    """A new comment on a pull request, as the event tells it."""

    id: int
    """Its number."""
    number: int
    """The pull request's number."""
    login: str
    """Who wrote it."""
    user_id: int
    """Numeric id of that user."""
    body: str
    """What was written."""


@dataclass(frozen=True)
class Command:
    """What a comment asks for."""

    name: Name
    """Which command; `unknown` for any other word."""
    logins: tuple[str, ...] = ()
    """Logins after `transfer`."""
    squash: bool = False
    """Whether `merge` makes one commit."""

    @property
    def line(self) -> str:
        """The command as it was understood."""
        return " ".join((PREFIX, self.name, *self.logins, *([SQUASH] if self.squash else [])))


def parse_command(body: str) -> Command | None:
    r"""Return the command on the first line of a comment, None when there is none.

    Example:
        >>> parse_command("/rexrank transfer ada  grace\r\nThanks!")
        Command(name='transfer', logins=('ada', 'grace'), squash=False)
        >>> parse_command("Try /rexrank help")
    """
    line = body[: MAX_LINE_CHARS + 1].split("\n", 1)[0].rstrip()
    words = line.split()
    if not line.startswith(PREFIX) or words[0] != PREFIX:
        return None
    if len(line) > MAX_LINE_CHARS or len(words) < 2:
        return Command("unknown")
    name: Name | None = next((one for one in get_args(Name) if one == words[1]), None)
    logins = tuple(words[2:])
    if name is None or name == "unknown":
        return Command("unknown")
    if name == "transfer":
        fits = 0 < len(logins) <= MAX_LOGINS and all(LOGIN.fullmatch(login) for login in logins)
        return Command(name, logins) if fits else Command("unknown")
    if name == "merge" and logins == (SQUASH,):
        return Command(name, squash=True)
    return Command(name) if not logins else Command("unknown")
