"""The bot's answer to a command: what was done, or why not, and a line for the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.render.markdown import code, fence, own_link, table, text

_PARTIES = "submitters, maintainers"
_COMMANDS = (
    ("help", "Shows this.", "everybody"),
    ("status", "Says what still stands before a merge.", f"author, {_PARTIES}"),
    ("withdraw", "Takes a merged entry off the leaderboard, for good.", _PARTIES),
    ("transfer LOGIN ...", "Says how to let others change the entry.", _PARTIES),
    ("rescore", "Checks and scores this pull request again.", "maintainers"),
    ("score", "Scores sealed and private predictions.", "maintainers"),
    ("merge", "Merges the pull request, if nothing is missing.", "maintainers"),
    ("merge --squash", "Merges it as one commit, where the repository allows it.", "maintainers"),
)
_ROWS = [(f"`/rexrank {command}`", does, whom) for command, does, whom in _COMMANDS]
HELP = (
    f"{table(('command', 'does', 'for whom'), _ROWS)}\n\n"
    "A command is the whole first line of a new comment. An edited comment is not read."
)
"""Answer to `/rexrank help`."""


@dataclass(frozen=True)
class Audit:
    """Who asked what, and where it was answered."""

    command: str
    """The command as it was understood."""
    login: str
    """Who asked."""
    user_id: int
    """Numeric id of that user."""
    permission: str
    """What that user may do in the repository."""
    comment: int
    """Number of the comment."""
    head: str
    """Head of the pull request at the time."""
    run_url: str | None
    """Address of the run that answered."""


def answer_marker(comment: int) -> str:
    """Return the first line of the answer to a comment, by which it is found again.

    Example:
        >>> answer_marker(7)
        '<!-- rexrank-bot:answer 7 -->'
    """
    return f"<!-- rexrank-bot:answer {comment} -->"


def render_answer(body: str, audit: Audit) -> str:
    """Return the answer; `body` is Markdown of the bot's own."""
    run = f", {own_link('run', audit.run_url)}" if audit.run_url else ""
    record = (
        f"{code(audit.command)} by {text(audit.login)} (user {audit.user_id}, permission "
        f"{text(audit.permission)}), comment {audit.comment}, head {code(audit.head[:12])}{run}"
    )
    return f"{body}\n\n<sub>{record}</sub>\n"


def render_status(state: str, head: str, reasons: Sequence[str]) -> str:
    """Return what still stands before a merge."""
    if state != "open":
        return f"This pull request is {text(state)}; nothing is waited for."
    if not reasons:
        return f"Nothing stands before a merge of {code(head[:12])}: a maintainer may merge it."
    listed = "\n".join(f"- {text(reason)}" for reason in reasons)
    return f"Before {code(head[:12])} can be merged:\n\n{listed}"


def render_merge(head: str, commit: str | None, reasons: Sequence[str], *, started: bool) -> str:
    """Return what came of a merge."""
    listed = "\n".join(f"- {text(reason)}" for reason in reasons)
    if commit is None:
        return f"{code(head[:12])} was not merged:\n\n{listed}"
    if reasons:
        return (
            f"⚠️ {code(head[:12])} is merged as {code(commit[:12])}, and **should not have been**. "
            f"Take it back now:\n\n{listed}"
        )
    when = "is being made again" if started else "is made again by the workflow `publish.yml`"
    return f"Merged {code(head[:12])} as {code(commit[:12])}. The leaderboard {when}."


def render_transfer(path: str, submitters: Sequence[str]) -> str:
    """Return how an entry gets other submitters: through a reviewed change of its manifest."""
    line = f"submitters: [{', '.join(submitters)}]"
    return (
        f"Nothing was changed. Open a pull request that changes one line of {code(path)}:\n\n"
        f"{fence(line, 'yaml')}\n\n"
        "Whoever is listed on the target branch, or a maintainer, must open it. Leave out who "
        "should no longer change the entry. It counts when it is merged."
    )
