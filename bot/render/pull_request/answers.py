"""The bot's answer to a command: what was done, or why not, and a line for the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.owners import EntryOwners
from bot.render.words.markdown import code, fence, own_link, table, text

_PARTIES = "submitters, maintainers"
_COMMANDS = (
    ("help", "Shows this.", "everybody"),
    ("status", "Says what still stands before a merge.", f"author, {_PARTIES}"),
    ("withdraw", "Takes a merged entry off the leaderboard, for good.", _PARTIES),
    ("confirm", "Agrees to be named as a submitter.", "whom the manifest names"),
    ("rescore", "Checks and scores this pull request again.", "maintainers"),
    ("transfer LOGIN ...", "Gives the entry to these people alone.", "maintainers"),
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


def render_transfer(
    record: EntryOwners, path: str, submitters: Sequence[str] | None, *, is_started: bool
) -> str:
    """Return whose an entry is now, and how its manifest comes to name the same people.

    Args:
        record: What was recorded.
        path: The entry's manifest.
        submitters: Whom the manifest on the target branch names; None for a new entry.
        is_started: Whether the checks of the pull request were started again.
    """
    people = ", ".join(f"{text(p.login)} (user {p.user_id})" for p in record.people)
    said = f"{code(record.submission)} belongs to {people}. The ledger records it."
    if is_started:
        said += " The checks of this pull request were started again."
    logins = [person.login for person in record.people]
    if submitters is None or set(map(str.casefold, submitters)) == set(map(str.casefold, logins)):
        return said
    line = f"submitters: [{', '.join(logins)}]"
    return (
        f"{said}\n\nThe manifest still names {text(', '.join(submitters))}. The record "
        f"decides, and people read the manifest: change one line of {code(path)} with a pull "
        "request.\n\n"
        f"{fence(line, 'yaml')}"
    )
